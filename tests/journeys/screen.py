"""A person at a screen: the widget on the demo portal, the console, and pictures of both.

Pictures go to the folder that SHOTS names; without it none are taken.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.journeys.conftest import OFFICER, Assistant
from tests.log_in import log_in
from tests.ruler import WIDTHS, faults

COLOURS = 128
"""Of a picture that is kept: enough for a page of plain areas, and small."""
_SHOTS = os.environ.get("SHOTS")
_CODE = re.compile(r"PA-\w{4}-\w{4}")


class Citizen:
    """Opens the chat on the portal, agrees, and talks."""

    def __init__(self, browser: Browser, assistant: Assistant, width: int = 1280, **options: object) -> None:
        self.width = width
        self.context = browser.new_context(
            viewport={"width": width, "height": WIDTHS[width]},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            permissions=["clipboard-read", "clipboard-write"],
            **options,  # type: ignore[arg-type]
        )
        self.context.add_init_script("window.print = () => {}")  # a dialogue of the browser, not of ours
        self.page = self.context.new_page()
        self.page.goto(f"{assistant.base}/portal/")
        self.open()
        self.page.get_by_role("button", name="Tôi đồng ý").click()
        self.log = self.page.get_by_role("log")
        self.box = self.page.get_by_role("textbox")
        self.messages = self.log.locator(".items > .message")

    def open(self) -> None:
        self.page.evaluate("document.querySelector('tro-ly-hanh-chinh').open()")

    def say(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def press(self, title: str) -> None:
        self.page.get_by_role("button", name=title, exact=True).last.click()

    def reads(self, words: str) -> None:
        """The words came in the newest message that is not the citizen's own."""
        expect(self.log.locator(".items > .message:not(.citizen)").last).to_contain_text(words)

    def code(self) -> str:
        """The newest code of a feedback in the talk."""
        return _CODE.findall(self.log.inner_text())[-1]

    def shows(self, name: str) -> None:
        """Keep a picture; nothing on it is wider than its place, too small to touch or to read."""
        found = faults(self.page)
        assert not found, found
        picture(self.page, f"{name}-{self.width}")

    def leave(self) -> None:
        self.context.close()


def officer_at_desk(browser: Browser, assistant: Assistant) -> BrowserContext:
    """The console in a browser of its own, with an officer logged in."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="vi-VN")
    log_in(context.new_page(), f"{assistant.base}/staff", *OFFICER)
    return context


def picture(shown: Page | Locator, name: str) -> None:
    """Keep what is shown as a small PNG."""
    if _SHOTS is None:
        return
    folder = Path(_SHOTS)
    folder.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(shown.screenshot(animations="disabled"))) as taken:
        small = taken.convert("RGB").quantize(COLOURS, kmeans=1, dither=Image.Dither.NONE)
        small.save(folder / f"{name}.png", optimize=True)
