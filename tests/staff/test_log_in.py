"""Sessions: who gets in, who is locked out, and what ends a session."""

from __future__ import annotations

import pytest
from staff_support import PASSWORD, Desk

from conversations import officers
from conversations.models import Officer
from staff.sessions import COOKIE


def test_the_right_password_opens_the_queue(desk: Desk) -> None:
    browser = desk.anonymous()
    response = browser.log_in("an")

    assert response.headers["location"] == "/staff/"
    assert "Nguyễn Thị An" in browser.get("/queue").text


def test_the_session_cookie_is_for_this_path_and_hidden_from_scripts(desk: Desk) -> None:
    cookie = desk.anonymous().log_in("an").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/staff" in cookie


def test_over_https_the_cookie_is_secure(desk: Desk) -> None:
    browser = desk.anonymous()
    browser.client.base_url = browser.client.base_url.copy_with(scheme="https")
    assert "secure" in browser.log_in("an").headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("username", "password"), [("an", "sai mật khẩu rồi"), ("không ai", PASSWORD), ("", "")]
)
def test_a_wrong_name_or_password_stays_outside(desk: Desk, username: str, password: str) -> None:
    browser = desk.anonymous()
    response = browser.log_in(username, password)

    assert response.status_code == 422
    assert "chưa đúng" in response.text
    assert browser.get("/queue").status_code == 303


def test_after_repeated_failures_even_the_right_password_is_refused(desk: Desk) -> None:
    browser = desk.anonymous()
    for _ in range(officers.MAX_FAILURES):
        browser.log_in("an", "sai mật khẩu rồi")
    response = browser.log_in("an")

    assert response.status_code == 422
    assert "tạm khóa" in response.text


def test_logging_in_changes_the_session_and_its_token(desk: Desk) -> None:
    browser = desk.anonymous()
    browser.get("/login")
    before, token = browser.client.cookies[COOKIE], browser.token
    browser.log_in("an")

    assert browser.client.cookies[COOKIE] != before
    assert browser.token != token


def test_logging_out_ends_the_session_in_this_browser(desk: Desk) -> None:
    browser = desk.browser("an")
    assert browser.post("/logout").status_code == 303
    assert browser.get("/queue").status_code == 303


def test_a_new_password_ends_other_sessions_and_keeps_this_one(desk: Desk) -> None:
    here, elsewhere = desk.browser("an"), desk.anonymous()
    elsewhere.log_in("an")
    new = "mật khẩu mới của tôi"
    response = here.post("/account", {"current": PASSWORD, "new": new, "again": new})

    assert response.status_code == 303
    assert here.get("/queue").status_code == 200
    assert elsewhere.get("/queue").status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "again", "words"),
    [
        ("sai mật khẩu", "mật khẩu mới", "mật khẩu mới", "Mật khẩu hiện tại chưa đúng"),
        (PASSWORD, "mật khẩu mới", "mật khẩu khác", "chưa khớp"),
        (PASSWORD, "ngắn", "ngắn", "ít nhất"),
    ],
)
def test_a_bad_new_password_is_explained(desk: Desk, current: str, new: str, again: str, words: str) -> None:
    response = desk.browser("an").post("/account", {"current": current, "new": new, "again": again})
    assert response.status_code == 422
    assert words in response.text


def test_switching_an_account_off_ends_its_session(desk: Desk) -> None:
    browser = desk.browser("an")
    with desk.db.session() as session:
        session.query(Officer).filter_by(username="an").one().active = False
    assert browser.get("/queue").status_code == 303


def test_a_forged_cookie_is_worth_nothing(desk: Desk) -> None:
    browser = desk.anonymous()
    browser.client.cookies.set(COOKIE, "WzEsIngiLCJ5Il0.forged.signature", path="/staff")
    assert browser.get("/queue").status_code == 303


def test_after_log_in_the_page_that_was_asked_for_opens(desk: Desk) -> None:
    browser = desk.anonymous()
    asked = browser.get("/feedback?status=closed").headers["location"]
    assert "next=%2Fstaff%2Ffeedback%3Fstatus%3Dclosed" in asked
    browser.get("/login")
    response = browser.post(
        "/login", {"username": "an", "password": PASSWORD, "next": "/staff/feedback?status=closed"}
    )
    assert response.headers["location"] == "/staff/feedback?status=closed"


@pytest.mark.parametrize(
    "target", ["https://example.com/", "//example.com", "/staff/\\example.com", "/elsewhere"]
)
def test_log_in_never_leads_to_another_site(desk: Desk, target: str) -> None:
    browser = desk.anonymous()
    browser.get("/login")
    response = browser.post("/login", {"username": "an", "password": PASSWORD, "next": target})
    assert response.headers["location"] == "/staff/"


def test_a_fragment_asked_for_after_the_session_ended_sends_the_browser_to_log_in(desk: Desk) -> None:
    response = desk.anonymous().get("/queue/rows", hx_request="true")
    assert response.status_code == 401
    assert response.headers["hx-redirect"].startswith("/staff/login")
