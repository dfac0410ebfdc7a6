"""Connecting the Zalo OA: there and back, as an administrator's browser goes."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest
from staff_support import SECRET, Browser, Desk, Furnish

from bot.zalo_desk import zalo_desk
from connectors.zalo import CONSENT_PATH
from connectors.zalo_consent import ZaloConsent
from connectors.zalo_oauth import ZaloOAuth
from connectors.zalo_tokens import ZaloTokens
from conversations.database import Database
from conversations.models import AuditEntry, ChannelToken
from tests.fakes.zalo_api import APP_ID, APP_SECRET, OA_ID, FakeZalo
from tests.fakes.zalo_served import served, zalo

__all__ = ["served", "zalo"]
pytestmark = pytest.mark.slow

BACK = f"http://testserver{CONSENT_PATH}"


def consent(db: Database, url: str, app_secret: str = APP_SECRET) -> ZaloConsent:
    oauth = ZaloOAuth(url=url, app_id=APP_ID, app_secret=app_secret)
    tokens = ZaloTokens(db, oauth, secret_key=SECRET)
    return ZaloConsent(oauth, tokens, secret_key=SECRET, back=BACK, oa_id=OA_ID)


@pytest.fixture
def desk(db: Database, furnish: Furnish, served: tuple[FakeZalo, str]) -> Desk:
    return furnish(zalo=zalo_desk(consent(db, served[1])))


def there(browser: Browser) -> httpx.Response:
    """What Zalo answers to the browser that agrees."""
    return httpx.get(browser.get("/controls/zalo/leave").headers["location"], follow_redirects=False)


def there_and_back(browser: Browser):  # type: ignore[no-untyped-def]
    back = urlsplit(there(browser).headers["location"])
    return browser.client.get(f"{back.path}?{back.query}")


def connected(desk: Desk) -> bool:
    with desk.db.session(read_only=True) as session:
        return session.get(ChannelToken, "zalo") is not None


def test_an_administrator_connects_the_account(desk: Desk, zalo: FakeZalo) -> None:
    browser = desk.browser("quan")
    assert "Chưa kết nối" in browser.get("/controls/zalo").text

    assert there_and_back(browser).headers["location"] == "/staff/controls/zalo?notice=zalo_connected"
    assert connected(desk)
    assert "Đã kết nối" in browser.get("/controls/zalo").text
    with desk.db.session(read_only=True) as session:
        assert session.query(AuditEntry).filter_by(action="zalo.consent", actor="quan").count() == 1


def test_what_is_registered_at_zalo_stays_right(desk: Desk, served: tuple[FakeZalo, str]) -> None:
    zalo, url = served
    zalo.registered = (BACK, consent(desk.db, url).challenge)
    browser = desk.browser("quan")
    page = browser.get("/controls/zalo").text
    assert zalo.registered[0] in page
    assert zalo.registered[1] in page
    assert there(browser).status_code == 302
    assert there_and_back(browser).status_code == 303


def test_a_consent_that_this_browser_did_not_ask_for_is_refused(desk: Desk) -> None:
    back = urlsplit(there(desk.browser("quan")).headers["location"])
    with desk.db.session() as session:
        session.query(ChannelToken).delete()
    other = Browser(desk.anonymous().client)
    other.resume(desk, "quan")
    assert other.client.get(f"{back.path}?{back.query}").status_code == 422
    assert not connected(desk)


@pytest.mark.parametrize(
    ("query", "words"),
    [("state={state}", "chưa gửi về sự đồng ý"), ("code=x&state=forged", "làm lại từ đầu")],
    ids=["no code", "forged state"],
)
def test_what_comes_back_wrong_is_explained(desk: Desk, query: str, words: str) -> None:
    browser = desk.browser("quan")
    state = urlsplit(browser.get("/controls/zalo/leave").headers["location"]).query.rpartition("state=")[2]
    response = browser.get(f"/controls/zalo/back?{query.format(state=state)}")
    assert response.status_code == 422
    assert words in response.text


def test_the_consent_of_another_account_is_refused(desk: Desk, zalo: FakeZalo) -> None:
    zalo.oa_id = "111"
    assert "OA khác (mã 111)" in there_and_back(desk.browser("quan")).text
    assert not connected(desk)


def test_zalos_refusal_is_explained(db: Database, furnish: Furnish, served: tuple[FakeZalo, str]) -> None:
    desk = furnish(zalo=zalo_desk(consent(db, served[1], app_secret="wrong")))
    assert "ZALO_APP_SECRET" in there_and_back(desk.browser("quan")).text


def test_without_the_channel_the_page_says_so(furnish: Furnish) -> None:
    browser = furnish().browser("quan")
    assert "ZALO_APP_ID" in browser.get("/controls/zalo").text
    assert browser.get("/controls/zalo/leave").status_code == 404


def test_only_administrators_connect(desk: Desk) -> None:
    assert desk.browser("sau").get("/controls/zalo/leave").status_code == 403
