"""Sending and tokens against a server that behaves as Zalo's: errors in a 200, tokens that rotate once."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from chat_house import House
from sqlalchemy import update
from starlette.responses import PlainTextResponse, Response
from structlog.testing import capture_logs

from connectors.limits import Rate
from connectors.zalo_api import ZaloApi, ZaloError
from connectors.zalo_oauth import OAuthRefused, TokenPair, ZaloOAuth, challenge_of
from connectors.zalo_sender import WAIT_FOR_CONSENT, ZaloSender
from connectors.zalo_tokens import TokenUnavailable, ZaloTokens
from conversations import inbox, outbox
from conversations.courier import RetryLater, Undeliverable
from conversations.database import Database
from conversations.messages import Channel, Choice, InboundMessage, OutboundMessage, Sender
from conversations.models import ChannelToken, now
from tests.fakes.zalo_api import APP_ID, APP_SECRET, FakeZalo
from tests.fakes.zalo_served import served, zalo

__all__ = ["served", "zalo"]
pytestmark = pytest.mark.slow

FAST = Rate(burst=1_000, per_second=1_000)
USER = "8765432109876543210"
KEY = "a secret of the tests"
HELLO = OutboundMessage(text="chào")


class Client:
    """One process's tokens, API and sender."""

    def __init__(self, db: Database, url: str, secret: str = APP_SECRET) -> None:
        self.oauth = ZaloOAuth(url=url, app_id=APP_ID, app_secret=secret)
        self.tokens = ZaloTokens(db, self.oauth, secret_key=KEY, patience=5)
        self.api = ZaloApi(url, self.tokens)
        self.sender = ZaloSender(self.api, overall=FAST, each=FAST)

    async def close(self) -> None:
        await self.api.close()
        await self.oauth.close()


@pytest.fixture
async def client(db: Database, served: tuple[FakeZalo, str]) -> AsyncIterator[Client]:
    client = Client(db, served[1])
    await client.tokens.store(granted(served[0]))
    yield client
    await client.close()


def granted(zalo: FakeZalo) -> TokenPair:
    pair = zalo.grant()
    return TokenPair(pair["access_token"], pair["refresh_token"], int(pair["expires_in"]))


def grow_old(db: Database, hours: float) -> None:
    with db.session() as session:
        for token in session.query(ChannelToken).filter_by(channel="zalo"):
            token.updated_at -= timedelta(hours=hours)
            token.expires_at -= timedelta(hours=hours)


def texts(zalo: FakeZalo) -> list[str]:
    return [body["message"]["text"] for body in zalo.sent]


async def test_choices_are_numbered_and_buttons(zalo: FakeZalo, client: Client) -> None:
    choices = tuple(Choice(title=f"Việc {n}", payload="/x" * n) for n in range(1, 8))
    await client.sender.send(USER, OutboundMessage(text="Chọn", choices=choices))
    [body] = zalo.sent
    assert body["recipient"] == {"user_id": USER}
    assert body["message"]["text"].startswith("Chọn\n\n1. Việc 1\n2. Việc 2")
    buttons = body["message"]["attachment"]["payload"]["buttons"]
    assert [button["title"] for button in buttons] == [f"Việc {n}" for n in range(1, 6)]
    assert {button["type"] for button in buttons} == {"oa.query.hide"}


async def test_where_buttons_are_refused_the_numbers_remain(zalo: FakeZalo, client: Client) -> None:
    zalo.refuse_buttons = True
    for _ in range(2):
        await client.sender.send(USER, OutboundMessage(text="A", choices=(Choice(title="B", payload="/b"),)))
    assert texts(zalo) == ["A\n\n1. B"] * 2


async def test_a_long_text_is_composed_and_split(zalo: FakeZalo, client: Client) -> None:
    text = unicodedata.normalize("NFD", "Lệ phí đăng ký hộ kinh doanh. " * 190)
    await client.sender.send(USER, OutboundMessage(text=text))
    assert len(zalo.sent) == 3
    assert "".join(texts(zalo)).strip() == unicodedata.normalize("NFC", text).strip()


@pytest.mark.parametrize(
    ("code", "words"), [(-230, "7 ngày"), (-213, "quan tâm"), (-218, "-218"), (-224, "-224"), (-999, "-999")]
)
async def test_what_zalo_refuses_for_good_is_not_tried_again(
    zalo: FakeZalo, client: Client, code: int, words: str
) -> None:
    zalo.planned = [(code, "refused")]
    with pytest.raises(Undeliverable, match=words):
        await client.sender.send(USER, HELLO)


async def test_outside_the_window_staff_read_why(zalo: FakeZalo, client: Client, db: Database) -> None:
    zalo.outside_window.add(USER)
    house = House(db, client.sender)
    receive(db)
    await house.work()
    [(status, error)] = house.outbox()
    assert status == "dead"
    assert "7 ngày" in (error or "")


