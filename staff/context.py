"""What the whole console shares: database, notifier, sessions, templates and the injected rooms."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.routing import Router

from conversations import logins, typing
from conversations.bus import Notifier
from conversations.calendar import Calendar
from conversations.database import Database
from conversations.messages import Attachment
from conversations.models import Case, Officer, OfficerSession
from knowledge_base.schema import Announcement
from staff import queue, words
from staff.knowledge import KnowledgeDesk
from staff.oidc import Oidc
from staff.sessions import Login, Sessions
from staff.suggestions import Suggest
from staff.zalo import ZaloDesk

KeepFile = Callable[[bytes, str], Attachment | None]
"""Stores a file for a citizen, given its name; None if it is of no accepted type."""
_HERE = Path(__file__).parent
STATIC = _HERE / "static"


@dataclass
class Console:
    """Built once by `staff.console.create_console` and handed to every view."""

    db: Database
    notifier: Notifier
    sessions: Sessions
    oidc: Oidc | None
    zalo: ZaloDesk | None
    suggest: Suggest
    announcements: Callable[[], Sequence[Announcement]]
    title_of: Callable[[str], str | None]
    knowledge: KnowledgeDesk
    citizen_view: Callable[[Case], str]
    read_file: Callable[[str], bytes | None]
    keep_file: KeepFile | None
    fetch: Callable[[str], bytes]
    canned: Sequence[words.CannedReply]
    calendar: Calendar
    router: Router

    def __post_init__(self) -> None:
        self._templates = _environment(self.zone)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of all times shown."""
        return self.calendar.zone

    def path(self, request: Request, name: str, **parameters: Any) -> str:
        """The address of a route under the mount; parameters not in its path become the query."""
        root = str(request.scope.get("root_path", ""))
        inside = {key: value for key, value in parameters.items() if key in ("id", "file")}
        outside = {key: value for key, value in parameters.items() if key not in inside}
        return with_query(root + str(self.router.url_path_for(name, **inside)), outside)

    def render(self, template: str, **values: Any) -> str:
        """A template with its values, as text."""
        return self._templates.get_template(template).render(console=self, **values)

    def waiting(self, session: Session, officer: Officer) -> int:
        """How many conversations wait for an officer; every page shows it."""
        return queue.waiting(session, officer)

    def current(self, session: Session, login: Login) -> OfficerSession | None:
        """The session behind a cookie: not ended, and of an officer whose account is on."""
        return logins.current(session, login.nonce) if login.officer_id else None


def with_query(path: str, parameters: Mapping[str, Any]) -> str:
    """A path with a query of those parameters that are set."""
    query = urlencode({name: value for name, value in parameters.items() if value not in (None, "")})
    return f"{path}?{query}" if query else path


@cache
def fingerprint(name: str) -> str:
    """A short hash of a static file, so that browsers may keep it for good."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def static(request: Request, name: str) -> str:
    """The address of a static file."""
    return f"{request.scope.get('root_path', '')}/static/{name}?v={fingerprint(name)}"


@cache
def _environment(zone: ZoneInfo) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        label=words.label, label_of=words.label_of, labels=words.labels, static=static, typing=typing
    )
    environment.filters.update(
        ago=words.ago,
        browser=words.browser,
        time=lambda moment: words.local(moment, zone, "%H:%M"),
        day=lambda moment: words.local(moment, zone, "%d/%m/%Y"),
        isoday=lambda moment: words.local(moment, zone, "%Y-%m-%d"),
        moment=lambda moment: words.local(moment, zone),
        overdue=queue.overdue,
        percent=lambda share: f"{round(100 * share)}%",
        number=lambda count: f"{count:,}".replace(",", "."),
    )
    return environment
