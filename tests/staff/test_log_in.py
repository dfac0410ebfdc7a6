"""Sessions: who gets in, who is locked out, and what ends a session."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from staff_support import LIFETIME, PASSWORD, SECRET, Desk

from conversations import officers
from conversations.models import Officer, OfficerSession, now
from staff.sessions import COOKIE, Sessions


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


def test_the_account_page_lists_sessions_and_ends_one_elsewhere(desk: Desk) -> None:
    here, elsewhere = desk.browser("an"), desk.anonymous()
    elsewhere.client.headers["user-agent"] = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
    elsewhere.log_in("an")
    page = here.get("/account").text
    assert "Firefox trên Windows" in page
    assert "testclient" in page
    ended = re.search(r'action="/staff(/account/sessions/\d+/end)"', page)
    assert ended is not None
    here.post(ended[1])

    assert elsewhere.get("/queue").status_code == 303
    assert here.get("/queue").status_code == 200


def test_all_other_sessions_end_at_once(desk: Desk) -> None:
    here, others = desk.browser("an"), [desk.anonymous(), desk.anonymous()]
    for other in others:
        other.log_in("an")
    here.post("/account/sessions/end")

    assert [other.get("/queue").status_code for other in others] == [303, 303]
    assert here.get("/queue").status_code == 200


def test_nobody_ends_another_officer_s_session(desk: Desk) -> None:
    desk.browser("binh")
    with desk.db.session(read_only=True) as session:
        theirs = session.query(OfficerSession).join(Officer).filter(Officer.username == "binh").one().id
    assert desk.browser("an").post(f"/account/sessions/{theirs}/end").status_code == 404
    assert desk.browser("binh").get("/queue").status_code == 200


def test_a_session_runs_out(desk: Desk) -> None:
    browser = desk.browser("an")
    with desk.db.session() as session:
        session.query(OfficerSession).one().expires_at = now()
    assert browser.get("/queue").status_code == 303


def test_after_log_out_the_old_cookie_is_worth_nothing(desk: Desk) -> None:
    browser = desk.browser("an")
    kept = browser.client.cookies[COOKIE]
    browser.post("/logout")
    browser.client.cookies.clear()
    browser.client.cookies.set(COOKIE, kept, path="/staff")
    assert browser.get("/queue").status_code == 303


def test_a_signed_cookie_without_a_session_on_the_server_is_worth_nothing(desk: Desk) -> None:
    cookie, _ = Sessions(SECRET, LIFETIME).issue(1)
    browser = desk.anonymous()
    browser.client.cookies.set(COOKIE, cookie, path="/staff")
    assert browser.get("/queue").status_code == 303


def test_the_last_use_of_a_session_is_noted_now_and_then(desk: Desk) -> None:
    browser = desk.browser("an")
    long_ago = now() - timedelta(hours=1)
    with desk.db.session() as session:
        session.query(OfficerSession).one().seen_at = long_ago
    browser.get("/queue")
    with desk.db.session(read_only=True) as session:
        assert session.query(OfficerSession).one().seen_at > long_ago
