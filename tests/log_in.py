"""An officer's way into the console, in a browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def log_in(page: Page, console: str, username: str, password: str) -> None:
    """Log in at the console's address (`…/staff`); the page then shown is where that role begins."""
    page.goto(f"{console}/login")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("button", name="Thoát")).to_be_visible()
