"""A fresh database for each test of a channel, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from conversations.database import Database
from tests.databases import Copies, migrated


@pytest.fixture(scope="session")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    return Copies(migrated(tmp_path_factory.mktemp("template")), tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def db(copies: Copies) -> Iterator[Database]:
    with copies.fresh() as database:
        yield database


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Real Chromium; of a module, since Playwright's loop bears no other beside it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()
