"""Citizens in the widget and an officer in the console, in real Chromium against the real servers.

`make screenshots` keeps the pictures.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect

from tests.journeys.conftest import Assistant
from tests.journeys.screen import WIDTHS, Citizen, officer_at_desk, picture

pytestmark = pytest.mark.slow

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def desk(browser: Browser, assistant: Assistant) -> Iterator[BrowserContext]:
    context = officer_at_desk(browser, assistant)
    yield context
    context.close()


@pytest.fixture(params=WIDTHS)
def citizen(request: pytest.FixtureRequest, browser: Browser, assistant: Assistant) -> Iterator[Citizen]:
    """A citizen at each width of screen."""
    someone = Citizen(browser, assistant, request.param)
    yield someone
    someone.leave()


def test_a_citizen_asks_asks_on_and_chooses_what_was_meant(citizen: Citizen) -> None:
    expect(citizen.page.locator(".hours")).to_be_visible()
    citizen.shows("welcome")
    citizen.say("lam giay khai sinh cho con can giay to gi")
    citizen.reads("Giấy chứng sinh")
    citizen.reads("1.001193")
    citizen.shows("answer")
    citizen.say("còn lệ phí?")
    citizen.reads("miễn phí")
    citizen.say("sổ đỏ")
    citizen.reads("thủ tục nào")
    citizen.shows("which")
    offered = citizen.page.locator(".message > .choices")
    citizen.press("Cấp lại sổ đỏ bị mất")
    citizen.reads("sổ đỏ")
    expect(offered.get_by_role("button", name="Cấp lại sổ đỏ bị mất", exact=True)).to_have_count(0)


def test_the_guide_ends_with_a_checklist_to_tick_and_print(citizen: Citizen) -> None:
    citizen.say("hướng dẫn từng bước đăng ký kết hôn")
    ticks = citizen.page.locator(".checklist").get_by_role("checkbox")
    for number in range(1, 10):
        citizen.reads(f"Bước {number}/")
        if number == 1:
            citizen.shows("guide")
        if ticks.count():
            break
        citizen.press("Tiếp theo")

    ticks.first.check()
    ticks.first.scroll_into_view_if_needed()
    expect(citizen.page.get_by_text("1/4 đã xong")).to_be_visible()
    citizen.shows("checklist")
    print_of(citizen)


def print_of(citizen: Citizen) -> None:
    """The page that the print button makes, made visible in place of being printed."""
    citizen.press("In danh sách")
    frame = citizen.page.locator("iframe.print")
    frame.evaluate(
        "e => e.style.cssText = 'visibility:visible;inset:0;width:100%;height:100%;background:#fff;z-index:9'"
    )
    listed = frame.content_frame.locator("body")
    expect(listed).to_contain_text("☑  Tờ khai")
    expect(listed).to_contain_text("☐")
    if citizen.width == 768:  # about the width of a sheet of paper
        picture(citizen.page, "print")


def test_a_complaint_with_a_photo_is_found_again_by_its_code(citizen: Citizen) -> None:
    citizen.say("tôi muốn gửi phản ánh")
    citizen.reads("kể giúp tôi")
    photo = {"name": "rác ở chợ.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    citizen.page.locator("input[type=file]").set_input_files(photo)  # type: ignore[arg-type]
    expect(citizen.page.get_by_role("button", name="Bỏ tệp rác ở chợ.jpg")).to_be_visible()
    citizen.box.fill("rác thải ở chợ Rạch Giá bốc mùi cả tuần nay")
    citizen.shows("photo")
    citizen.box.press("Enter")
    citizen.reads("số điện thoại")
    citizen.press("Không đồng ý")
    citizen.reads("Anh/chị gửi đi chứ?")
    citizen.press("Đúng, gửi đi")
    citizen.reads("Đã ghi nhận")
    code = citizen.code()
    citizen.page.get_by_role("button", name=f"Sao chép mã {code}").click()
    expect(citizen.log.get_by_text("Đã chép")).to_be_visible()
    citizen.shows("complaint")
    assert citizen.page.evaluate("navigator.clipboard.readText()") == code

    citizen.say(f"xem giup toi {code.lower()}")
    citizen.reads("đã tiếp nhận")
    citizen.shows("look-up")


def photograph() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "#7a6a3a").save(content, "JPEG")
    return content.getvalue()


def test_an_officer_takes_over_and_both_see_each_other_type(citizen: Citizen, desk: BrowserContext) -> None:
    question = f"phí làm lại căn cước bị mất, màn hình {citizen.width}"
    citizen.say(question)
    citizen.reads("35.000 đồng")
    citizen.press("Gặp cán bộ")
    expect(citizen.page.locator(".queue")).to_contain_text(re.compile("người tiếp theo|còn \\d+ người"))
    expect(citizen.page.get_by_role("button", name="Quay lại trợ lý")).to_be_visible()
    citizen.shows("waiting")

    officer = desk.pages[0]
    officer.goto(officer.url.split("/staff")[0] + "/staff/")
    officer.get_by_role("link", name="Người dân").first.click()
    expect(officer.get_by_text(question).first).to_be_visible()
    officer.get_by_role("button", name="Nhận").first.click()
    expect(citizen.page.get_by_role("button", name="Quay lại trợ lý")).to_be_hidden()
    box = officer.locator("textarea").first
    box.press_sequentially("Chào anh/chị")
    expect(citizen.log.get_by_text("Cán bộ đang soạn tin…")).to_be_visible()
    citizen.shows("officer-types")
    box.fill("Chào anh/chị, tôi nghe đây ạ.")
    box.press("Enter")
    citizen.reads("Chào anh/chị, tôi nghe đây ạ.")
    expect(citizen.log.get_by_text("Cán bộ đang soạn tin…")).to_be_hidden()

    citizen.box.press_sequentially("da em")
    expect(officer.locator("#typing")).not_to_be_empty()
    citizen.say("da em cam on")
    expect(officer.get_by_text("da em cam on").first).to_be_visible()
    citizen.shows("officer")


def test_a_reload_and_a_lost_network_neither_lose_nor_double_a_message(citizen: Citizen) -> None:
    citizen.say("phí làm lại căn cước bị mất")
    citizen.reads("35.000 đồng")
    citizen.page.reload()
    citizen.open()
    expect(citizen.messages).to_have_count(2)

    citizen.context.set_offline(True)
    citizen.say("sang tên sổ đỏ mất bao lâu")
    expect(citizen.log.get_by_text("Chờ có mạng để gửi")).to_be_visible()
    expect(citizen.page.locator(".banner")).to_contain_text("Mất kết nối")
    citizen.shows("offline")
    citizen.context.set_offline(False)
    citizen.reads("1.013831")
    expect(citizen.messages).to_have_count(4)
    assert citizen.messages.locator(".text").all_inner_texts().count("sang tên sổ đỏ mất bao lâu") == 1
