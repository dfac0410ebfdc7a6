"""A console on a real database, citizens who write to it, and officers' browsers without a screen."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from conversations import cases, handoffs, inbox, logins, outbox
from conversations.bus import Notifier
from conversations.database import Database
from conversations.messages import AnswerMeta, Channel, InboundMessage, OutboundMessage, SourceNote
from conversations.models import Case, Conversation, Officer, Person
from staff import Suggestion, create_console
from staff.access import Role
from staff.sessions import COOKIE, Sessions

SECRET = "a secret of the tests, long enough"
LIFETIME = timedelta(hours=1)
PASSWORD = "con đò nhỏ qua sông"
NAMES = {
    "an": ("Nguyễn Thị An", Role.OFFICER),
    "binh": ("Trần Văn Bình", Role.OFFICER),
    "sau": ("Lê Thị Sáu", Role.SUPERVISOR),
    "bien": ("Phạm Biên", Role.EDITOR),
    "kiem": ("Võ Kiểm", Role.AUDITOR),
    "quan": ("Hồ Quản", Role.ADMINISTRATOR),
}
"""User name to full name and role."""
_events = itertools.count(1)


def suggest(text: str) -> list[Suggestion]:
    """A small knowledge base: one passage that quotes what was asked."""
    return [
        Suggestion(
            title="Đăng ký khai sinh",
            text="Lệ phí: miễn phí khi đăng ký đúng hạn.",
            source="1.001193",
            url="https://dichvucong.gov.vn",
            score=0.91,
        )
    ]


def titles(code: str) -> str | None:
    return {"1.001193": "Đăng ký khai sinh", "1.004222": "Đăng ký thường trú"}.get(code)


def application(db: Database, **options: Any) -> Starlette:
    """The console as the app mounts it."""
    console = create_console(db, Notifier(db), secret_key=SECRET, suggest=suggest, title_of=titles, **options)
    return Starlette(routes=[Mount("/staff", console)])


@dataclass
class Desk:
    """The database, the app, and what happens in them."""

    db: Database
    app: Starlette
    open_browsers: ExitStack
    """Open, a browser keeps its event loop, which is dear to make for each request."""
    browsers: dict[str, Browser] = field(default_factory=dict)

    def anonymous(self, **options: bool) -> Browser:
        """A browser that has not logged in."""
        client = TestClient(self.app, follow_redirects=False, **options)
        return Browser(self.open_browsers.enter_context(client))

    def browser(self, username: str) -> Browser:
        """The browser of an officer, logged in; the same one each time."""
        if username not in self.browsers:
            self.browsers[username] = self.anonymous()
            self.browsers[username].resume(self, username)
        return self.browsers[username]

    def citizen_says(
        self, text: str, person: str = "citizen", name: str | None = "Út Mén", **sent: Any
    ) -> int:
        """A message arrives; returns the conversation's id."""
        with self.db.session() as session:
            inbox.receive(
                session,
                InboundMessage(
                    channel=Channel.WEB,
                    event_id=f"e{next(_events)}",
                    external_user_id=person,
                    text=text,
                    display_name=name,
                    **sent,
                ),
            )
            query = session.query(Conversation).join(Person).filter(Person.external_id == person)
            return query.one().id

    def bot_says(self, conversation_id: int, text: str, **meta: object) -> None:
        """The assistant answers."""
        with self.db.session() as session:
            conversation = session.get_one(Conversation, conversation_id)
            message = OutboundMessage(text=text, meta=AnswerMeta.model_validate(meta) if meta else None)
            outbox.enqueue(session, conversation, message)

    def handed_over(self, text: str = "Tôi muốn gặp cán bộ", person: str = "citizen", **how: str) -> int:
        """A conversation with one answer that waits for an officer; returns the case's id."""
        conversation_id = self.citizen_says("phí làm khai sinh", person)
        self.bot_says(
            conversation_id,
            "Đăng ký đúng hạn thì không mất phí.",
            status="answered",
            intent="ask_fee",
            field="fee",
            procedures=("1.001193",),
            sources=(SourceNote(id="1.001193", title="Đăng ký khai sinh"),),
            score=0.87,
        )
        return self.handed_over_only(text, person, **how)

    def handed_over_only(self, text: str, person: str = "citizen", reason: str = "requested") -> int:
        """The citizen's last words before an officer is called; returns the case's id."""
        conversation_id = self.citizen_says(text, person)
        with self.db.session() as session:
            return handoffs.request(session, conversation_id, reason).id

    def feedback(self, content: str = "Rác chưa gom ở chợ Rạch Giá", **details: object) -> int:
        """A feedback case; returns its id."""
        conversation_id = self.citizen_says(content, str(details.pop("person", "citizen")))
        with self.db.session() as session:
            return cases.open_feedback(session, conversation_id, content=content, **details).id  # type: ignore[arg-type]

    def case(self, case_id: int) -> Case:
        """A case as it stands."""
        with self.db.session(read_only=True) as session:
            return session.get_one(Case, case_id)


Furnish = Callable[..., Desk]


@dataclass
class Browser:
    """Gets pages and sends their forms with the token that the last page carried."""

    client: TestClient
    token: str = ""

    def get(self, path: str, **headers: str):  # type: ignore[no-untyped-def]
        response = self.client.get(f"/staff{path}", headers=_headers(headers))
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', response.text)
        if found:
            self.token = found[1]
        return response

    def post(self, path: str, data: dict[str, str] | None = None, **headers: str):  # type: ignore[no-untyped-def]
        return self.client.post(
            f"/staff{path}",
            data={"csrf": self.token, **(data or {})},
            headers=_headers(headers),
        )

    def resume(self, desk: Desk, username: str) -> None:
        """Goes on with a session of that officer; quicker than logging in."""
        with desk.db.session(read_only=True) as session:
            officer = session.query(Officer).filter_by(username=username).one()
            sessions = Sessions(SECRET, LIFETIME)
            cookie, login = sessions.issue(officer.id)
        with desk.db.session() as session:
            logins.begin(session, officer, login.nonce, lifetime=LIFETIME, agent="resumed")
        self.client.cookies.set(COOKIE, cookie, path="/staff")
        self.token = sessions.token(login)

    def log_in(self, username: str, password: str = PASSWORD):  # type: ignore[no-untyped-def]
        self.get("/login")
        response = self.post("/login", {"username": username, "password": password})
        if response.status_code == 303:
            self.get("/account")
        return response


def _headers(values: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in values.items()}
