"""A console on a fresh SQLite database with one officer of each role, two of the first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from staff_support import NAMES, PASSWORD, Desk, application

from conversations import officers
from conversations.database import Database
from tests.databases import Copies, migrated


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = migrated(tmp_path_factory.mktemp("staff"))
    db = Database(f"sqlite:///{path}")
    with db.session() as session:
        for username, (name, role) in NAMES.items():
            officers.create(session, username, name, PASSWORD, role=role)
    db.close()
    return path


@pytest.fixture(scope="session")
def copies(staffed: Path, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    return Copies(staffed, tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def db(copies: Copies) -> Iterator[Database]:
    with copies.fresh() as database:
        yield database


@pytest.fixture
def desk(db: Database) -> Desk:
    return Desk(db, application(db))
