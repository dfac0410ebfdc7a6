"""The widget for everyone: axe-core finds nothing, the keyboard is enough, nothing is small or wide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from web_app import WebApp
from widget_page import Widget, answer_as_officer, portal

from connectors.limits import Rate
from conversations import controls, typing
from conversations.controls import EmergencyNotice
from conversations.models import Message
from tests.fakes.serving import serving
from tests.ruler import WIDTHS, faults
from tests.staff.axe import axe_source

pytestmark = pytest.mark.slow

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
STORM = "Bão số 9 vào bờ đêm nay. Bà con ở đảo và ven biển vào nơi tránh trú, gọi 112 khi cần cứu nạn."
LONG = "https://dichvucong.gov.vn/" + "thu-tuc-rat-dai" * 12
LOOKS = {
    "light": {},
    "dark": {"dark": True},
    "contrast": {"contrast": True},
    "dark contrast": {"dark": True, "contrast": True},
    "very large": {"size": 2},
}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> WebApp:
    return WebApp(tmp_path_factory.mktemp("access"), session_rate=Rate(burst=1_000, per_second=1_000))


@pytest.fixture(scope="module")
def server(web: WebApp) -> Iterator[str]:
    with serving(web.app) as url:
        yield url


@pytest.fixture
def storm(web: WebApp) -> Iterator[None]:
    """An emergency notice is up."""
    with web.db.session() as session:
        controls.set_emergency_notice(session, EmergencyNotice(STORM), actor="quan")
    yield
    with web.db.session() as session:
        controls.set_emergency_notice(session, None, actor="quan")


def check(widget: Widget) -> None:
    """Nothing that axe-core or a ruler can find."""
    page = widget.page
    if not page.evaluate("!!window.axe"):
        page.evaluate(axe_source())
    found: list[dict[str, Any]] = page.evaluate(
        """rules => axe.run(document.querySelector('tro-ly-hanh-chinh'), {runOnly: rules})
            .then(done => done.violations.map(one => ({
                rule: one.id, why: one.help, where: one.nodes.map(node => node.target.flat().join(' ')),
            })))""",
        RULES,
    )
    assert found == []
    assert faults(widget.page) == []


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.usefixtures("storm")
def test_every_state_on_a_small_phone(browser: Browser, web: WebApp, server: str, look: str) -> None:
    walk(browser, web, server, 320, LOOKS[look], f"{look}-320")


@pytest.mark.usefixtures("storm")
def test_every_state_on_a_wide_screen(browser: Browser, web: WebApp, server: str) -> None:
    walk(browser, web, server, 1280, {}, "light-1280")


def walk(browser: Browser, web: WebApp, server: str, width: int, look: dict[str, Any], officer: str) -> None:
    """Consent, answer, reasons, checklist, settings, emergency, queue, an officer who types and answers."""
    with browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]}, reduced_motion="reduce"
    ) as context:
        widget = portal(context, server)
        page = widget.page
        dress(page, look)
        widget.launcher.click()
        check(widget)
        page.get_by_role("button", name="Tôi đồng ý").click()
        expect(page.get_by_text("Bão số 9")).to_be_visible()
        check(widget)
        widget.ask("khai sinh cần giấy tờ gì")
        page.get_by_role("button", name="Chưa đúng").click()
        check(widget)
        page.get_by_role("button", name="Lập danh sách giấy tờ").click()
        page.get_by_role("checkbox", name="Giấy chứng sinh").check()
        page.get_by_role("button", name="Cỡ chữ và hiển thị").click()
        check(widget)
        page.get_by_role("button", name="Cỡ chữ và hiển thị").click()
        widget.ask(f"đọc giúp {LONG}")
        widget.expect_answer(f"đọc giúp {LONG}")
        page.get_by_role("button", name="Gặp cán bộ").click()
        expect(page.get_by_role("button", name="Quay lại trợ lý")).to_be_visible()
        check(widget)
        answer_as_officer(web, "Chào anh/chị, tôi là Lan. Gọi 0297 3862 025 nếu gấp.", officer)
        expect(page.get_by_role("link", name="0297 3862 025")).to_be_visible()
        officer_types(web)
        expect(widget.log.get_by_text("Cán bộ đang soạn tin")).to_be_visible()
        expect(page.get_by_role("button", name="Quay lại trợ lý")).to_be_hidden()
        check(widget)
        moving = "document.querySelector('tro-ly-hanh-chinh').getAnimations({subtree: true}).length"
        assert page.evaluate(moving) == 0


def dress(page: Page, look: dict[str, Any]) -> None:
    """As the citizen left it in the settings."""
    page.evaluate(
        "look => localStorage.setItem(`tro-ly:${location.origin}`, JSON.stringify(look))",
        {"size": 0, "dark": False, "contrast": False} | look,
    )
    page.reload()


def officer_types(web: WebApp) -> None:
    with web.db.session(read_only=True) as session:
        newest = session.query(Message).order_by(Message.id.desc()).first()
    assert newest is not None
    typing.officer_types(web.notifier, newest.conversation_id)


def test_an_answer_does_not_repeat_the_notice_above_it(browser: Browser, server: str, storm: None) -> None:
    with browser.new_context() as context:
        widget = portal(context, server).start()
        widget.ask("xin chào")
        widget.expect_answer("xin chào")
        expect(widget.page.get_by_text("Bão số 9")).to_have_count(1)
        widget.page.get_by_text("Thông báo khẩn").click()
        expect(widget.page.get_by_text("Bão số 9")).to_be_hidden()


def test_the_keyboard_goes_through_all_in_the_order_of_the_screen(browser: Browser, server: str) -> None:
    with browser.new_context() as context:
        widget = portal(context, server)
        keyboard = widget.page.keyboard
        widget.launcher.focus()
        keyboard.press("Enter")
        keyboard.press("Enter")
        expect(widget.input).to_be_focused()
        keyboard.type("khai sinh cần giấy tờ gì")
        keyboard.press("Enter")
        expect(widget.page.get_by_role("button", name="Mất bao lâu?")).to_be_visible()
        order = [
            "Cỡ chữ và hiển thị", "Đóng khung hỏi đáp", "Gặp cán bộ", "Nội dung trò chuyện",
            "Nộp hồ sơ qua mạng (mở cửa sổ mới)", "Thủ tục đăng ký khai sinh",
            "Mất bao lâu?", "Nộp ở đâu?", "Lập danh sách giấy tờ", "Có ích", "Chưa đúng", "Xem tiếp",
            "Gửi ảnh hoặc tệp PDF", "Câu hỏi của anh/chị",
        ]  # fmt: skip
        for name in reversed(order):
            assert focused(widget.page) == name
            keyboard.press("Shift+Tab")
        widget.input.focus()
        keyboard.press("Escape")
        expect(widget.launcher).to_be_focused()


def focused(page: Page) -> str:
    """What a screen reader calls the element in focus."""
    name: str = page.evaluate(
        """() => { const e = document.querySelector('tro-ly-hanh-chinh').shadowRoot.activeElement;
            return e ? e.getAttribute('aria-label') ?? e.textContent : '' }"""
    )
    return name


def test_a_pressed_button_of_a_question_is_gone_and_the_focus_stays_in_the_panel(
    browser: Browser, server: str
) -> None:
    with browser.new_context() as context:
        widget = portal(context, server).start()
        widget.ask("khai sinh cần giấy tờ gì")
        widget.page.get_by_role("button", name="Mất bao lâu?").press("Enter")
        expect(widget.page.get_by_role("button", name="Nộp ở đâu?")).to_have_count(0)
        assert focused(widget.page) == "Nội dung trò chuyện"


def test_english_is_english_throughout(browser: Browser, server: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/portal/", lambda route: route.fulfill(body=_ENGLISH, content_type="text/html"))
        page.goto(f"{server}/portal/")
        page.get_by_role("button", name="Open the chat").click()
        page.get_by_role("button", name="I agree, start").click()
        expect(page.locator(".hours")).to_contain_text("Officers")
        page.get_by_role("button", name="Text size").click()
        panel = page.get_by_role("dialog")
        assert not VIETNAMESE.findall(panel.inner_text())
        names = panel.evaluate("e => [...e.querySelectorAll('[aria-label]')].map(e => e.ariaLabel).join()")
        assert not VIETNAMESE.findall(names)


_ENGLISH = '<!doctype html><html lang="en"><body><script src="/web/widget.js" data-lang="en"></script>'