async def test_outside_the_window_an_officers_news_goes_out_with_the_template(
    zalo: FakeZalo, client: Client
) -> None:
    zalo.outside_window.add(USER)
    sender = ZaloSender(client.api, overall=FAST, each=FAST, template_id="77")
    news = OutboundMessage(text="Phản ánh đã xử lý xong.", sender=Sender.SYSTEM)
    await sender.send(USER, news)
    [template] = zalo.templates
    assert (template["user_id"], template["template_id"]) == (USER, "77")
    assert template["template_data"] == {"noi_dung": news.text}
    with pytest.raises(Undeliverable):
        await sender.send(USER, HELLO)


async def test_the_rate_limit_asks_for_patience(zalo: FakeZalo, client: Client) -> None:
    zalo.planned = [(-32, "Rate limit"), Response(status_code=429, headers={"Retry-After": "9"})]
    waits = []
    for _ in range(2):
        with pytest.raises(RetryLater) as caught:
            await client.sender.send(USER, HELLO)
        waits.append(caught.value.seconds)
    assert waits == [30, 9]


@pytest.mark.parametrize("code", [-100, -211])
async def test_a_passing_trouble_is_worth_a_retry(zalo: FakeZalo, client: Client, code: int) -> None:
    zalo.planned = [(code, "try again")]
    with pytest.raises(ZaloError):
        await client.sender.send(USER, HELLO)


@pytest.mark.parametrize("answer", [Response(status_code=502), PlainTextResponse("<html>")])
async def test_no_clear_answer_is_worth_a_retry(zalo: FakeZalo, client: Client, answer: Response) -> None:
    zalo.planned = [answer]
    with pytest.raises(httpx.HTTPError):
        await client.sender.send(USER, HELLO)


async def test_a_retry_sends_only_the_parts_that_are_missing(zalo: FakeZalo, client: Client) -> None:
    message = OutboundMessage(text="a" * 2_000 + "b" * 2_000)
    waits = iter([None, RuntimeError("cut")])
    original = client.api.post

    async def post(path: str, body: dict[str, object]) -> dict[str, object]:
        error = next(waits, None)
        if error:
            raise error
        return await original(path, body)

    client.api.post = post  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        await client.sender.send(USER, message)
    await client.sender.send(USER, message)
    assert [text[0] for text in texts(zalo)] == ["a", "b"]


async def test_an_expired_token_is_refreshed_and_the_message_sent_once(
    zalo: FakeZalo, client: Client
) -> None:
    zalo.expire_access_tokens()
    await client.sender.send(USER, HELLO)
    assert (zalo.refreshes, texts(zalo)) == (1, ["chào"])


async def test_http_401_counts_as_an_expired_token(zalo: FakeZalo, client: Client) -> None:
    zalo.planned = [Response(status_code=401)]
    await client.sender.send(USER, HELLO)
    assert (zalo.refreshes, texts(zalo)) == (1, ["chào"])


async def test_a_token_that_is_refused_again_is_not_refreshed_for_ever(
    zalo: FakeZalo, client: Client
) -> None:
    zalo.planned = [(-220, "token")] * 2
    with pytest.raises(Undeliverable):
        await client.sender.send(USER, HELLO)
    assert zalo.refreshes == 1


async def test_a_token_is_refreshed_ahead_of_its_end(zalo: FakeZalo, client: Client, db: Database) -> None:
    before = await client.tokens.current()
    grow_old(db, hours=19)
    assert await client.tokens.current() == before
    grow_old(db, hours=2)
    assert await client.tokens.current() != before
    assert zalo.refreshes == 1


@pytest.mark.parametrize("expired", [False, True])
async def test_two_refreshers_rotate_once(
    zalo: FakeZalo, client: Client, db: Database, served: tuple[FakeZalo, str], expired: bool
) -> None:
    zalo.slow_refresh = 0.3
    url = db.engine.url.render_as_string()
    other_db = Database(url)
    other = Client(other_db, served[1])
    grow_old(db, hours=26 if expired else 21)
    tokens = await asyncio.gather(
        *(one.tokens.current() for one in (client, other) for _ in range(3)),
    )
    assert zalo.refreshes == 1
    new = await client.tokens.current()
    assert set(tokens) <= ({new} if expired else {new, "access-1"})
    await other.sender.send(USER, HELLO)
    assert texts(zalo) == ["chào"]
    await other.close()
    other_db.close()


async def test_a_refresher_that_died_holds_up_nobody_for_ever(
    zalo: FakeZalo, client: Client, db: Database
) -> None:
    assert client.tokens._take_lease("dead")
    grow_old(db, hours=26)
    with db.session() as session:
        session.execute(update(ChannelToken).filter_by(channel="zalo.lease").values(expires_at=now()))
    await client.sender.send(USER, HELLO)
    assert zalo.refreshes == 1


