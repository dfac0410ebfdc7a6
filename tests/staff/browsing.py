"""The console in real Chromium: fixtures for the tests that look at it (pictures: STAFF_SHOTS)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from staff_support import PASSWORD, Desk

from tests.fakes.serving import serving
from tests.log_in import log_in

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 844}
TINY = {"width": 320, "height": 640}


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with serving(desk.app) as url:
        yield f"{url}/staff"


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("STAFF_SHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


Open = Callable[..., Page]


@pytest.fixture
def officer_page(browser: Browser, address: str) -> Iterator[Open]:
    """Opens a browser of its own, logged in; fails the test on any error in the console of the browser."""
    contexts, errors = [], []

    def open_for(username: str, viewport: dict[str, int] = WIDE) -> Page:
        context = browser.new_context(viewport=viewport, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
        log_in(page, address, username, PASSWORD)
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert errors == []


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
