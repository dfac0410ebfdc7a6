"""No page asks the database more often because there is more to show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import event, update
from staff_support import Desk
from test_knowledge_pages import PROCEDURE, document

from conversations import audit, cases, editorial, merging, routing, tally, units, web_links
from conversations.database import Database
from conversations.models import Officer, OutboxItem
from conversations.units import UnitRow
from staff.knowledge import no_knowledge

pytestmark = pytest.mark.slow  # thirty of everything take some seconds to make

MANY = 30
PAGES = {
    "queue": "/queue?view=all",
    "queue, closed": "/queue?view=closed",
    "queue, rows": "/queue/rows?view=mine",
    "talk": "/talks/{talk}",
    "talk, news": "/talks/{talk}/messages?after=0",
    "feedback": "/feedback?status=all",
    "feedback, table": "/feedback/export?format=csv&status=all",
    "feedback, case": "/feedback/{feedback}",
    "feedback, talk": "/feedback/{feedback}/talk",
    "undelivered": "/undelivered",
    "knowledge": "/knowledge",
    "knowledge, document": "/knowledge/document?document=1.001193",
    "knowledge, expiring": "/knowledge/expiring",
    "knowledge, links": "/knowledge/links",
    "knowledge, import": "/knowledge/import",
    "learning": "/knowledge/learning",
    "analytics": "/analytics",
    "analytics, topics": "/analytics/topics",
    "analytics, service": "/analytics/service",
    "analytics, table": "/analytics/table.csv",
    "audit": "/audit",
    "officers": "/officers",
    "units": "/units",
    "controls": "/controls",
    "account": "/account",
}


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    event.remove(db.engine, "before_cursor_execute", note)


def populate(desk: Desk, first: int, last: int, talk: int, feedback: int) -> None:
    """One of everything for each number, by people, officers and units of their own."""
    with desk.db.session() as session:
        units.seed(session, [UnitRow(f"9{n:04}", f"Xã số {n}") for n in range(first, last)])
        names = {officer.username: officer for officer in session.query(Officer)}
        session.add_all(
            Officer(
                username=f"o{n}",
                full_name=f"Cán bộ {n}",
                password_hash="-",
                unit=units.by_code(session, f"9{n:04}"),
            )
            for n in range(first, last)
        )
    for n in range(first, last):
        person = f"p{n}"
        desk.citizen_says(f"tôi hỏi thêm lần {n}")
        opened = [
            desk.handed_over(f"gặp cán bộ {n}", f"{person}{kind}") for kind in ("open", "mine", "closed")
        ]
        filed = [
            desk.feedback(f"rác số {n}", person=f"{person}{kind}", unit_code=f"9{n:04}", category=f"c{n}")
            for kind in ("a", "b", "c")
        ]
        conversation = desk.citizen_says(f"câu lạ số {n} {'x' * n}", person)
        desk.bot_says(conversation, "Tôi chưa rõ.", status="unanswerable")
        with desk.db.session() as session:
            quan, bien, sau = (session.merge(names[name]) for name in ("quan", "bien", "sau"))
            cases.take(session, opened[1], quan)
            cases.close(session, opened[2], quan, "guided")
            routing.add_note(session, talk, sau, f"ghi chú {n}")
            routing.add_note(session, feedback, sau, f"ghi chú {n}")
            merging.merge(session, filed[1], feedback, sau)
            merging.merge(session, filed[2], filed[0], sau)
            version = editorial.save(
                session, bien, document_id="1.001193", kind="procedure", title=f"Bản {n}", content=PROCEDURE
            )
            editorial.submit(session, version.id, bien)
            editorial.propose(session, bien, f"1.0{n:05}", [f"cách hỏi {n}"])
            web_links.note(session, f"https://example.vn/{n}", "gone", 404)
            audit.record(session, f"o{n}", "test", "x")
            session.execute(update(OutboxItem).values(status="dead", error="x"))


def test_pages_cost_the_same_number_of_statements_for_one_row_and_for_thirty(desk: Desk) -> None:
    console = desk.app.routes[0].app.state.console  # type: ignore[attr-defined]
    documents = [
        document(
            PROCEDURE
            | {
                "code": f"1.0{n:05}",
                "source": {"title": "x", "checked": "2026-01-01", "url": f"https://example.vn/{n}"},
            }
        )
        for n in range(MANY)
    ]
    console.knowledge = replace(
        no_knowledge(),
        documents=lambda: [document(PROCEDURE), *documents],
        encode=lambda texts: np.eye(len(texts), dtype=np.float32),
    )
    talk, feedback = desk.handed_over(), desk.feedback("Rác chưa gom ở chợ Rạch Giá", person="first")
    browser = desk.browser("quan")

    def costs() -> dict[str, int]:
        tally.refresh(desk.db, ZoneInfo("Asia/Ho_Chi_Minh"), timedelta(0))
        found = {}
        for name, path in PAGES.items():
            with counted(desk.db) as statements:
                response = browser.get(path.format(talk=talk, feedback=feedback))
            assert response.status_code == 200, name
            found[name] = len(statements)
        return found

    populate(desk, 0, 1, talk, feedback)
    few = costs()
    populate(desk, 1, MANY, talk, feedback)
    many = costs()

    assert {name: (few[name], many[name]) for name in PAGES if many[name] > few[name]} == {}
