"""A citizen in the widget and an officer in the console, in real Chromium against the real servers.

Screenshots go to the folder SHOTS names, or to pytest's temporary folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.conftest import OFFICER, Assistant

pytestmark = pytest.mark.slow

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WIDTHS = {320: 640, 768: 1024, 1280: 800}
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: apt install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("SHOTS") or tmp_path_factory.mktemp("shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def open_widget(browser: Browser, assistant: Assistant, width: int) -> Page:
    """The demo portal with the chat open and consent given."""
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    )
    page = context.new_page()
    page.goto(f"{assistant.base}/portal/")
    page.evaluate("document.querySelector('tro-ly-hanh-chinh').open()")
    page.get_by_role("button", name="Đồng ý").first.click()
    return page


def say(page: Page, text: str) -> None:
    box = page.get_by_role("textbox").last
    box.fill(text)
    box.press("Enter")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_citizen_asks_and_asks_on(browser: Browser, assistant: Assistant, shots: Path, width: int) -> None:
    page = open_widget(browser, assistant, width)
    log = page.get_by_role("log")

    say(page, "lam giay khai sinh cho con can giay to gi")
    expect(log).to_contain_text("Giấy chứng sinh")
    expect(log).to_contain_text("1.001193")
    say(page, "còn lệ phí?")
    expect(log).to_contain_text("miễn phí")

    page.screenshot(path=shots / f"ask-{width}.png")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.context.close()


def test_the_guide_ends_with_a_checklist_to_tick(browser: Browser, assistant: Assistant, shots: Path) -> None:
    page = open_widget(browser, assistant, 320)
    say(page, "hướng dẫn từng bước đăng ký kết hôn")
    ticks = page.get_by_role("checkbox")
    for number in range(1, 10):
        expect(page.get_by_text(f"Bước {number}/").first).to_be_visible()
        if ticks.count():
            break
        page.get_by_role("button", name="Tiếp theo").last.click()

    ticks.first.check()
    expect(ticks.first).to_be_checked()
    page.screenshot(path=shots / "checklist-320.png")
    page.context.close()


def test_a_citizen_meets_an_officer_in_the_same_chat(
    browser: Browser, assistant: Assistant, shots: Path
) -> None:
    citizen = open_widget(browser, assistant, 1280)
    say(citizen, "phí làm lại căn cước bị mất")
    expect(citizen.get_by_role("log")).to_contain_text("35.000 đồng")
    say(citizen, "gặp cán bộ")
    expect(citizen.get_by_role("log")).to_contain_text("chuyển cuộc trò chuyện cho cán bộ")

    console = browser.new_context(viewport={"width": 1280, "height": 860}, locale="vi-VN")
    officer = console.new_page()
    officer.goto(f"{assistant.base}/staff/")
    officer.fill("input[name=username]", OFFICER[0])
    officer.fill("input[name=password]", OFFICER[1])
    officer.keyboard.press("Enter")
    officer.get_by_role("link", name="Người dân").first.click()
    expect(officer.get_by_text("phí làm lại căn cước bị mất").first).to_be_visible()
    officer.get_by_role("button", name="Nhận").first.click()
    box = officer.locator("textarea").first
    box.fill("Chào anh/chị, tôi nghe đây ạ.")
    box.press("Enter")

    expect(citizen.get_by_role("log")).to_contain_text("Chào anh/chị, tôi nghe đây ạ.")
    citizen.screenshot(path=shots / "officer-in-widget-1280.png")
    officer.screenshot(path=shots / "console-talk-1280.png")

    say(citizen, "da em cam on")
    expect(officer.get_by_text("da em cam on").first).to_be_visible()
    citizen.context.close()
    console.close()
