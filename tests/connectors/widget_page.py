"""A citizen's hands and eyes at the widget."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select
from web_app import WebApp

from conversations import cases
from conversations.models import Case, Officer


class Widget:
    """The widget on a page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on(
            "console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(url)
        self.launcher = page.get_by_role("button", name="mở khung hỏi đáp")
        self.input = page.get_by_role("textbox", name="Câu hỏi của anh/chị")
        self.log = page.get_by_role("log")
        self.messages = self.log.locator(".items > .message")
        self.banner = page.locator(".banner")

    def start(self) -> Widget:
        self.launcher.click()
        self.page.get_by_role("button", name="Tôi đồng ý").click()
        return self

    def ask(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def expect_answer(self, question: str) -> None:
        expect(self.log.get_by_text(f"Anh/chị vừa nói: {question}", exact=True)).to_have_count(1)

    def texts(self) -> list[str]:
        return self.messages.locator(".text").all_inner_texts()


def portal(context: BrowserContext, server: str) -> Widget:
    """The widget on the demo portal."""
    return Widget(context.new_page(), f"{server}/portal/")


def answer_as_officer(web: WebApp, text: str, username: str) -> None:
    """An officer takes the newest hand-over and says something."""
    with web.db.session() as session:
        officer = Officer(username=username, full_name="Nguyễn Thị Lan", password_hash="-")
        session.add(officer)
        session.flush()
        case = session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()
        cases.take(session, case.id, officer)
        cases.answer(session, case.id, officer, text)
