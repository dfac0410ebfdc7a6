"""The widget in real Chromium on the demo portal: journeys at three widths, and what may go wrong."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, WebSocketRoute, expect
from playwright.sync_api import Route as NetworkRoute
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from web_app import WebApp
from widget_page import Widget, answer_as_officer, portal

from connectors.limits import Rate
from connectors.web import WIDGET
from conversations import logins
from conversations.calendar import Calendar
from conversations.models import InboxItem, Officer, Vote
from tests.fakes.serving import serving
from tests.ruler import WIDTHS, faults

MAX_GZIPPED = 20 * 1024
SOURCE = WIDGET.parent.parent


class TestBuild:
    def test_widget_is_small(self) -> None:
        assert len(gzip.compress(WIDGET.read_bytes(), 9)) <= MAX_GZIPPED

    def test_committed_build_is_current(self) -> None:
        npm = shutil.which("npm")
        if npm is None or not (SOURCE / "node_modules").is_dir():
            pytest.skip("no npm, or `npm ci` has not been run in connectors/widget")
        built = subprocess.run(
            [npm, "run", "--silent", "bundle"], cwd=SOURCE, capture_output=True, check=True, timeout=60
        )
        assert built.stdout == WIDGET.read_bytes(), "run `npm run build` in connectors/widget"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> WebApp:
    many = Rate(burst=1_000, per_second=1_000)
    return WebApp(tmp_path_factory.mktemp("widget"), session_rate=many)


@pytest.fixture(scope="module")
def server(web: WebApp) -> Iterator[str]:
    with serving(web.app) as url:
        yield url


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        context.set_default_timeout(10_000)
        yield context


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_whole_journey(browser: Browser, web: WebApp, server: str, width: int) -> None:
    with browser.new_context(viewport={"width": width, "height": WIDTHS[width]}) as context:
        widget = portal(context, server).start()
        page = widget.page

        widget.ask("làm khai sinh cần giấy tờ gì")
        expect(widget.log.get_by_text("Nguồn: Thủ tục đăng ký khai sinh")).to_contain_text(
            "kiểm tra ngày 20/11/2026"
        )
        widget.page.get_by_role("button", name="Lập danh sách giấy tờ").click()
        expect(page.get_by_role("checkbox")).to_have_count(3)
        page.get_by_role("checkbox", name="Giấy chứng sinh").check()
        expect(page.get_by_text("1/3 đã xong")).to_be_visible()
        before = widget.texts()
        assert len(before) == 4

        page.reload()
        widget.launcher.click()
        expect(widget.messages).to_have_count(4)
        assert widget.texts() == before
        expect(page.get_by_role("checkbox", name="Giấy chứng sinh")).to_be_checked()

        context.set_offline(True)
        widget.ask("gửi lúc mất mạng")
        expect(widget.log.get_by_text("Chờ có mạng để gửi")).to_be_visible()
        expect(widget.banner).to_contain_text("Mất kết nối")
        context.set_offline(False)
        widget.expect_answer("gửi lúc mất mạng")
        expect(widget.messages).to_have_count(6)

        page.get_by_role("button", name="Gặp cán bộ").click()
        expect(widget.log.get_by_text("Tôi đã báo cán bộ")).to_be_visible()
        answer_as_officer(web, "Chào anh/chị, tôi là Lan.", f"lan{width}")
        expect(widget.log.get_by_text("Chào anh/chị, tôi là Lan.")).to_be_visible()
        expect(page.locator(".floor")).to_have_text("Cán bộ đang trả lời")

        assert not faults(widget.page)


@pytest.mark.slow
def test_nothing_is_sent_before_the_consent(context: BrowserContext, server: str) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.on("websocket", lambda socket: asked.append(socket.url))
    widget = Widget(page, f"{server}/portal/")
    widget.launcher.click()
    expect(page.get_by_role("heading", name="Trước khi bắt đầu")).to_be_visible()
    expect(widget.input).to_be_hidden()
    assert [path for path in asked if "/web/" in path] == ["/web/widget.js"]


@pytest.mark.slow
def test_strict_content_policy_is_kept_and_no_third_party_is_asked(
    context: BrowserContext, server: str
) -> None:
    page = context.new_page()
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("websocket", lambda socket: hosts.add(urlsplit(socket.url).netloc))
    widget = Widget(page, f"{server}/portal/").start()
    widget.ask("khai sinh cần giấy tờ gì")
    expect(widget.log.get_by_text("Nguồn:")).to_be_visible()
    assert hosts == {urlsplit(server).netloc}
    assert widget.complaints == []


@pytest.mark.slow
def test_lost_acknowledgement_neither_loses_nor_doubles(
    context: BrowserContext, server: str, web: WebApp
) -> None:
    page = context.new_page()
    swallowed: list[str | bytes] = []

    def swallow_first_ack(route: WebSocketRoute) -> None:
        upstream = route.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            if not swallowed and '"ack"' in str(frame):
                swallowed.append(frame)
                route.close(code=3000)
            elif swallowed or '"message"' not in str(frame):
                route.send(frame)

        upstream.on_message(pass_on)

    page.route_web_socket("**/web/socket", swallow_first_ack)
    widget = Widget(page, f"{server}/portal/").start()
    widget.ask("chỉ một lần thôi")
    widget.expect_answer("chỉ một lần thôi")
    expect(widget.messages).to_have_count(2)
    expect(page.locator(".delivery")).to_have_count(0)
    assert swallowed
    assert web.handled.count("chỉ một lần thôi") == 1


@pytest.mark.slow
def test_unsent_message_survives_a_reload(context: BrowserContext, server: str) -> None:
    widget = portal(context, server).start()
    widget.ask("tin đầu")
    widget.expect_answer("tin đầu")
    context.route("**/web/session", lambda route: route.abort())
    widget.page.route_web_socket("**/web/socket", lambda route: route.close())
    context.set_offline(True)
    widget.ask("tin chưa gửi")
    expect(widget.log.get_by_text("Chờ có mạng để gửi")).to_be_visible()
    context.set_offline(False)
    context.unroute_all()
    other = portal(context, server)
    other.launcher.click()
    other.expect_answer("tin chưa gửi")
    expect(other.messages).to_have_count(4)


@pytest.mark.slow
def test_long_polling_takes_over_where_sockets_are_blocked(
    context: BrowserContext, server: str, web: WebApp
) -> None:
    page = context.new_page()
    page.add_init_script("window.WebSocket = class { constructor() { throw new Error('blocked') } }")
    widget = Widget(page, f"{server}/portal/").start()
    widget.ask("qua đường vòng")
    widget.expect_answer("qua đường vòng")
    page.get_by_role("button", name="Gặp cán bộ").click()
    expect(widget.log.get_by_text("Tôi đã báo cán bộ")).to_be_visible()
    answer_as_officer(web, "Cán bộ đây ạ.", "polling")
    expect(widget.log.get_by_text("Cán bộ đây ạ.")).to_be_visible()
    expect(widget.messages).to_have_count(6)


@pytest.mark.slow
def test_message_that_failed_on_long_polling_is_sent_again(
    context: BrowserContext, server: str, web: WebApp
) -> None:
    page = context.new_page()
    page.add_init_script("window.WebSocket = class { constructor() { throw new Error('blocked') } }")
    failures: list[int] = []

    def fail_once(route: NetworkRoute) -> None:
        if route.request.method == "POST" and not failures:
            failures.append(503)
            route.fulfill(status=503, body="{}")
        else:
            route.continue_()

    page.route("**/web/messages**", fail_once)
    widget = Widget(page, f"{server}/portal/").start()
    widget.ask("gửi lại giúp tôi")
    widget.expect_answer("gửi lại giúp tôi")
    assert failures == [503]
    assert web.handled.count("gửi lại giúp tôi") == 1


@pytest.mark.slow
def test_unread_messages_are_counted_on_the_button(context: BrowserContext, server: str, web: WebApp) -> None:
    widget = portal(context, server).start()
    web.slow.clear()
    widget.ask("chậm nhé")
    expect(widget.log.get_by_text("Trợ lý đang soạn câu trả lời")).to_be_attached()
    widget.page.keyboard.press("Escape")
    expect(widget.launcher).to_be_focused()
    web.slow.set()
    expect(widget.launcher).to_have_accessible_name(
        "Hỏi trợ lý: mở khung hỏi đáp hành chính công, 1 tin chưa đọc"
    )
    widget.launcher.click()
    widget.page.keyboard.press("Escape")
    expect(widget.launcher).to_have_accessible_name("Hỏi trợ lý: mở khung hỏi đáp hành chính công")


@pytest.mark.slow
def test_keyboard_alone_is_enough(context: BrowserContext, server: str) -> None:
    widget = portal(context, server)
    keyboard = widget.page.keyboard
    widget.launcher.focus()
    keyboard.press("Enter")
    expect(widget.page.get_by_role("button", name="Tôi đồng ý")).to_be_focused()
    keyboard.press("Enter")
    expect(widget.input).to_be_focused()
    keyboard.type("dòng một")
    keyboard.press("Shift+Enter")
    keyboard.type("dòng hai")
    keyboard.press("Enter")
    expect(widget.log.get_by_text("dòng hai", exact=True)).to_have_count(2)
    keyboard.press("Escape")
    expect(widget.launcher).to_be_focused()


@pytest.mark.slow
def test_focus_stays_in_the_panel_on_a_phone(browser: Browser, server: str) -> None:
    with browser.new_context(viewport={"width": 360, "height": 640}) as context:
        widget = portal(context, server).start()
        expect(widget.input).to_be_focused()
        for _ in range(20):
            widget.page.keyboard.press("Tab")
            assert widget.page.evaluate("document.activeElement.localName") == "tro-ly-hanh-chinh"


@pytest.mark.slow
def test_markup_is_shown_as_text(context: BrowserContext, server: str) -> None:
    widget = portal(context, server).start()
    attack = "<img src=x onerror=\"document.title='hỏng'\"><script>alert(1)</script>"
    widget.ask(attack)
    widget.expect_answer(attack)
    assert widget.page.locator("tro-ly-hanh-chinh script, tro-ly-hanh-chinh img").count() == 0
    assert widget.page.title() != "hỏng"


@pytest.mark.slow
def test_refused_message_says_why_and_can_be_edited(context: BrowserContext, server: str) -> None:
    widget = portal(context, server).start()
    widget.ask("\u200b\u2060")
    expect(widget.log.get_by_role("alert")).to_contain_text("Tin nhắn đang trống")
    widget.page.get_by_role("button", name="Sửa và gửi lại").click()
    widget.ask("bây giờ thì được")
    widget.expect_answer("bây giờ thì được")


@pytest.mark.slow
def test_photo_is_attached(context: BrowserContext, server: str, web: WebApp, tmp_path: Path) -> None:
    widget = portal(context, server).start()
    photo = tmp_path / "rác ở chợ.png"
    widget.page.screenshot(path=photo)
    widget.page.locator("input[type=file]").set_input_files(photo)
    expect(widget.page.get_by_role("button", name="Bỏ tệp rác ở chợ.png")).to_be_visible()
    widget.ask("Rác ở chợ Rạch Giá")
    widget.expect_answer("Rác ở chợ Rạch Giá")
    with web.db.session(read_only=True) as session:
        bodies = session.scalars(select(InboxItem.body)).all()
    (attachment,) = next(body["attachments"] for body in bodies if body["text"] == "Rác ở chợ Rạch Giá")
    assert attachment["name"] == "rác ở chợ.png"
    assert (
        web.attachments / attachment["remote_id"][:2] / attachment["remote_id"]
    ).read_bytes() == photo.read_bytes()


@pytest.mark.slow
def test_wrong_file_is_refused_in_words(context: BrowserContext, server: str, tmp_path: Path) -> None:
    widget = portal(context, server).start()
    disguised = tmp_path / "anh.png"
    disguised.write_text("không phải ảnh")
    widget.page.locator("input[type=file]").set_input_files(disguised)
    expect(widget.page.get_by_role("alert")).to_contain_text("Loại tệp này chưa nhận được")


@pytest.mark.slow
def test_thumb_down_with_a_reason_is_kept(context: BrowserContext, server: str, web: WebApp) -> None:
    widget = portal(context, server).start()
    widget.ask("khai sinh cần giấy tờ gì")
    widget.page.get_by_role("button", name="Chưa đúng").click()
    with widget.page.expect_response(lambda r: "Khó hiểu" in (r.request.post_data or "")) as response:
        widget.page.get_by_role("button", name="Khó hiểu").click()
    assert response.value.ok
    expect(widget.log.get_by_text("Cảm ơn anh/chị đã góp ý.")).to_be_visible()
    with web.db.session(read_only=True) as session:
        vote = session.scalars(select(Vote).order_by(Vote.id.desc()).limit(1)).one()
    assert (vote.helpful, vote.reason) == (False, "Khó hiểu")


@pytest.mark.slow
def test_checklist_is_printed_with_its_ticks(context: BrowserContext, server: str) -> None:
    context.add_init_script("window.print = () => { top.printed = document.body.innerText }")
    widget = portal(context, server).start()
    widget.ask("khai sinh cần giấy tờ gì")
    widget.page.get_by_role("button", name="Lập danh sách giấy tờ").click()
    widget.page.get_by_role("checkbox", name="Giấy chứng sinh").check()
    widget.page.get_by_role("button", name="In danh sách").click()
    printed = widget.page.wait_for_function("window.printed").json_value()
    assert "☑ Giấy chứng sinh (bản chính)" in printed
    assert "☐ Tờ khai" in printed


@pytest.mark.slow
def test_text_size_and_contrast_are_remembered(context: BrowserContext, server: str) -> None:
    widget = portal(context, server).start()
    widget.page.get_by_role("button", name="Cỡ chữ và hiển thị").click()
    widget.page.get_by_role("button", name="Chữ rất lớn").click()
    widget.page.get_by_role("switch", name="Tương phản cao").check()
    widget.page.reload()
    widget.launcher.click()
    panel = widget.page.get_by_role("dialog")
    assert panel.evaluate("(e) => getComputedStyle(e).fontSize") == "24px"
    assert "contrast" in (panel.get_attribute("class") or "")


@pytest.mark.slow
def test_forgetting_leaves_nothing_on_the_device(context: BrowserContext, server: str) -> None:
    widget = portal(context, server).start()
    widget.ask("chuyện riêng")
    widget.expect_answer("chuyện riêng")
    widget.page.get_by_role("button", name="Cỡ chữ và hiển thị").click()
    widget.page.get_by_role("button", name="Xóa trò chuyện khỏi máy này").click()
    widget.page.get_by_role("button", name="Xóa thật?").click()
    expect(widget.messages).to_have_count(0)
    stored = widget.page.evaluate("JSON.stringify(localStorage)")
    assert "chuyện riêng" not in stored
    assert '\\"token\\":null' in stored


@pytest.mark.slow
def test_unknown_token_starts_a_new_session(context: BrowserContext, server: str) -> None:
    widget = portal(context, server).start()
    widget.ask("phiên cũ")
    widget.expect_answer("phiên cũ")
    widget.page.evaluate(
        """() => { for (const key of Object.keys(localStorage)) {
            const state = JSON.parse(localStorage[key]); state.token = "x".repeat(43);
            localStorage[key] = JSON.stringify(state) } }"""
    )
    widget.page.reload()
    widget.launcher.click()
    widget.ask("phiên mới")
    widget.expect_answer("phiên mới")


@pytest.mark.slow
def test_another_site_embeds_it_in_english(context: BrowserContext, tmp_path: Path) -> None:
    async def home(request: Request) -> HTMLResponse:
        script = f'<script src="{request.query_params["from"]}/web/widget.js" data-lang="en"'
        return HTMLResponse(f'<!doctype html><body>{script} data-title="Ask the province" async></script>')

    with serving(Starlette(routes=[Route("/", home)])) as site:
        web = WebApp(tmp_path, allowed_origins=[site])
        with serving(web.app) as server:
            page = context.new_page()
            page.goto(f"{site}/?from={server}")
            page.get_by_role("button", name="Open the chat").click()
            expect(page.get_by_role("heading", name="Ask the province")).to_be_visible()
            page.get_by_role("button", name="I agree, start").click()
            page.get_by_role("textbox", name="Your question").fill("hello")
            page.keyboard.press("Enter")
            expect(page.get_by_role("log").get_by_text("Anh/chị vừa nói: hello")).to_be_visible()
            assert web.handled == ["hello"]


@pytest.mark.slow
def test_site_that_is_not_allowed_cannot_chat(context: BrowserContext, server: str) -> None:
    async def home(request: Request) -> HTMLResponse:
        return HTMLResponse(f'<!doctype html><body><script src="{server}/web/widget.js"></script>')

    with serving(Starlette(routes=[Route("/", home)])) as site:
        widget = Widget(context.new_page(), site).start()
        expect(widget.banner).to_contain_text("Mất kết nối")


class AlwaysOpen(Calendar):
    """An office that never closes."""

    def works_on(self, day: date) -> bool:
        return True


@pytest.mark.slow
def test_officers_hours_and_whether_one_is_there_are_shown(context: BrowserContext, tmp_path: Path) -> None:
    web = WebApp(tmp_path, calendar=AlwaysOpen("00:00-23:59"))
    with serving(web.app) as server:
        widget = portal(context, server).start()
        hours = widget.page.locator(".hours")
        expect(hours).to_have_text("Cán bộ làm việc đến 23:59")
        with web.db.session() as session:
            lan = Officer(username="lan", full_name="Nguyễn Thị Lan", password_hash="-")
            session.add(lan)
            session.flush()
            logins.begin(session, lan, "bí mật", lifetime=timedelta(hours=8))
        widget.ask("xin chào")
        expect(hours).to_have_text("Cán bộ đang trực, đến 23:59")
        widget.page.get_by_role("button", name="Gặp cán bộ").click()
        expect(widget.page.locator(".queue")).to_contain_text("Cán bộ đang trực, đến 23:59")
