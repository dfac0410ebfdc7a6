"""The socket, spoken by a client that is not ours, against a real server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jsonschema
import pytest
import websockets
import yaml
from sqlalchemy import func, select
from web_app import WebApp, eventually
from websockets.asyncio.client import ClientConnection, connect

from connectors.limits import SOCKETS_A_PERSON
from conversations import controls, typing
from conversations.controls import EmergencyNotice
from conversations.models import Conversation, Message
from tests.fakes.serving import serving

SPECIFICATION = yaml.safe_load((Path(__file__).parents[2] / "docs" / "asyncapi.yaml").read_text("utf-8"))
"""What the server sends is checked against it, frame by frame."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> WebApp:
    return WebApp(tmp_path_factory.mktemp("socket"))


@pytest.fixture(scope="module")
def server(web: WebApp) -> Iterator[str]:
    with serving(web.app) as url:
        yield url


@pytest.fixture
def token(server: str) -> str:
    return str(httpx.post(f"{server}/web/session", json={"consent": True}).json()["token"])


class Client:
    """A client after docs/asyncapi.yaml, on the `websockets` package."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.messages: list[dict[str, Any]] = []

    async def send(self, **frame: Any) -> None:
        await self.connection.send(json.dumps(frame))

    async def say(self, text: str, message_id: str | None = None) -> str:
        message_id = message_id or uuid4().hex
        await self.send(type="message", id=message_id, text=text)
        return message_id

    async def next(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(await self.connection.recv())
        jsonschema.validate(frame, {**SPECIFICATION, "$ref": f"#/components/schemas/{frame['type']}"})
        if frame["type"] == "message":
            self.messages.append(frame["message"])
        return frame

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        while True:
            frame = await self.next()
            if frame["type"] == kind and fields.items() <= frame.items():
                return frame

    async def until_text(self, text: str) -> None:
        while not any(message["text"] == text for message in self.messages):
            await self.next()

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.messages]


def address(server: str) -> str:
    return server.replace("http", "ws") + "/web/socket"


async def resumed(connection: ClientConnection, token: str, after: int = 0) -> Client:
    client = Client(connection)
    await client.send(type="resume", token=token, after=after)
    await client.until("ready")
    return client


@pytest.fixture
async def client(server: str, token: str) -> AsyncIterator[Client]:
    async with connect(address(server)) as connection:
        yield await resumed(connection, token)


async def test_message_is_acknowledged_shown_and_answered(client: Client) -> None:
    message_id = await client.say("xin chào")
    await client.until("ack", id=message_id, repeat=False)
    await client.until_text("Anh/chị vừa nói: xin chào")
    assert client.messages[0]["client_id"] == message_id


async def test_answer_with_everything_is_as_specified(client: Client) -> None:
    await client.say("khai sinh cần giấy tờ gì")
    while len(client.messages) < 2:
        await client.next()
    assert {"choices", "links", "sources", "ratable"} <= client.messages[1].keys()


async def test_order_is_kept(client: Client) -> None:
    for number in range(5):
        await client.say(f"câu {number}")
    await client.until_text("Anh/chị vừa nói: câu 4")
    ids = [message["id"] for message in client.messages]
    assert ids == sorted(set(ids))
    answers = [text for text in client.texts if text.startswith("Anh/chị")]
    assert answers == [f"Anh/chị vừa nói: câu {number}" for number in range(5)]


async def test_resume_gives_what_came_meanwhile_and_nothing_twice(
    server: str, token: str, web: WebApp
) -> None:
    async with connect(address(server)) as connection:
        first = await resumed(connection, token)
        await first.say("trước khi rớt mạng")
        await first.until_text("Anh/chị vừa nói: trước khi rớt mạng")
        last = first.messages[-1]["id"]
        await first.say("chờ tôi")
    await eventually(lambda: "chờ tôi" in web.handled)
    async with connect(address(server)) as connection:
        second = await resumed(connection, token, after=last)
        await second.until_text("Anh/chị vừa nói: chờ tôi")
        assert second.texts == ["chờ tôi", "Anh/chị vừa nói: chờ tôi"]


async def test_lost_acknowledgement_leads_to_a_repeat_that_is_ignored(
    server: str, token: str, web: WebApp
) -> None:
    message_id = uuid4().hex
    async with connect(address(server)) as connection:
        await (await resumed(connection, token)).say(f"một lần {message_id}", message_id)
    async with connect(address(server)) as connection:
        client = await resumed(connection, token)
        await client.say(f"một lần {message_id}", message_id)
        await client.until("ack", id=message_id, repeat=True)
        await client.until_text(f"Anh/chị vừa nói: một lần {message_id}")
        assert client.texts.count(f"một lần {message_id}") == 1
    assert web.handled.count(f"một lần {message_id}") == 1


async def test_two_tabs_see_the_same(server: str, token: str) -> None:
    async with connect(address(server)) as one, connect(address(server)) as two:
        first, second = await resumed(one, token), await resumed(two, token)
        await first.say("hai cửa sổ")
        await first.until_text("Anh/chị vừa nói: hai cửa sổ")
        await second.until_text("Anh/chị vừa nói: hai cửa sổ")
        assert first.messages == second.messages


async def test_working_is_told_and_ends(client: Client, web: WebApp) -> None:
    web.slow.clear()
    await client.say("chậm thôi")
    await client.until("status", working=True, floor="bot")
    web.slow.set()
    await client.until("status", working=False)
    assert client.texts[-1] == "Anh/chị vừa nói: chậm thôi"


async def test_floor_is_told(client: Client) -> None:
    await client.say("gặp cán bộ")
    await client.until("status", floor="waiting", working=False)


async def test_place_in_the_queue_and_the_office_are_told(client: Client, web: WebApp) -> None:
    await client.say("gặp cán bộ")
    status = await client.until("status", floor="waiting")
    with web.db.session(read_only=True) as session:
        others = session.scalar(select(func.count()).where(Conversation.floor == "waiting"))
    assert status["ahead"] == (others or 0) - 1
    assert ("until" in status["office"]) is status["office"]["open"]
    assert ("back" in status["office"]) is not status["office"]["open"]


async def test_an_officer_who_writes_is_seen_and_sees_the_citizen_write(
    client: Client, web: WebApp, server: str
) -> None:
    await client.say("xin chào")
    await client.until("ack")
    with web.db.session(read_only=True) as session:
        conversation_id = session.scalars(select(Message.conversation_id).order_by(Message.id.desc())).first()
    assert conversation_id is not None
    with web.notifier.subscribe(typing.citizen_topic(conversation_id)) as officer:
        typing.officer_types(web.notifier, conversation_id)
        await client.until("typing")
        await client.send(type="typing")
        assert await officer.wait(10)
        await client.send(type="typing")
        assert not await officer.wait(0.1), "more than needed is not passed on"


async def test_an_emergency_notice_is_part_of_the_status_and_not_of_the_answers(
    server: str, token: str, web: WebApp
) -> None:
    with web.db.session() as session:
        controls.set_emergency_notice(session, EmergencyNotice("Bão vào bờ."), actor="quan")
    try:
        async with connect(address(server)) as connection:
            client = Client(connection)
            await client.send(type="resume", token=token)
            assert (await client.until("ready"))["notice"] == "Bão vào bờ."
            await client.say("xin chào")
            await client.until_text("Anh/chị vừa nói: xin chào")
    finally:
        with web.db.session() as session:
            controls.set_emergency_notice(session, None, actor="quan")


async def test_ping_is_answered(client: Client) -> None:
    await client.send(type="ping")
    await client.until("pong")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("{", "bad_json"),
        ("[1]", "bad_json"),
        ("[" * 20_000, "bad_json"),
        (b"\xff\xfe\x00", "bad_json"),
        ('{"type": "nonsense"}', "bad_message"),
        ('{"type": "message", "id": "abcdefgh", "text": ""}', "empty"),
        ('{"type": "message", "id": "abcdefgh", "text": "\\u0000\\u0007"}', "empty"),
        ('{"type": "message", "id": 5, "text": "x"}', "bad_message"),
        (json.dumps({"type": "message", "id": "abcdefgh", "text": "a" * 4_001}), "too_long"),
        (json.dumps({"type": "message", "id": "abcdefgh", "text": "a" * 100_000}), "too_long"),
    ],
)
async def test_bad_frame_is_refused_and_the_socket_stays_open(
    client: Client, raw: str | bytes, code: str
) -> None:
    await client.connection.send(raw)
    refusal = await client.until("error", code=code)
    assert refusal["message"]
    await client.say("👍")
    await client.until_text("Anh/chị vừa nói: 👍")


async def test_endless_bad_frames_close_the_socket(client: Client) -> None:
    for _ in range(20):
        await client.connection.send("{")
    with pytest.raises(websockets.ConnectionClosed) as closed:
        await client.until("ready")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


async def test_flood_is_refused_with_the_time_to_wait(client: Client) -> None:
    for number in range(20):
        await client.say(f"nhanh {number}")
    refusal = await client.until("error", code="too_fast")
    assert refusal["retry_after"] > 0


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"type": "resume", "token": "x" * 43}, 4401),
        ({"type": "resume"}, 4400),
        ({"type": "message", "id": "abcdefgh", "text": "x"}, 4400),
        ({"type": "resume", "token": "x", "after": -1}, 4400),
        ({"type": "resume", "token": "x", "after": 2**70}, 4400),
    ],
)
async def test_first_frame_must_resume_with_a_known_token(
    server: str, first: dict[str, Any], code: int
) -> None:
    async with connect(address(server)) as connection:
        await connection.send(json.dumps(first))
        assert json.loads(await connection.recv())["type"] == "error"
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await connection.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code


async def test_page_of_another_origin_gets_no_socket(server: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await connect(address(server), origin=websockets.Origin("https://evil.example"))
    assert refused.value.response.status_code == 403


async def test_one_person_has_a_limited_number_of_sockets(server: str, token: str) -> None:
    connections = [await connect(address(server)) for _ in range(SOCKETS_A_PERSON + 1)]
    for connection in connections[:-1]:
        await resumed(connection, token)
    last = Client(connections[-1])
    await last.send(type="resume", token=token)
    await last.until("error", code="too_many_tabs")
    for connection in connections:
        await connection.close()


async def test_refusals_come_in_the_language_of_the_client(server: str, token: str) -> None:
    async with connect(address(server)) as connection:
        client = Client(connection)
        await client.send(type="resume", token=token, lang="en")
        await client.until("ready")
        await client.say("")
        refusal = await client.until("error", code="empty")
        assert refusal["message"].startswith("The message is empty")
