"""A fresh database for each test of a channel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conversations.database import Database
from tests.databases import Copies, migrated


@pytest.fixture(scope="session")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    return Copies(migrated(tmp_path_factory.mktemp("template")), tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def db(copies: Copies) -> Iterator[Database]:
    with copies.fresh() as database:
        yield database
