"""Logging in with a real provider of OpenID Connect on a loopback port."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from joserfc.jwk import RSAKey
from staff_support import Browser, Desk, Furnish

from conversations.models import AuditEntry, Officer
from staff import OidcProvider
from tests.fakes.oidc_provider import CLIENT_ID, CLIENT_SECRET, FakeProvider
from tests.fakes.serving import serving

pytestmark = pytest.mark.slow


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    fake = FakeProvider()
    with serving(fake.app) as address:
        fake.issuer = address
        yield fake


@pytest.fixture
def desk(furnish: Furnish, provider: FakeProvider) -> Desk:
    return furnish(oidc=OidcProvider(provider.issuer, CLIENT_ID, CLIENT_SECRET))


def sign_on(browser: Browser, wanted: str = ""):  # type: ignore[no-untyped-def]
    """There and back, as a browser goes."""
    away = browser.get(f"/login/sign-on?next={wanted}").headers["location"]
    back = httpx.get(away, follow_redirects=False).headers["location"]
    return browser.client.get(back)


def test_who_the_provider_vouches_for_gets_in_and_to_the_page_asked_for(desk: Desk) -> None:
    browser = desk.anonymous()
    browser.get("/login")
    response = sign_on(browser, "/staff/feedback")

    assert response.headers["location"] == "/staff/feedback"
    assert "Nguyễn Thị An" in browser.get("/queue").text
    with desk.db.session(read_only=True) as session:
        assert session.query(AuditEntry).filter_by(action="officer.login", actor="an").count() == 1


def test_the_log_in_page_offers_it(desk: Desk) -> None:
    assert "Đăng nhập một lần" in desk.anonymous().get("/login").text


@pytest.mark.parametrize("user", ["nobody", "", "AN2"])
def test_without_an_account_here_nobody_gets_in(desk: Desk, provider: FakeProvider, user: str) -> None:
    provider.user = user
    browser = desk.anonymous()
    browser.get("/login")
    response = sign_on(browser)

    assert "chưa có tài khoản" in response.text
    assert browser.get("/queue").status_code == 303


def test_a_switched_off_account_stays_outside(desk: Desk) -> None:
    with desk.db.session() as session:
        session.query(Officer).filter_by(username="an").one().active = False
    browser = desk.anonymous()
    browser.get("/login")
    assert sign_on(browser).status_code == 422


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another client"},
        {"nonce": "replayed"},
        {"exp": 1_000_000_000},
        {"sub": None},
        {"preferred_username": None, "iss": "x"},
    ],
    ids=["issuer", "audience", "nonce", "expired", "subject", "name"],
)
def test_a_token_that_does_not_hold_lets_nobody_in(
    desk: Desk, provider: FakeProvider, claims: dict[str, object]
) -> None:
    provider.claims = claims
    browser = desk.anonymous()
    browser.get("/login")

    assert sign_on(browser).status_code == 422
    assert browser.get("/queue").status_code == 303


def test_a_token_signed_with_another_key_lets_nobody_in(desk: Desk, provider: FakeProvider) -> None:
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "k1"})
    browser = desk.anonymous()
    browser.get("/login")
    assert sign_on(browser).status_code == 422


def test_a_refusal_is_told(desk: Desk, provider: FakeProvider) -> None:
    provider.refuses = True
    browser = desk.anonymous()
    browser.get("/login")
    assert "chưa thành công" in sign_on(browser).text


def test_an_answer_meant_for_another_browser_is_refused(desk: Desk) -> None:
    mine, other = desk.anonymous(), desk.anonymous()
    for browser in (mine, other):
        browser.get("/login")
    away = mine.get("/login/sign-on").headers["location"]
    back = httpx.get(away, follow_redirects=False).headers["location"]

    assert other.client.get(back).status_code == 422
    assert other.get("/queue").status_code == 303


def test_an_answer_with_another_state_is_refused(desk: Desk) -> None:
    browser = desk.anonymous()
    browser.get("/login")
    away = browser.get("/login/sign-on").headers["location"]
    back = httpx.get(away, follow_redirects=False).headers["location"]

    assert browser.client.get(back.split("&state=")[0] + "&state=forged").status_code == 422


def test_a_provider_that_cannot_be_reached_leaves_the_password(furnish: Furnish) -> None:
    nowhere = OidcProvider("http://127.0.0.1:9", CLIENT_ID, CLIENT_SECRET)
    browser = furnish(oidc=nowhere).anonymous()
    browser.get("/login")
    response = browser.get("/login/sign-on")

    assert response.status_code == 422
    assert "dùng mật khẩu" in response.text
    assert browser.log_in("an").status_code == 303


def test_without_a_provider_there_is_no_such_page(furnish: Furnish) -> None:
    assert furnish().anonymous().get("/login/sign-on").status_code == 404
