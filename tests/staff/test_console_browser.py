"""Two officers in two browsers on one queue; drafts, lost connections and typing."""

from __future__ import annotations

import pytest
from browsing import Open, address, officer_page
from playwright.sync_api import expect
from staff_support import Desk

from conversations import typing
from conversations.models import Officer

__all__ = ["address", "officer_page"]
pytestmark = pytest.mark.slow


def test_two_officers_and_a_citizen(desk: Desk, officer_page: Open) -> None:
    an, binh = officer_page("an"), officer_page("binh")
    expect(an.get_by_text("Không ai đang chờ")).to_be_visible()

    case_id = desk.handed_over("Tôi muốn gặp cán bộ tư pháp")
    for page in (an, binh):  # arrives by itself
        expect(page.get_by_role("link", name="Tôi muốn gặp cán bộ tư pháp")).to_be_visible(timeout=3000)
        expect(page).to_have_title("(1) Hàng đợi · Bàn làm việc Kiên Giang")
        page.get_by_role("link", name="Tôi muốn gặp cán bộ tư pháp").click()

    an.get_by_role("button", name="Nhận cuộc trò chuyện").click()
    expect(an.get_by_label("Câu trả lời cho người dân")).to_be_focused()
    expect(binh.get_by_text("Nguyễn Thị An đang trả lời").first).to_be_visible(timeout=3000)
    expect(binh.get_by_role("button", name="Nhận cuộc trò chuyện")).to_have_count(0)

    an.locator("[data-suggestion='1']").wait_for()
    an.keyboard.press("Alt+1")
    expect(an.get_by_label("Câu trả lời cho người dân")).to_have_value(
        "Lệ phí: miễn phí khi đăng ký đúng hạn."
    )
    an.keyboard.press("Shift+Enter")
    an.keyboard.type("Anh/chị cần thêm gì không?")
    an.keyboard.press("Enter")
    for page in (an, binh):
        expect(page.locator(".said-by.officer .bubble")).to_contain_text(
            "Anh/chị cần thêm gì không?", timeout=3000
        )
    expect(an.get_by_label("Câu trả lời cho người dân")).to_have_value("")

    desk.citizen_says("Dạ đủ rồi, cảm ơn cô.")
    expect(an.get_by_text("Dạ đủ rồi, cảm ơn cô.").first).to_be_visible(timeout=3000)

    an.get_by_text("Đóng…").click()
    an.get_by_label("Kết quả").select_option("resolved")
    an.get_by_role("button", name="Đóng cuộc trò chuyện").click()
    expect(an.get_by_text("Đã đóng.")).to_be_visible()
    assert desk.case(case_id).status == "closed"


def test_a_draft_survives_a_reload_and_a_lost_connection_is_told(desk: Desk, officer_page: Open) -> None:
    case_id = desk.handed_over()
    page = officer_page("an")
    page.goto(f"{page.url.rsplit('/', 1)[0]}/talks/{case_id}")
    page.get_by_role("button", name="Nhận cuộc trò chuyện").click()
    page.get_by_label("Câu trả lời cho người dân").fill("Đang soạn dở")
    page.reload()
    expect(page.get_by_label("Câu trả lời cho người dân")).to_have_value("Đang soạn dở")

    page.context.set_offline(True)
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_text("Mất kết nối với máy chủ")).to_be_visible()
    expect(page.get_by_label("Câu trả lời cho người dân")).to_have_value("Đang soạn dở")
    page.context.set_offline(False)
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.locator(".said-by.officer .bubble")).to_have_text("Đang soạn dở", timeout=3000)


def test_an_open_page_goes_to_log_in_once_the_account_is_switched_off(desk: Desk, officer_page: Open) -> None:
    page = officer_page("an")
    with desk.db.session() as session:
        session.query(Officer).filter_by(username="an").one().active = False
    expect(page.get_by_label("Mật khẩu")).to_be_visible(timeout=25_000)  # at the next look of the page


def test_typing_is_shown_to_the_officer_until_the_message_comes(desk: Desk, officer_page: Open) -> None:
    case_id = desk.handed_over()
    page = officer_page("an")
    page.goto(f"{page.url.rsplit('/', 1)[0]}/talks/{case_id}")
    page.wait_for_function("stream && stream.readyState === EventSource.OPEN")
    notifier = desk.app.routes[0].app.state.console.notifier  # type: ignore[attr-defined]

    typing.citizen_types(notifier, desk.case(case_id).conversation_id)
    expect(page.get_by_text("Người dân đang nhập…")).to_be_visible()
    desk.citizen_says("Tôi ở Hòn Đất")
    expect(page.locator(".said-by.citizen").last).to_contain_text("Tôi ở Hòn Đất")
    expect(page.get_by_text("Người dân đang nhập…")).to_have_count(0)
