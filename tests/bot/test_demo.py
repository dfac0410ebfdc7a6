"""The demonstration: alive, the same each time, and never on top of real conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from bot import demo
from bot.settings import ROOT
from conversations import tally
from conversations.database import Database
from conversations.models import Case, Conversation, Message, OutboxItem, Vote, now
from knowledge_base.documents import Library, load_documents

pytestmark = pytest.mark.slow

PASSWORD = "một mật khẩu để xem thử"


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(load_documents(ROOT / "knowledge_base" / "documents")[0])


@pytest.fixture(scope="module")
def db(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = filled(tmp_path_factory.mktemp("demo") / "demo.db", library)
    yield database
    database.close()


def filled(path: Path, library: Library) -> Database:
    database = Database(f"sqlite:///{path}")
    database.migrate()
    demo.fill(database, library, PASSWORD)
    return database


def contents(db: Database) -> list[str]:
    with db.session(read_only=True) as session:
        return list(
            session.scalars(select(Message.text).where(Message.sender == "citizen").order_by(Message.id))
        )


def test_the_demonstration_shows_every_state_of_a_case_and_no_future(db: Database) -> None:
    with db.session(read_only=True) as session:
        states = {(kind, status) for kind, status in session.execute(select(Case.kind, Case.status))}
        assert {("feedback", s) for s in ("new", "in_progress", "answered", "closed")} <= states
        assert {("handoff", "new"), ("handoff", "closed")} <= states
        assert session.scalars(select(func.max(Message.created_at))).one() <= now()
        assert session.scalars(select(func.count(Vote.id))).one() > 20
        assert set(session.scalars(select(OutboxItem.status))) == {"sent"}


def test_its_days_can_be_counted(db: Database) -> None:
    assert len(tally.refresh(db, ZoneInfo("Asia/Ho_Chi_Minh"))) >= demo.DAYS - 1


def test_it_says_the_same_in_every_new_database(db: Database, library: Library, tmp_path: Path) -> None:
    other = filled(tmp_path / "other.db", library)
    first, second = Counter(contents(db)), Counter(contents(other))
    other.close()
    assert len(first) > 50
    assert first.keys() == second.keys()


def test_conversations_that_exist_are_left_alone(db: Database, library: Library) -> None:
    with pytest.raises(demo.NotEmpty):
        demo.fill(db, library, PASSWORD)
    with db.session(read_only=True) as session:
        assert session.scalars(select(func.count(Conversation.id))).one() < 400
