"""Two officers in two browsers on one queue, and every page at two widths (pictures: STAFF_SHOTS)."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import uvicorn
from axe import axe_source
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect, sync_playwright
from staff_support import PASSWORD, Desk

from conversations import cases, handoffs, outbox, routing, units
from conversations.messages import Channel
from conversations.models import Case, Message, Officer, now
from conversations.units import UnitRow
from knowledge_base.schema import Announcement, Source

pytestmark = pytest.mark.slow

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 360, "height": 740}
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


@pytest.mark.parametrize(
    "viewport", [WIDE, NARROW, {"width": 320, "height": 640}], ids=["1280", "360", "320"]
)
def test_every_page_fits_and_is_pictured(
    desk: Desk, address: str, officer_page: Open, chromium: Chromium, shots: Path, viewport: dict[str, int]
) -> None:
    taken, feedback_id = fill(desk)
    width = viewport["width"]
    gate = chromium.new_page(viewport=viewport)  # type: ignore[arg-type]
    gate.goto(f"{address}/login")
    gate.screenshot(path=shots / f"login-{width}.png")
    gate.close()
    page = officer_page("quan", viewport)
    waiting = desk.handed_over(
        "Cho tôi gặp cán bộ hộ tịch, tôi hỏi về khai sinh cho con sinh ở Campuchia", "moi"
    )
    too_wide = []
    for name, path in pages(waiting, taken, feedback_id).items():
        opened = page.goto(f"{address}{path}")
        assert opened is not None
        assert opened.status == (404 if name == "missing" else 200), name
        page.wait_for_timeout(400 if "talk" in name else 50)
        page.screenshot(path=shots / f"{name}-{width}.png", full_page="talk" not in name)
        if not fits(page):
            too_wide.append(name)
    assert too_wide == []


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["1280", "360"])
def test_axe_finds_no_barrier_on_any_page(
    desk: Desk, address: str, chromium: Chromium, officer_page: Open, viewport: dict[str, int]
) -> None:
    axe = axe_source()
    taken, feedback_id = fill(desk)
    waiting = desk.handed_over("Cho tôi gặp cán bộ hộ tịch", "moi")
    page = officer_page("quan", viewport)
    visitor = chromium.new_page(viewport=viewport, locale="vi-VN")  # type: ignore[arg-type]
    barriers = []
    for name, path in {"login": "/login"}.items() | pages(waiting, taken, feedback_id).items():
        tab = visitor if name == "login" else page
        tab.goto(f"{address}{path}")
        tab.wait_for_load_state("networkidle") if "talk" not in name else tab.wait_for_timeout(500)
        tab.evaluate(axe)
        found = tab.evaluate("axe.run().then(result => result.violations)")
        barriers += [
            (name, one["id"], node["target"], node["failureSummary"])
            for one in found
            for node in one["nodes"][:2]
        ]
    visitor.close()
    assert barriers == []


def pages(waiting: int, taken: int, feedback_id: int) -> dict[str, str]:
    """Every page of the console by a name for its picture."""
    return {
        "queue": "/queue",
        "queue-all": "/queue?view=all",
        "queue-closed": "/queue?view=closed",
        "talk-waiting": f"/talks/{waiting}",
        "talk-mine": f"/talks/{taken}",
        "feedback": "/feedback?status=all",
        "feedback-case": f"/feedback/{feedback_id}",
        "feedback-talk": f"/feedback/{feedback_id}/talk",
        "undelivered": "/undelivered",
        "announcements": "/announcements",
        "knowledge": "/knowledge",
        "knowledge-expiring": "/knowledge/expiring",
        "knowledge-import": "/knowledge/import",
        "learning": "/knowledge/learning",
        "analytics": "/analytics?days=30",
        "analytics-topics": "/analytics/topics",
        "analytics-service": "/analytics/service",
        "audit": "/audit",
        "officers": "/officers",
        "units": "/units",
        "controls": "/controls",
        "account": "/account",
        "second-factor": "/account/second-factor",
        "missing": "/nowhere",
    }


def fill(desk: Desk) -> tuple[int, int]:
    """Two believable weeks in small; returns a conversation that `quan` answers and a feedback case."""
    _, people = (
        "",
        ["Cô Bảy Rạch Giá", "Nguyễn Văn Tám", "Út Mén", "Trần Thị Hồng Đào", "Danh Sơn", "Lý Thị Mỹ"],
    )
    with desk.db.session(read_only=True) as session:
        staff = {officer.username: officer for officer in session.query(Officer)}
    said = [
        ("Tôi nộp hồ sơ đất 3 tháng rồi chưa thấy trả lời, gọi không ai bắt máy!", "anger"),
        ("Cho hỏi cấp lại căn cước bị mất ở đâu vậy, hỏi hoài không ra", "failures"),
        ("Ghe của tôi trôi, có người bị rơi xuống nước ở Hòn Sơn", "urgent"),
        ("Tôi muốn gặp cán bộ", "requested"),
        ("Đăng ký tàu cá 12 mét cần giấy tờ gì, trợ lý nói tôi chưa hiểu", "failures"),
    ]
    ids = []
    for number, (text, reason) in enumerate(said):
        conversation = desk.citizen_says(text, f"c{number}", people[number])
        if reason == "failures":
            desk.bot_says(
                conversation,
                "Tôi chưa chắc mình hiểu đúng. Anh/chị hỏi về việc nào?",
                status="clarification",
                procedures=("1.004222", "1.001193"),
                score=0.46,
            )
        with desk.db.session() as session:
            case = handoffs.request(session, conversation, reason)
            case.created_at = now() - timedelta(minutes=[74, 12, 3, 26, 180][number])
            ids.append(case.id)
    with desk.db.session() as session:
        cases.take(session, ids[4], staff["an"])
    taken = desk.handed_over("Con tôi sinh ở Campuchia, giờ về xã làm khai sinh được không?", "c6")
    with desk.db.session() as session:
        session.get_one(Case, taken).conversation.person.display_name = people[5]
        cases.take(session, taken, staff["quan"])
        cases.answer(
            session,
            taken,
            staff["quan"],
            "Chào chị Mỹ, được chị nhé. Chị có giấy chứng sinh do bên đó cấp không?",
        )
    desk.citizen_says("Dạ có, bản tiếng Khmer, đã dịch công chứng rồi.", "c6", people[5])
    feedback = [
        ("Rác ở cổng sau chợ Rạch Giá chất đống ba ngày chưa gom, bốc mùi.", "environment", "Chợ Rạch Giá"),
        ("Đèn đường hẻm 12 hư cả tháng, tối lắm, học sinh đi học thêm về sợ.", "roads", "Phường Rạch Giá"),
        ("Cán bộ một cửa hẹn trả giấy hai lần đều chưa có.", "staff_conduct", None),
        ("Nước máy đục từ hôm mưa lớn.", "utilities", "Xã Hòn Đất"),
        ("Chợ Rạch Giá cổng sau rác chất đống mấy ngày rồi chưa gom.", "environment", "Chợ Rạch Giá"),
    ]
    with desk.db.session() as session:
        units.seed(session, [UnitRow("30760", "Phường Rạch Giá"), UnitRow("30817", "Xã Hòn Đất")])
    with desk.db.session() as session:
        opened = []
        for number, (content, category, place) in enumerate(feedback):
            conversation = session.get_one(Case, ids[number % len(ids)]).conversation_id
            opened.append(
                cases.open_feedback(
                    session,
                    conversation,
                    content=content,
                    category=category,
                    place=place,
                    happened="Sáng 23/11",
                    unit_code="30760" if place and "Rạch Giá" in place else None,
                    contact="0912 345 678",
                    consent=True,
                ).id
            )
        routing.add_note(
            session, taken, staff["an"], "Chị Mỹ đã gọi điện sáng nay, cần trả lời trước 11 giờ."
        )
        routing.add_note(session, opened[0], staff["an"], "Đội vệ sinh hẹn 14 giờ.")
        routing.plan(session, opened[0], 2, now() - timedelta(days=1), staff["sau"])
        routing.plan(session, opened[1], 1, now() + timedelta(days=3), staff["sau"])
        cases.take(session, opened[0], staff["quan"])
        cases.answer(session, opened[1], staff["an"], "Đã thay bóng ngày 22/11. Cảm ơn anh/chị đã báo.")
        cases.close(
            session,
            opened[3],
            staff["an"],
            "forwarded",
            "Đã chuyển công ty cấp nước; họ sẽ súc xả đường ống.",
        )
    for number in range(160):
        conversation = desk.citizen_says(f"câu hỏi {number}", f"d{number % 23}")
        kind = ["answered", "answered", "answered", "clarification", "unanswerable", "out_of_scope"][
            number % 6
        ]
        codes = (["1.001193", "1.004222", "1.000894"][number % 3],) if kind == "answered" else ()
        desk.bot_says(conversation, "…", status=kind, procedures=codes, score=0.8)
    with desk.db.session() as session:
        for message in session.query(Message).filter(Message.text.like("câu hỏi %")):
            number = int(message.text.split()[-1])
            message.created_at = now() - timedelta(days=(number * number) % 29)
    claim = outbox.claim(desk.db, channels=[Channel.WEB], lease=timedelta(seconds=30))
    assert claim is not None
    outbox.dead(desk.db, claim, "Zalo: người dùng chưa quan tâm OA (-213)")
    desk.app.routes[0].app.state.console.announcements = lambda: [  # type: ignore[attr-defined]
        Announcement(
            id="nghi-tet",
            title="Lịch làm việc dịp Tết Dương lịch 2027",
            body="Trung tâm nghỉ ngày 1/1/2027. Nộp trực tuyến vẫn nhận hồ sơ.",
            published=date(2026, 11, 20),
            expires=date(2027, 1, 2),
            sample=True,
            source=Source(title="Bài mẫu", checked=date(2026, 11, 20)),
        )
    ]
    return taken, opened[0]
