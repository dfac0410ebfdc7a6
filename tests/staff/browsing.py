"""The console in real Chromium: fixtures for the tests that look at it (pictures: STAFF_SHOTS)."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect, sync_playwright
from staff_support import PASSWORD, Desk

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 844}
TINY = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(desk.app, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/staff"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("STAFF_SHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


Open = Callable[..., Page]


@pytest.fixture
def officer_page(chromium: Chromium, address: str) -> Iterator[Open]:
    """Opens a browser of its own, logged in; fails the test on any error in the console of the browser."""
    contexts, errors = [], []

    def open_for(username: str, viewport: dict[str, int] = WIDE) -> Page:
        context = chromium.new_context(viewport=viewport, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
        page.goto(f"{address}/login")
        page.get_by_label("Tên đăng nhập").fill(username)
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        expect(page.get_by_role("button", name="Thoát")).to_be_visible()
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert errors == []


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
