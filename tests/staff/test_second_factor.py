"""TOTP: enrolment, codes at log-in, recovery, the lock."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from staff_support import PASSWORD, Browser, Desk

from conversations import officers
from conversations.models import Officer
from conversations.second_factor import STEP, matching_step

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The one of the RFC."""


def of_step(secret: str, offset: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + offset * STEP)


def form_of(page: str) -> dict[str, str]:
    handed = re.search(r'name="handed" value="([^"]+)"', page)
    assert handed is not None
    return {"handed": handed[1]}


def enrol(desk: Desk, username: str = "an") -> tuple[str, list[str]]:
    """Switches the second factor on; returns the secret and the recovery codes."""
    browser = desk.browser(username)
    page = browser.get("/account/second-factor").text
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found is not None
    secret = found[1].replace(" ", "")
    shown = browser.post("/account/second-factor", form_of(page) | {"code": of_step(secret, -1)}).text
    return secret, re.findall(r"<li>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</li>", shown)


def half_way(desk: Desk, username: str = "an") -> tuple[Browser, dict[str, str]]:
    """After the password, before the code."""
    browser = desk.anonymous()
    page = browser.log_in(username)
    assert page.status_code == 200
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
    assert found is not None
    browser.token = found[1]
    return browser, form_of(page.text)


def test_after_the_password_the_code_is_needed(desk: Desk) -> None:
    secret, _ = enrol(desk)
    browser, form = half_way(desk)
    assert browser.get("/queue").status_code == 303

    assert browser.post("/login/code", form | {"code": of_step(secret)}).status_code == 303
    assert browser.get("/queue").status_code == 200


def test_nothing_is_switched_on_without_a_right_code(desk: Desk) -> None:
    browser = desk.browser("an")
    page = browser.get("/account/second-factor").text
    response = browser.post("/account/second-factor", form_of(page) | {"code": "000000"})

    assert response.status_code == 422
    assert desk.anonymous().log_in("an").status_code == 303


def test_a_code_works_once(desk: Desk) -> None:
    secret, _ = enrol(desk)
    code = of_step(secret)
    first, form = half_way(desk)
    first.post("/login/code", form | {"code": code})
    second, form = half_way(desk)

    assert second.post("/login/code", form | {"code": code}).status_code == 422
    assert second.get("/queue").status_code == 303


def test_a_recovery_code_works_once_and_is_not_kept_in_clear(desk: Desk) -> None:
    _, codes = enrol(desk)
    assert len(codes) == 8
    with desk.db.session(read_only=True) as session:
        officer = session.query(Officer).filter_by(username="an").one()
        assert codes[0] not in str(officer.recovery_codes)
        assert officer.totp_secret is not None
    statuses = []
    for _ in range(2):
        browser, form = half_way(desk)
        statuses.append(browser.post("/login/code", form | {"code": codes[0].upper()}).status_code)
    assert statuses == [303, 422]


def test_the_secret_lies_sealed_in_the_database(desk: Desk) -> None:
    secret, _ = enrol(desk)
    with desk.db.session(read_only=True) as session:
        assert secret not in str(session.query(Officer).filter_by(username="an").one().totp_secret)


def test_guessing_codes_locks_the_account_however_often_the_password_is_given(desk: Desk) -> None:
    secret, _ = enrol(desk)
    for _ in range(officers.MAX_FAILURES):
        browser, form = half_way(desk)
        browser.post("/login/code", form | {"code": "000000"})

    response = browser.post("/login/code", form | {"code": of_step(secret)})
    assert response.status_code == 422
    assert "tạm khóa" in response.text
    assert "tạm khóa" in desk.anonymous().log_in("an").text


def test_what_is_handed_out_serves_its_own_browser_and_purpose(desk: Desk) -> None:
    secret, _ = enrol(desk)
    _, form = half_way(desk)
    thief = desk.anonymous()
    thief.get("/login")
    assert "quá lâu" in thief.post("/login/code", form | {"code": of_step(secret)}).text
    assert "quá lâu" in desk.browser("an").post("/account/second-factor", form | {"code": "1"}).text


def test_it_is_switched_off_only_with_the_password(desk: Desk) -> None:
    enrol(desk)
    browser = desk.browser("an")
    browser.post("/account/second-factor/remove", {"current": "sai"})
    assert desk.anonymous().log_in("an").status_code == 200

    browser.post("/account/second-factor/remove", {"current": PASSWORD})
    assert desk.anonymous().log_in("an").status_code == 303


def test_an_administrator_helps_who_has_lost_everything(desk: Desk) -> None:
    enrol(desk)
    with desk.db.session(read_only=True) as session:
        officer_id = session.query(Officer).filter_by(username="an").one().id
    desk.browser("quan").post(f"/officers/{officer_id}/forget-second-factor")

    assert desk.browser("an").get("/queue").status_code == 303
    assert desk.anonymous().log_in("an").status_code == 303


@pytest.mark.parametrize(
    ("code", "step"), [("755224", 0), ("75 52 24", 0), ("287082", 1), ("", None), ("12", None)]
)
def test_codes_are_those_of_rfc_6238(code: str, step: int | None) -> None:
    assert matching_step(SECRET, code, after=-1, at=STEP) == step


def test_a_step_that_was_used_is_not_taken_again() -> None:
    assert matching_step(SECRET, "287082", after=1, at=STEP) is None