async def test_a_used_refresh_token_raises_the_alarm_and_messages_wait(
    zalo: FakeZalo, client: Client, db: Database
) -> None:
    [token] = zalo._refresh
    zalo._refresh[token] = True
    zalo.expire_access_tokens()
    with capture_logs() as logs:
        with pytest.raises(RetryLater) as caught:
            await client.sender.send(USER, HELLO)
        with pytest.raises(RetryLater):
            await client.sender.send(USER, HELLO)
    alarms = [(line["log_level"], line["code"]) for line in logs if line["event"] == "zalo_consent_needed"]
    assert alarms == [("critical", -14020)], "asked once, not again and again"
    assert caught.value.seconds == WAIT_FOR_CONSENT
    await client.tokens.store(granted(zalo))
    await client.sender.send(USER, HELLO)
    assert texts(zalo) == ["chào"]


async def test_without_consent_messages_wait(db: Database, served: tuple[FakeZalo, str]) -> None:
    client = Client(db, served[1])
    with pytest.raises(RetryLater):
        await client.sender.send(USER, HELLO)
    await client.close()


async def test_while_zalo_cannot_be_reached_a_valid_token_is_used_on(
    zalo: FakeZalo, client: Client, db: Database
) -> None:
    before = await client.tokens.current()
    dead = Client(db, "http://127.0.0.1:9")
    grow_old(db, hours=21)
    assert await dead.tokens.current() == before
    await dead.close()


async def test_consent_ends_in_a_pair(zalo: FakeZalo, client: Client) -> None:
    verifier = "of-43-letters-kept-until-the-consent-is-bac"
    url = httpx.URL(client.oauth.consent_url("https://tl.example.vn/back", challenge_of(verifier), "s1"))
    assert url.path == "/v4/oa/permission"
    assert url.params["redirect_uri"] == "https://tl.example.vn/back"
    code = zalo.consent(url.params["code_challenge"])
    pair = await client.oauth.exchange(code, verifier)
    await client.tokens.store(pair)
    await client.sender.send(USER, HELLO)
    assert texts(zalo) == ["chào"]
    with pytest.raises(OAuthRefused):
        await client.oauth.exchange(code, verifier)


def receive(db: Database) -> None:
    with db.session() as session:
        inbox.receive(
            session,
            InboundMessage(channel=Channel.ZALO, event_id="m1", external_user_id=USER, text="chào"),
        )


async def test_what_a_killed_courier_held_is_delivered_by_the_next(
    db: Database, zalo: FakeZalo, client: Client
) -> None:
    house = House(db, client.sender)
    receive(db)
    await house.worker.work_next()
    assert outbox.claim(db, channels=[Channel.ZALO], lease=timedelta(hours=1)) is not None
    await house.work()
    assert zalo.sent == []
    house.make_due()
    await house.work()
    assert texts(zalo) == ["Anh/chị nói: chào"]


def kept(db: Database) -> ChannelToken:
    with db.session(read_only=True) as session:
        return session.get_one(ChannelToken, "zalo")


async def test_tokens_lie_sealed(db: Database, client: Client) -> None:
    row = kept(db)
    assert "access-" not in row.access_token
    assert "refresh-" not in row.refresh_token
    assert (await client.tokens.current()).startswith("access-")


async def test_tokens_left_in_clear_work_and_are_sealed_at_the_next_start(
    db: Database, zalo: FakeZalo, client: Client
) -> None:
    pair = zalo.grant()
    with db.session() as session:
        row = session.get_one(ChannelToken, "zalo")
        row.access_token, row.refresh_token = pair["access_token"], pair["refresh_token"]
    running = asyncio.create_task(client.tokens.run())
    async with asyncio.timeout(10):
        while pair["access_token"] in kept(db).access_token:
            await asyncio.sleep(0.005)
    running.cancel()
    assert await client.tokens.current() == pair["access_token"]


async def test_with_another_secret_key_an_administrator_must_consent_again(
    db: Database, client: Client
) -> None:
    other = ZaloTokens(db, client.oauth, secret_key="another key")
    with pytest.raises(TokenUnavailable, match="SECRET_KEY") as caught:
        await other.current()
    assert caught.value.consent


async def test_a_refused_renewal_is_remembered_until_the_next_consent(
    db: Database, zalo: FakeZalo, client: Client
) -> None:
    await client.oauth.refresh((await asyncio.to_thread(client.tokens.stored)).refresh_token)  # type: ignore[union-attr]
    grow_old(db, 30)
    with pytest.raises(TokenUnavailable):
        await client.tokens.current()
    assert "-14020" in (kept(db).problem or "")
    await client.tokens.store(granted(zalo))
    assert kept(db).problem is None
