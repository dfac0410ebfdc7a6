"""Whole days at the console, in real Chromium against the real servers: officers, editors and citizens.

`SHOTS=docs/screenshots .venv/bin/python -m pytest tests/journeys/test_console_journeys.py` keeps pictures.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from conversations import officers
from conversations.database import Database
from tests.journeys.conftest import Assistant
from tests.journeys.screen import Citizen, picture
from tests.log_in import log_in

pytestmark = pytest.mark.slow

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
PASSWORD = "con đò nhỏ qua sông"
STAFF = {
    "lan": ("Nguyễn Thị Lan", "officer"),
    "hung": ("Trần Quốc Hưng", "officer"),
    "bien": ("Phạm Văn Biên", "editor"),
    "duyet": ("Huỳnh Ngọc Duyệt", "editor"),
}
PUBLISHED_WITHIN = 5.0 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
"""Seconds from publishing to the first answer that uses it: 5, and longer where others are at work."""
TRIED_WITHIN = 90_000
"""Milliseconds for an index built aside; a busy machine takes long."""


@dataclass
class Offices:
    """Browsers of staff, each with a session of its own."""

    assistant: Assistant
    chromium: Browser
    contexts: list[BrowserContext] = field(default_factory=list)

    def page(self, username: str) -> Page:
        """A browser in which that officer has logged in."""
        context = self.chromium.new_context(
            viewport=WIDE,  # type: ignore[arg-type]
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
        )
        self.contexts.append(context)
        page = context.new_page()
        log_in(page, f"{self.assistant.base}/staff", username, PASSWORD)
        return page

    def citizen(self) -> Citizen:
        """A citizen's phone with the chat open."""
        someone = Citizen(self.chromium, self.assistant, 320)
        someone.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        self.contexts.append(someone.context)
        return someone

    def picture(self, page: Page, name: str, *sizes: dict[str, int]) -> None:
        """Keep what a page shows, at a desk and on a phone unless told; nothing runs over its edge."""
        before = page.viewport_size
        for size in sizes or (WIDE, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.evaluate("typeof toEnd === 'function' && toEnd()")  # a talk stands at its end
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
            picture(page, f"console-{name}-{size['width']}")
        page.set_viewport_size(before or WIDE)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def staffed(assistant: Assistant) -> Assistant:
    db = Database(assistant.database_url)
    with db.session() as session:
        for username, (name, role) in STAFF.items():
            officers.create(session, username, name, PASSWORD, role=role)
    db.close()
    return assistant


@pytest.fixture
def offices(staffed: Assistant, browser: Browser) -> Iterator[Offices]:
    opened = Offices(staffed, browser)
    yield opened
    for context in opened.contexts:
        context.close()


def test_two_officers_share_a_queue_and_pass_a_citizen_on(offices: Offices) -> None:
    citizen, lan, hung = offices.citizen(), offices.page("lan"), offices.page("hung")
    citizen.say("phí làm lại căn cước bị mất")
    expect(citizen.log).to_contain_text("35.000 đồng")
    citizen.say("gặp cán bộ")
    expect(citizen.log).to_contain_text("chuyển cuộc trò chuyện cho cán bộ")

    waiting = "gặp cán bộ"
    for page in (lan, hung):  # arrives by itself
        expect(page.get_by_role("link", name=waiting)).to_be_visible()
    offices.picture(lan, "queue")
    for page in (lan, hung):
        page.get_by_role("link", name=waiting).click()

    lan.get_by_role("button", name="Nhận cuộc trò chuyện").click()
    expect(hung.get_by_text("Nguyễn Thị Lan đang trả lời").first).to_be_visible()
    expect(hung.get_by_role("button", name="Nhận cuộc trò chuyện")).to_have_count(0)
    lan.get_by_text("Ghi chú nội bộ").click()
    lan.get_by_label("Ghi chú cho đồng nghiệp").fill("Người dân ở Hòn Đất, hỏi thêm nơi làm.")
    lan.get_by_role("button", name="Ghi", exact=True).click()
    expect(lan.get_by_text("Người dân ở Hòn Đất, hỏi thêm nơi làm.")).to_be_visible()
    lan.get_by_text("Chuyển việc").click()
    lan.get_by_label("Chuyển cho").select_option(label="Trần Quốc Hưng")
    lan.get_by_role("button", name="Chuyển", exact=True).click()
    expect(lan.get_by_text("Đã chuyển việc.")).to_be_visible()

    box = hung.get_by_label("Câu trả lời cho người dân")
    expect(box).to_be_visible()
    hung.reload()
    expect(hung.get_by_text("Người dân ở Hòn Đất, hỏi thêm nơi làm.")).to_be_visible()
    hung.locator("[data-suggestion='1']").wait_for()
    box.press_sequentially("Chào anh/chị, làm lại căn cước ở công an xã nào cũng được ạ.")
    box.press("Enter")
    expect(citizen.log).to_contain_text("làm lại căn cước ở công an xã nào cũng được ạ.")
    citizen.say("Dạ cảm ơn cán bộ")
    expect(hung.locator(".said-by.citizen").last).to_contain_text("Dạ cảm ơn cán bộ")
    offices.picture(hung, "talk")
    picture(citizen.page, "citizen-officer-390")

    hung.get_by_text("Đóng…").click()
    hung.get_by_label("Kết quả").select_option("guided")
    hung.get_by_role("button", name="Đóng cuộc trò chuyện").click()
    expect(hung.get_by_text("Đã đóng.")).to_be_visible()
    expect(citizen.log).to_contain_text("đã kết thúc")
    expect(lan.get_by_role("link", name=waiting)).to_have_count(0)


def test_a_citizen_sees_each_state_of_a_complaint_until_it_is_closed(offices: Offices) -> None:
    citizen, lan = offices.citizen(), offices.page("lan")
    citizen.say("tôi muốn phản ánh rác thải ở chợ Rạch Giá")
    expect(citizen.log).to_contain_text("Việc xảy ra từ khi nào?")
    citizen.say("cả tuần nay")
    citizen.press("Không đồng ý")
    citizen.press("Đúng, gửi đi")
    expect(citizen.log).to_contain_text(re.compile(r"PA-\w{4}-\w{4}"))
    code = citizen.code()

    lan.get_by_role("link", name="Phản ánh").click()
    lan.get_by_label("Tìm").fill(code)
    lan.get_by_role("button", name="Lọc").click()
    lan.get_by_role("link", name=code).click()
    lan.get_by_role("button", name="Nhận xử lý").click()
    expect(citizen.log).to_contain_text("đang được xem xét")

    lan.locator("textarea[name=text]").fill("Đội vệ sinh gom sáng nay, mỗi ngày thêm một chuyến.")
    lan.get_by_role("button", name="Lưu trả lời, báo người dân").click()
    expect(citizen.log).to_contain_text("mỗi ngày thêm một chuyến")
    offices.picture(lan, "feedback-case")

    lan.locator("select[name=outcome]").select_option("resolved")
    lan.get_by_role("button", name="Trả lời và đóng").click()
    expect(lan.get_by_text("Đã giải quyết").first).to_be_visible()
    expect(citizen.log).to_contain_text("đã xử lý xong")
    assert "Đội vệ sinh gom sáng nay" in ask(citizen, code)
    picture(citizen.page, "citizen-feedback-390")


def test_a_missing_answer_is_written_reviewed_and_given_within_seconds(offices: Offices) -> None:
    citizen, writer, reviewer = offices.citizen(), offices.page("bien"), offices.page("duyet")
    question = "thông báo phiên chợ rau củ sạch Vĩnh Hòa Hưng họp hôm nào"
    assert "sáng Chủ nhật" not in ask(citizen, question)

    writer.goto(f"{offices.assistant.base}/staff/knowledge/edit?kind=announcement")
    for name, value in {
        "title": "Phiên chợ rau củ sạch ở xã Vĩnh Hòa Hưng",
        "body": "Phiên chợ rau củ sạch họp sáng Chủ nhật hằng tuần tại sân Ủy ban nhân dân xã.",
        "published": "2026-11-20",
        "source.title": "Ủy ban nhân dân xã Vĩnh Hòa Hưng",
        "source.checked": "2026-11-24",
    }.items():
        writer.locator(f"[name='{name}']").fill(value)
    writer.get_by_role("button", name="Xem thử").click()
    expect(writer.locator("#preview")).to_contain_text("sáng Chủ nhật")
    offices.picture(writer, "write", WIDE)
    writer.get_by_role("button", name="Lưu bản nháp").click()
    writer.get_by_role("button", name="Gửi duyệt").click()
    expect(writer.get_by_text("cần một người khác duyệt")).to_be_visible()

    reviewer.goto(writer.url)
    offices.picture(reviewer, "review", WIDE)
    reviewer.get_by_role("button", name="Duyệt và đưa vào sử dụng").click()
    published = time.monotonic()
    expect(reviewer.get_by_role("button", name="Gỡ, quay về bản trước")).to_be_visible()
    until(lambda: "sáng Chủ nhật" in ask(citizen, question), published + PUBLISHED_WITHIN)
    picture(citizen.page, "citizen-published-390")

    reviewer.get_by_role("button", name="Gỡ, quay về bản trước").click()
    expect(reviewer.get_by_role("button", name="Gỡ, quay về bản trước")).to_have_count(0)
    until(lambda: "sáng Chủ nhật" not in ask(citizen, question), time.monotonic() + PUBLISHED_WITHIN)


def test_a_question_voted_down_is_learnt_and_can_be_unlearnt(offices: Offices) -> None:
    citizen, editor, reviewer = offices.citizen(), offices.page("bien"), offices.page("duyet")
    question, meant = "đăng ký cho chiếc đuôi tôm", "1.004088"
    assert meant not in ask(citizen, question)
    citizen.press("Chưa đúng")
    citizen.press("Không đúng điều tôi hỏi")

    learning = f"{offices.assistant.base}/staff/knowledge/learning"
    until(lambda: editor.goto(learning) and editor.get_by_role("link", name=question).count(), soon(30))
    editor.get_by_role("link", name=question).click()
    editor.locator("[name=document]").fill(meant)
    editor.get_by_role("button", name="Đề xuất").click()
    expect(editor.get_by_text("Chờ người thứ hai duyệt")).to_be_visible()

    reviewer.goto(learning)
    reviewer.get_by_role("button", name="Xem kết quả rồi duyệt").click()
    accept = reviewer.get_by_role("button", name="Duyệt, đưa vào dùng ngay")
    expect(accept).to_be_visible(timeout=TRIED_WITHIN)
    expect(reviewer.get_by_text(re.compile(r"Bộ \d+ câu kiểm tra"))).to_be_visible()
    offices.picture(reviewer, "learning")
    assert meant not in ask(citizen, question), "in use before it was accepted"

    accept.click()
    expect(reviewer.get_by_text("Đã học (1 văn bản)")).to_be_visible()
    until(lambda: meant in ask(citizen, question), soon(30))

    reviewer.get_by_text("Đã học (1 văn bản)").click()
    reviewer.get_by_role("button", name="Gỡ").click()
    until(lambda: meant not in ask(citizen, question), soon(30))


def ask(citizen: Citizen, question: str) -> str:
    """What the assistant says to a question asked now."""
    answers = citizen.log.locator(".items > .message:not(.citizen)")
    before = answers.count()
    citizen.say(question)
    expect(answers).to_have_count(before + 1)
    return answers.last.inner_text()


def soon(seconds: float) -> float:
    return time.monotonic() + seconds


def until(met: Callable[[], object], deadline: float) -> None:
    """Look again until it is so; an answer that was asked for in time counts."""
    while not met():
        assert time.monotonic() < deadline, "not in time"
