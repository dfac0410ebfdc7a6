"""The database: SQLite in WAL mode by default, PostgreSQL with the same code.

A session is one transaction. What must wake others up when it commits is named with `announce`;
`bus.Notifier` listens. On SQLite every writing session begins with BEGIN IMMEDIATE, so that it
waits for its turn at the start and can never fail half-way because another one wrote.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from conversations.models import Base

BUSY_TIMEOUT = 30
"""Seconds that a SQLite writer waits for its turn."""
POSTGRES_TOPIC_CHANNEL = "conversations"
"""Name of the LISTEN/NOTIFY channel; its payload is a topic."""

_MIGRATION_LOCK = 7_021_001
_POOL_SIZE = 20

Hook = Callable[[Session], None]
Listener = Callable[[frozenset[str]], None]


class Database:
    """An engine and its transactions.

    Args:
        url: SQLAlchemy address, `sqlite:///path/to/file.db` or `postgresql://…` (psycopg is used).

    Raises:
        ValueError: for any other database, and for SQLite in memory, which threads cannot share.
    """

    def __init__(self, url: str) -> None:
        address = make_url(re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url))
        self.is_sqlite = address.get_backend_name() == "sqlite"
        self._queue, self._writing = threading.RLock(), threading.RLock()
        self.listeners: list[Listener] = []
        """Called with the announced topics after each commit, in the thread that committed."""
        if self.is_sqlite:
            if address.database in (None, "", ":memory:"):
                raise ValueError("SQLite needs a file: threads cannot share a database in memory")
            Path(address.database or "").parent.mkdir(parents=True, exist_ok=True)
        elif address.get_backend_name() != "postgresql":
            raise ValueError(f"neither SQLite nor PostgreSQL: {address.get_backend_name()}")
        self.engine: Engine = create_engine(
            address, pool_size=_POOL_SIZE, max_overflow=_POOL_SIZE, pool_pre_ping=not self.is_sqlite
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    def migrate(self) -> None:
        """Bring the tables to the newest revision; safe when several processes start at once."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.engine.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def session(self, *, read_only: bool = False, urgent: bool = False) -> AbstractContextManager[Session]:
        """One transaction: commits on success, rolls back on error.

        Args:
            read_only: several may run beside a writer on SQLite; writing in it is an error.
            urgent: on SQLite, write before all others of this process that wait; for what a caller
                outside waits for, and which is short.
        """
        return self._session(read_only, urgent)

    @contextmanager
    def _session(self, read_only: bool, urgent: bool) -> Iterator[Session]:
        engine = (
            self.engine.execution_options(read_only=True, postgresql_readonly=True)
            if read_only
            else self.engine
        )
        with self._turn(read_only, urgent), Session(engine, expire_on_commit=False) as session:
            yield session
            if read_only:
                return
            for hook in session.info.pop("before_commit", {}).values():
                hook(session)
            topics = frozenset(session.info.pop("topics", ()))
            if topics and not self.is_sqlite:
                session.execute(
                    text("SELECT pg_notify(:channel, :topic)"),
                    [{"channel": POSTGRES_TOPIC_CHANNEL, "topic": topic} for topic in sorted(topics)],
                )
            session.commit()
        if topics:
            for listener in self.listeners:
                listener(topics)

    @contextmanager
    def _turn(self, read_only: bool, urgent: bool) -> Iterator[None]:
        """On SQLite, the writers of this process queue up: its own waiting sleeps, and lets others pass.

        Only the first of the queue waits for the writing itself, beside those who are urgent.
        """
        if read_only or not self.is_sqlite:
            yield
            return
        with ExitStack() as held:
            for lock in (self._writing,) if urgent else (self._queue, self._writing):
                if lock.acquire(timeout=BUSY_TIMEOUT):
                    held.callback(lock.release)
            yield

    def close(self) -> None:
        """Close the pooled connections."""
        self.engine.dispose()


def announce(session: Session, *topics: str) -> None:
    """Wake up whoever waits for these topics, once this session has committed."""
    session.info.setdefault("topics", set()).update(topics)


def before_commit(session: Session, name: str, hook: Hook) -> None:
    """Run `hook` as the last thing before this session commits; one hook a name."""
    session.info.setdefault("before_commit", {}).setdefault(name, hook)


def is_sqlite(session: Session) -> bool:
    """Whether this session's database is SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def insert_new(session: Session, table: type[Base], **values: Any) -> bool:
    """Insert a row unless a unique key of it exists already; returns whether it was inserted."""
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(table.__table__.c.id)
    return session.execute(statement).first() is not None


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
