from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from conversations import audit
from conversations.database import Database
from conversations.models import Base, Person


def test_migrated_tables_are_those_of_the_models(db: Database) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_again_changes_nothing(db: Database) -> None:
    with db.session() as session:
        audit.record(session, "system", "test", "x")
    db.migrate()
    with db.session() as session:
        assert audit.head(session) != audit.START


def migrate(url: str) -> None:
    Database(url).migrate()


@pytest.mark.slow
def test_processes_that_start_together_may_all_migrate(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=migrate, args=(url,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    assert "inbox" in inspect(Database(url).engine).get_table_names()


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_audit_table_refuses_changes(db: Database, statement: str) -> None:
    with db.session() as session:
        audit.record(session, "system", "test", "x")
    with pytest.raises(DatabaseError, match="append-only"), db.session() as session:
        session.execute(text(statement))


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_databases_that_cannot_work_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="SQLite"):
        Database(url)


def test_a_read_only_session_refuses_to_write(db: Database) -> None:
    with pytest.raises(DatabaseError), db.session(read_only=True) as session:
        session.execute(
            text("INSERT INTO person (channel, external_id, created_at) VALUES ('web','x','2026-01-01')")
        )


def write_then_fail(session: Session) -> None:
    audit.record(session, "system", "test", "x")
    session.add(Person(channel="web", external_id="x"))
    session.flush()
    raise LookupError


def test_a_failed_session_leaves_nothing(db: Database) -> None:
    with pytest.raises(LookupError), db.session() as session:
        write_then_fail(session)
    with db.session() as session:
        assert audit.head(session) == audit.START
        assert session.scalars(select(Person)).all() == []
