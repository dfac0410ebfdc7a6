"""A console on a fresh SQLite database with one officer of each role, two of the first."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from staff_support import NAMES, PASSWORD, Desk, application

from conversations import officers
from conversations.database import Database


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("staff") / "template.db"
    db = Database(f"sqlite:///{path}")
    db.migrate()
    with db.session() as session:
        for username, (name, role) in NAMES.items():
            officers.create(session, username, name, PASSWORD, role=role)
    db.close()
    return path


@pytest.fixture
def db(staffed: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "staff.db"
    shutil.copy(staffed, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def desk(db: Database) -> Desk:
    return Desk(db, application(db))
