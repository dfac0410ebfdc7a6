"""Zalo's webhook: signatures, every kind of event, repeats, and silence when an officer writes."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from chat_house import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from starlette.applications import Starlette
from structlog.testing import capture_logs

from connectors.choices import key_of
from connectors.zalo import MAX_EVENT, WEBHOOK_PATH, ZaloChannel
from connectors.zalo_oauth import ZaloOAuth
from connectors.zalo_signature import Signer
from conversations import handoffs
from conversations.database import Database
from conversations.messages import Choice, OutboundMessage, Sender
from conversations.models import Conversation
from conversations.outbox import enqueue
from tests.fakes.zalo_api import APP_ID, APP_SECRET, OA_ID, OA_SECRET, FakeZalo

USER = "8765432109876543210"
OURS = {"secret_key": "a secret of the tests", "base_url": "http://oa.test"}


class Recorder:
    """Stands where Zalo's API is: the webhook's tests need no server."""

    def __init__(self, sender: Any) -> None:
        self.channel = sender.channel
        self.sent: list[OutboundMessage] = []

    async def send(self, external_user_id: str, message: OutboundMessage) -> None:
        self.sent.append(message)


class Account:
    """The channel under test with its house; `zalo` plays Zalo's part."""

    def __init__(self, db: Database, signature_id: str = APP_ID) -> None:
        self.zalo = FakeZalo()
        oauth = ZaloOAuth(url="http://127.0.0.1:9", app_id=APP_ID, app_secret=APP_SECRET)
        other = OA_ID if signature_id == APP_ID else APP_ID
        signer = Signer(signature_id, OA_SECRET, other)
        self.channel = ZaloChannel(db, signer=signer, oauth=oauth, api_url="http://127.0.0.1:9", **OURS)
        self.sender = Recorder(self.channel.sender)
        self.house = House(db, self.sender, self.channel.journal)
        app = Starlette(routes=self.channel.routes())
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://oa.test")

    async def post(self, content: bytes, signature: str | None = None) -> httpx.Response:
        headers = {} if signature is None else {"X-ZEvent-Signature": signature}
        return await self.client.post(WEBHOOK_PATH, content=content, headers=headers)

    async def deliver(self, event: dict[str, Any]) -> list[int]:
        statuses = await self.zalo.deliver(self.client, WEBHOOK_PATH, event)
        await self.house.work()
        return statuses

    async def close(self) -> None:
        await self.channel.close()
        await self.client.aclose()


@pytest.fixture
async def account(db: Database) -> AsyncIterator[Account]:
    account = Account(db)
    yield account
    await account.close()


async def test_a_text_is_answered(account: Account) -> None:
    assert await account.deliver(account.zalo.text("khai sinh cần gì?")) == [200]
    assert [message.text for message in account.sender.sent] == ["Anh/chị nói: khai sinh cần gì?"]
    assert account.house.handled[0].sent_at is not None


async def test_a_repeated_event_is_answered_once(account: Account) -> None:
    event = account.zalo.text("chào")
    for _ in range(3):
        assert await account.deliver(event) == [200]
    assert len(account.sender.sent) == 1


async def test_the_signature_may_lack_its_prefix(account: Account) -> None:
    body, headers = account.zalo.signed(account.zalo.text("chào"))
    bare = headers["X-ZEvent-Signature"].removeprefix("mac=")
    assert (await account.post(body, bare)).status_code == 200


async def test_the_bytes_are_signed_as_they_came(account: Account) -> None:
    event = account.zalo.text("chào")
    body = json.dumps(event, indent=3).encode()
    plain = APP_ID.encode() + body + event["timestamp"].encode() + OA_SECRET.encode()
    assert (await account.post(body, hashlib.sha256(plain).hexdigest())).status_code == 200


@pytest.mark.parametrize(
    ("signature", "status"), [(None, 401), ("", 401), ("mac=", 403), ("mac=" + "0" * 64, 403), ("ký", 403)]
)
async def test_a_bad_signature_is_refused_and_logged(
    account: Account, signature: str | None, status: int
) -> None:
    body, _ = account.zalo.signed(account.zalo.text("chào"))
    headers = {} if signature is None else {"X-ZEvent-Signature": signature.encode()}
    with capture_logs() as logs:
        answer = await account.client.post(WEBHOOK_PATH, content=body, headers=headers)
    assert answer.status_code == status
    assert [line["event"] for line in logs] == ["zalo_signature_refused"]
    assert account.house.events() == []


async def test_a_changed_body_is_refused(account: Account) -> None:
    body, headers = account.zalo.signed(account.zalo.text("chào"))
    answer = await account.post(body.replace("chào".encode(), b"xoa"), headers["X-ZEvent-Signature"])
    assert answer.status_code == 403


