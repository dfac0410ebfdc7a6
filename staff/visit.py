"""One request of an officer: who they are, what they sent, and how to answer.

`guarded` stands before every view: session, role and CSRF token are checked there and nowhere else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from conversations import audit, logins
from conversations.models import Officer, OfficerSession, now
from staff.access import PUBLIC, allowed
from staff.context import Console
from staff.sessions import COOKIE, HALF_WAY, Login
from staff.words import label, labels

CSRF = "csrf"
"""Detail of the 403 for a form without the token of its session."""
CONFLICTS = frozenset({"taken_by", "taken", "not_yours", "already_closed", "not_dead", "feedback_taken_by"})
"""Problems because somebody else was first (409); the others are of what was filled in (422)."""
SEEN_EVERY = timedelta(minutes=5)
"""A session's last use is noted no oftener."""
MAX_BODY = 64 * 1024
"""Bytes of a form; anything larger is refused."""


@dataclass(frozen=True)
class Upload:
    """A file that was sent with a form."""

    name: str
    content: bytes


class Problem(Exception):
    """Something that the officer can put right; `key` names its words in `labels.yaml`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.text = label("problem", key, **values)
        self.status = 409 if key in CONFLICTS else 422


@dataclass
class Visit:
    """A request, its database session and the officer behind it (None on public pages)."""

    route: str
    request: Request
    console: Console
    session: Session
    writes: bool
    """Whether `session` may write; pages that only read run beside a writer."""
    login: Login
    form: Mapping[str, str] = field(default_factory=dict)
    current: OfficerSession | None = None
    """The officer's session in this browser; None on public pages."""
    reads: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    """Entries for the audit log of a page that only reads."""
    cookie: str | None = None
    """A new session cookie to set."""

    @property
    def officer(self) -> Officer:
        """The officer; only for pages that need a log-in."""
        assert self.current is not None, "public page"
        return self.current.officer

    @property
    def visitor(self) -> Officer | None:
        """The officer, or None where nobody has logged in."""
        return self.current.officer if self.current else None

    @property
    def fragment(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return "hx-request" in self.request.headers

    def query(self, name: str, default: str = "") -> str:
        """A query parameter, stripped."""
        return self.request.query_params.get(name, default).strip()

    def number(self, name: str) -> int | None:
        """A query parameter as a whole number; None when missing or not one."""
        value = self.query(name)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None

    def key(self) -> int:
        """The number in the path."""
        return int(self.request.path_params["id"])

    def text(self, name: str, limit: int) -> str:
        """A form field that must not be empty.

        Raises:
            Problem: empty, or longer than `limit` characters.
        """
        value = self.form.get(name, "").replace("\r\n", "\n").strip()
        if not value:
            raise Problem("empty")
        if len(value) > limit:
            raise Problem("too_long", limit=limit)
        return value

    @property
    def upload(self) -> Upload:
        """The file that came with the form.

        Raises:
            Problem: there is none.
        """
        found = self.optional_upload
        if found is None:
            raise Problem("no_file")
        return found

    @property
    def optional_upload(self) -> Upload | None:
        """The file that came with the form, if one was chosen."""
        found: Upload | None = getattr(self.request.state, "upload", None)
        return found if found is not None and found.content else None

    def path(self, name: str, **parameters: Any) -> str:
        """The address of a page of the console; parameters not in its path become the query."""
        return self.console.path(self.request, name, **parameters)

    def page(self, template: str, http_status: int = 200, **values: Any) -> Response:
        """A page or fragment; templates see `visit` and the values."""
        told = {
            "notice": _words("notice", self.query("notice")),
            "refused": _words("problem", self.query("problem")),
        }
        return HTMLResponse(self.console.render(template, visit=self, **told, **values), http_status)

    def redirect(self, name: str, **parameters: Any) -> Response:
        """Sends the browser to another page (303)."""
        return RedirectResponse(self.path(name, **parameters), 303)

    def record(self, action: str, about: str, **detail: Any) -> None:
        """One line of the audit log in the officer's name; without personal data."""
        if self.writes:
            audit.record(self.session, self.officer.username, action, about, detail)
        else:
            self.reads.append((action, about, detail))

    @property
    def csrf(self) -> str:
        """The token for forms of this page."""
        return self.console.sessions.token(self.login)

    def may(self, route: str) -> bool:
        """Whether the officer may use a route; for showing links and buttons."""
        return allowed(route, self.visitor.role if self.visitor else None)


def _words(kind: str, key: str) -> str:
    """What a redirect wants said; nothing for a key that we do not know."""
    return label(kind, key) if key in labels()[kind] else ""


View = Callable[[Visit], Response]


def guarded(
    console: Console, route: str, view: View, *, writes: bool, largest: int = MAX_BODY
) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a view behind its checks; more than `MAX_BODY` only for who has logged in."""

    async def endpoint(request: Request) -> Response:
        login = console.sessions.read(request.cookies.get(COOKIE))
        limit = largest if login is not None and login.officer_id else MAX_BODY
        form = await _form(request, limit) if request.method == "POST" else {}
        return await run_in_threadpool(_answer, console, route, view, request, form, writes)

    return endpoint


async def _form(request: Request, limit: int) -> dict[str, str]:
    """The fields of a form; a file is kept beside them (`Visit.upload`)."""
    size = request.headers.get("content-length", "0")
    if not size.isdigit() or int(size) > limit:
        raise HTTPException(413)
    files = 1 if limit > MAX_BODY else 0
    async with request.form(max_files=files, max_fields=80, max_part_size=limit) as form:
        for value in form.values():
            if isinstance(value, UploadFile):
                request.state.upload = Upload(value.filename or "", await value.read())
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _answer(
    console: Console, route: str, view: View, request: Request, form: dict[str, str], writes: bool
) -> Response:
    with console.db.session(read_only=not writes) as session:
        visit = _visit(console, route, request, session, form, writes)
        response = _checked(visit, view)
    if visit.reads:  # written before anything is shown
        with console.db.session() as session:
            for action, about, detail in visit.reads:
                audit.record(session, visit.officer.username, action, about, detail)
    if visit.current is not None and visit.current.seen_at < now() - SEEN_EVERY:
        with console.db.session() as session:
            logins.seen(session, visit.current.id)
    if visit.cookie is not None:
        set_cookie(response, visit)
    return response


def _checked(visit: Visit, view: View) -> Response:
    if visit.visitor is None and visit.route not in PUBLIC:
        return _to_log_in(visit)
    if not allowed(visit.route, visit.visitor.role if visit.visitor else None):
        raise HTTPException(403)
    if visit.request.method == "POST":
        token = visit.request.headers.get("x-csrf-token") or visit.form.get("csrf", "")
        if not visit.console.sessions.token_valid(visit.login, token):
            raise HTTPException(403, CSRF)
    return view(visit)


def _visit(
    console: Console, route: str, request: Request, session: Session, form: dict[str, str], writes: bool
) -> Visit:
    login = console.sessions.read(request.cookies.get(COOKIE))
    cookie = None
    current = console.current(session, login) if login else None
    if login is None or (login.officer_id and current is None):
        cookie, login = console.sessions.issue()
    return Visit(route, request, console, session, writes, login, form, current, cookie=cookie)


def _to_log_in(visit: Visit) -> Response:
    """To the log-in page, and back afterwards when it was a page that was asked for."""
    parameters: dict[str, Any] = {"notice": "expired"} if COOKIE in visit.request.cookies else {}
    if visit.request.method == "GET" and not visit.fragment and visit.route != "home":
        query = visit.request.url.query
        parameters["next"] = visit.request.url.path + (f"?{query}" if query else "")
    if visit.fragment:
        return Response(status_code=401, headers={"HX-Redirect": visit.path("login", **parameters)})
    return visit.redirect("login", **parameters)


def leave_for(visit: Visit, address: str, *, back: str, cookie: str, value: str) -> Response:
    """Sends the browser to another site; a cookie keeps what must be known when it comes back.

    Args:
        back: name of the page that it comes back to; only that page gets the cookie.
    """
    response = RedirectResponse(address, 303)
    response.set_cookie(
        cookie,
        value,
        max_age=int(HALF_WAY.total_seconds()),
        path=visit.path(back),
        secure=visit.request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response


def set_cookie(response: Response, visit: Visit) -> None:
    """Puts the visit's new session into the response."""
    assert visit.cookie is not None
    response.set_cookie(
        COOKIE,
        visit.cookie,
        max_age=int(visit.console.sessions.lifetime.total_seconds()),
        path=visit.request.scope.get("root_path", "") or "/",
        secure=visit.request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
