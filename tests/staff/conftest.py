"""A console on a fresh SQLite database with one officer of each role, two of the first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from staff_support import NAMES, PASSWORD, Desk, Furnish, application

from conversations import officers
from conversations.database import Database
from conversations.messages import Attachment
from conversations.models import now
from staff import ZaloDesk, ZaloState
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
def furnish(db: Database) -> Iterator[Furnish]:
    """Makes a console with these options; its browsers are closed after the test."""
    with ExitStack() as browsers:
        yield lambda **options: Desk(db, application(db, **options), browsers)


@pytest.fixture
def desk(furnish: Furnish) -> Desk:
    zalo = ZaloDesk(
        back="https://tro-ly.example/staff/controls/zalo/back",
        challenge="DLzENLlpC4cX5787RsYWMKlS0O1VjQEv1vfbSPdO_3c",
        state=lambda: ZaloState(False, now(), now(), "-14020: Refresh token has been used"),
        address=lambda state: f"https://oauth.example/?state={state}",
        come_back=lambda code, oa_id: None,
    )
    keep = Attachment(kind="file", remote_id="0" * 64 + ".pdf", name="mau.pdf")
    return furnish(zalo=zalo, keep_file=lambda content, name: keep)