async def test_an_account_that_signs_with_its_oa_id_is_a_setting(db: Database) -> None:
    account = Account(db, signature_id=OA_ID)
    account.zalo.app_id = OA_ID
    assert await account.deliver(account.zalo.text("chào")) == [200]
    account.zalo.app_id = APP_ID
    with capture_logs() as logs:
        assert set(await account.deliver(account.zalo.text("chào"))) == {403}
    assert "ZALO_SIGNATURE_ID" in logs[0]["reason"]
    await account.close()


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_a_wrong_method_is_refused(account: Account, method: str) -> None:
    assert (await account.client.request(method, WEBHOOK_PATH)).status_code == 405


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 20_000])
async def test_malformed_json_is_refused(account: Account, content: bytes) -> None:
    assert (await account.post(content, "mac=00")).status_code == 400


async def test_an_oversized_body_is_refused(account: Account) -> None:
    assert (await account.post(b" " * (MAX_EVENT + 1), "mac=00")).status_code == 413


async def test_without_a_database_zalo_is_asked_to_come_again(account: Account) -> None:
    with account.house.db.session() as session:
        session.execute(text("ALTER TABLE journal RENAME TO away"))
    event = account.zalo.text("chào")
    body, headers = account.zalo.signed(event)
    assert (await account.post(body, headers["X-ZEvent-Signature"])).status_code == 503
    with account.house.db.session() as session:
        session.execute(text("ALTER TABLE away RENAME TO journal"))
    assert await account.deliver(event) == [200]
    assert len(account.sender.sent) == 1


@pytest.mark.parametrize("words", ["", "\x00\x07", "👍", "🇻🇳", "<script>alert(1)</script>", "a" * 100_000])
async def test_odd_text_is_taken_and_answered(account: Account, words: str) -> None:
    assert await account.deliver(account.zalo.text(words)) == [200]
    assert len(account.sender.sent) == (2 if len(words) > 4_000 else 1)


def sending(kind: str, **payload: Any) -> dict[str, Any]:
    attachments = [{"type": kind, "payload": payload}]
    return {"message": {"msg_id": f"m-{kind}", "attachments": attachments}}


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("image", sending("image", url="https://f.zalo.vn/1.jpg"), {"url": "https://f.zalo.vn/1.jpg"}),
        ("file", sending("file", url="https://f.zalo.vn/don.pdf", name="don.pdf", size="812"), {"size": 812}),
        (
            "location",
            sending("location", coordinates={"latitude": "10.01", "longitude": "105.08"}),
            {"latitude": 10.01, "longitude": 105.08},
        ),
        ("audio", sending("audio", url="https://f.zalo.vn/1.amr"), {"kind": "audio"}),
        ("sticker", sending("sticker", id="7", url="https://f.zalo.vn/7.png"), {"remote_id": "7"}),
        ("gif", sending("gif", url="https://f.zalo.vn/1.gif"), {"kind": "image"}),
        ("video", {"message": {"msg_id": "v"}}, {"kind": "video"}),
    ],
)
async def test_what_is_no_text_reaches_the_assistant(
    account: Account, name: str, content: dict[str, Any], expected: dict[str, Any]
) -> None:
    await account.deliver(account.zalo.event(f"user_send_{name}", **content))
    [attachment] = account.house.handled[0].attachments
    assert attachment.model_dump().items() >= expected.items()
    assert len(account.sender.sent) == 1


async def test_a_link_is_read_as_text(account: Account) -> None:
    content = sending("link", url="https://dichvucong.gov.vn/x", title="Cổng")
    await account.deliver(account.zalo.event("user_send_link", **content))
    assert account.house.handled[0].text == "https://dichvucong.gov.vn/x"


async def test_a_new_follower_is_greeted_once(account: Account) -> None:
    event = account.zalo.event("follow", source="oa_profile")
    for _ in range(2):
        await account.deliver(event)
    assert [inbound.payload for inbound in account.house.handled] == ["/greet"]


@pytest.mark.parametrize("phone", ["84912345678", 84912345678], ids=["text", "number"])
async def test_submitted_information_is_said_in_words(account: Account, phone: str | int) -> None:
    info = {"name": "Năm", "phone": phone, "address": "12 Lạc Hồng", "city": 7}
    await account.deliver(account.zalo.event("user_submit_info", info=info))
    told = account.house.handled[0].text
    assert told == "Tôi gửi thông tin: họ tên Năm, số điện thoại 84912345678, địa chỉ 12 Lạc Hồng"


@pytest.mark.parametrize(
    "name",
    [
        "unfollow",
        "user_seen_message",
        "user_received_message",
        "oa_send_template",
        "oa_send_consent",
        "user_send_group_text",
        "something_new",
    ],
)
async def test_other_events_are_acknowledged(account: Account, name: str) -> None:
    with capture_logs() as logs:
        assert await account.deliver(account.zalo.event(name)) == [200]
    assert account.house.events() == []
    told = [line["kind"] for line in logs if line["event"] == "zalo_event_unknown"]
    assert told == (["something_new"] if name == "something_new" else []), "a person should look"


