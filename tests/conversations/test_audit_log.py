from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from conversations import audit
from conversations.database import Database
from conversations.models import AuditEntry


def write(db: Database, count: int) -> None:
    for number in range(count):
        with db.session() as session:
            audit.record(session, "lan", "case.close", f"case:{number}", {"tiếng": "Việt", "n": number})


def tamper(db: Database, statement: str) -> None:
    """As one who may change the tables: the triggers go first."""
    with db.session() as session:
        if db.is_sqlite:
            session.execute(text("DROP TRIGGER audit_no_UPDATE"))
            session.execute(text("DROP TRIGGER audit_no_DELETE"))
        else:
            session.execute(text("DROP TRIGGER audit_append_only ON audit"))
        session.execute(text(statement))


def problems(db: Database) -> list[str]:
    with db.session(read_only=True) as session:
        return audit.verify(session)


def test_an_untouched_log_is_whole(db: Database) -> None:
    assert problems(db) == []
    write(db, 3)
    assert problems(db) == []


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE audit SET actor = 'minh' WHERE id = 2", "entry 2 was changed"),
        ("DELETE FROM audit WHERE id = 2", "entry 3 does not follow"),
        ("DELETE FROM audit WHERE id = 1", "entry 2 does not follow"),
        ("UPDATE audit SET hash = 'x' WHERE id = 2", "entry 3 does not follow"),
    ],
)
def test_changes_are_found(db: Database, statement: str, problem: str) -> None:
    write(db, 3)
    tamper(db, statement)
    assert any(problem in line for line in problems(db))


def test_a_cut_end_shows_in_the_head(db: Database) -> None:
    write(db, 2)
    with db.session(read_only=True) as session:
        head = audit.head(session)
    tamper(db, "DELETE FROM audit WHERE id = 2")
    with db.session(read_only=True) as session:
        assert audit.verify(session) == []
        assert audit.head(session) != head


def test_the_chain_holds_when_many_write_at_once(db: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: write(db, 5), range(8)))
    with db.session(read_only=True) as session:
        assert audit.verify(session) == []
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 40


def test_several_records_of_one_session_keep_their_order(db: Database) -> None:
    with db.session() as session:
        audit.record(session, "lan", "first", "x")
        audit.record(session, "lan", "second", "x")
    with db.session(read_only=True) as session:
        assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["first", "second"]