@pytest.mark.parametrize(
    "event",
    [
        {"timestamp": "1"},
        {"event_name": 5, "timestamp": "1"},
        {"event_name": "user_send_text", "timestamp": "1"},
        {"event_name": "user_send_text", "sender": {"id": "a\u0000b"}, "timestamp": 1},
        {"event_name": "follow", "follower": [], "timestamp": None},
    ],
)
async def test_a_signed_event_without_what_it_needs_is_refused(
    account: Account, event: dict[str, Any]
) -> None:
    body, headers = account.zalo.signed(event)
    assert (await account.post(body, headers["X-ZEvent-Signature"])).status_code == 400


def speak(account: Account, message: OutboundMessage) -> None:
    with account.house.db.session() as session:
        enqueue(session, session.query(Conversation).one(), message)


async def test_a_pressed_button_brings_back_its_payload(account: Account) -> None:
    await account.deliver(account.zalo.text("chọn"))
    await account.deliver(account.zalo.text("#" + key_of("/fee")))
    assert (account.house.handled[-1].text, account.house.handled[-1].payload) == ("Lệ phí", "/fee")


async def test_a_button_nobody_offered_is_plain_text(account: Account) -> None:
    await account.deliver(account.zalo.text("#AAAAAAAAAAAAAAAA"))
    assert account.house.handled[0].payload is None


async def test_a_number_presses_the_button_of_a_system_message(account: Account) -> None:
    await account.deliver(account.zalo.text("chào"))
    choice = Choice(title="Quay lại trợ lý", payload="/return_to_bot")
    speak(account, OutboundMessage(text="Chờ cán bộ", choices=(choice,), sender=Sender.SYSTEM))
    with account.house.db.session() as session:
        handoffs.request(session, session.query(Conversation).one().id, "requested")
    await account.deliver(account.zalo.text("1"))
    assert account.house.floor() == "bot"


def from_oa(account: Account, words: str, **sender: str) -> dict[str, Any]:
    message = {"text": words, "msg_id": f"oa-{words}"}
    event = account.zalo.event("oa_send_text", message=message)
    return event | {"sender": {"id": OA_ID, **sender}}


async def test_an_officer_in_zalos_own_tool_silences_the_assistant(account: Account) -> None:
    await account.deliver(account.zalo.text("chào"))
    event = from_oa(account, "Tôi là cán bộ trực đây")
    assert [await account.deliver(event) for _ in range(2)] == [[200], [200]]
    await account.deliver(account.zalo.text("dạ em hỏi khai sinh"))
    assert account.house.floor() == "officer"
    assert [inbound.text for inbound in account.house.handled] == ["chào"]
    assert account.house.said()[2:] == [
        ("officer", "Tôi là cán bộ trực đây"),
        ("citizen", "dạ em hỏi khai sinh"),
    ]


async def test_the_echo_of_our_own_answer_silences_nobody(account: Account) -> None:
    await account.deliver(account.zalo.text("chọn"))
    numbered = "Anh/chị chọn giúp tôi.\n\n1. Lệ phí\n2. Nộp ở đâu?"
    await account.deliver(from_oa(account, numbered))
    assert account.house.floor() == "bot"


async def test_an_administrator_who_repeats_our_words_is_no_echo(account: Account) -> None:
    await account.deliver(account.zalo.text("chào"))
    await account.deliver(from_oa(account, "Anh/chị nói: chào", admin_id="99"))
    assert account.house.floor() == "officer"


async def test_a_picture_of_an_officer_silences_too(account: Account) -> None:
    await account.deliver(account.zalo.text("chào"))
    await account.deliver(account.zalo.event("oa_send_image", message={"msg_id": "p1"}))
    assert account.house.floor() == "officer"


async def test_an_officer_who_writes_to_a_stranger_changes_nothing(account: Account) -> None:
    assert await account.deliver(from_oa(account, "Thông báo")) == [200]
    assert account.house.events() == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
KEYS = st.sampled_from(
    ["id", "text", "msg_id", "attachments", "links", "type", "payload", "name", "admin_id"]
)
NAMES = st.sampled_from(["user_send_text", "user_send_image", "user_send_link", "follow", "oa_send_text"])
LIKE_EVENTS = st.fixed_dictionaries(
    {"timestamp": JSON, "event_name": NAMES | st.text(max_size=5)},
    optional={
        key: st.dictionaries(KEYS, JSON | st.just("123"), max_size=6) | JSON
        for key in ("sender", "recipient", "follower", "message", "info")
    },
)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON | LIKE_EVENTS, signed=st.booleans())
def test_any_json_gives_2xx_or_4xx(db: Database, body: Any, signed: bool) -> None:
    raw = json.dumps(body).encode()
    timestamp = str(json.loads(raw).get("timestamp", "")) if isinstance(body, dict) else ""
    signature = Signer(APP_ID, OA_SECRET).sign(raw, timestamp) if signed else None

    async def post() -> int:
        account = Account(db)
        answer = await account.post(raw, signature)
        await account.close()
        return answer.status_code

    assert asyncio.run(post()) in (200, 400, 401)
