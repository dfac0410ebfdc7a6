"""The web channel over HTTP: what it takes, what it refuses and how it says so."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from starlette.testclient import TestClient
from web_app import WebApp

from connectors.limits import MESSAGES, Rate
from connectors.web_feed import render
from conversations import typing
from conversations.messages import AnswerMeta, AnswerStatus, OutboundMessage
from conversations.models import Conversation, InboxItem, Message, Person, Vote, now

PNG = (
    bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c489".replace(" ", ""))
    + b"\0" * 32
)
ORIGIN = "https://dichvucong.example.vn"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> WebApp:
    many = Rate(burst=1_000, per_second=1_000)
    return WebApp(tmp_path_factory.mktemp("web"), allowed_origins=[ORIGIN], session_rate=many)


@pytest.fixture(scope="module")
def client(web: WebApp) -> Iterator[TestClient]:
    with TestClient(web.app) as client:
        yield client


@pytest.fixture
def token(client: TestClient) -> str:
    return str(client.post("/web/session", json={"consent": True}).json()["token"])


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def say(client: TestClient, token: str, text: str, **more: Any) -> Any:
    message = {"id": uuid4().hex, "text": text, **more}
    return client.post("/web/messages", json=message, headers=bearer(token))


def read(client: TestClient, token: str, after: int = 0, **query: Any) -> dict[str, Any]:
    answer = client.get("/web/messages", params={"after": after, **query}, headers=bearer(token))
    assert answer.status_code == 200
    return dict(answer.json())


def read_until(
    client: TestClient, token: str, enough: Callable[[list[dict[str, Any]]], bool]
) -> list[dict[str, Any]]:
    """All messages, as soon as they are enough; fails after 10 seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        messages: list[dict[str, Any]] = read(client, token)["messages"]
        if enough(messages):
            return messages
        read(client, token, after=messages[-1]["id"] if messages else 0, wait=1)
    raise AssertionError("the messages did not come")


def test_token_is_random_and_only_its_hash_is_kept(web: WebApp, client: TestClient, token: str) -> None:
    assert len(token) >= 43, "256 bits in base64"
    with web.db.session(read_only=True) as session:
        kept = session.scalars(select(Person.external_id)).all()
    assert hashlib.sha256(token.encode()).hexdigest() in kept
    assert token not in kept


def test_consent_is_kept_with_its_time(web: WebApp, client: TestClient) -> None:
    tokens = [client.post("/web/session", json=body).json()["token"] for body in ({"consent": True}, {})]
    with web.db.session(read_only=True) as session:
        consents = [
            session.scalars(
                select(Person.consent_at).where(
                    Person.external_id == hashlib.sha256(token.encode()).hexdigest()
                )
            ).one()
            for token in tokens
        ]
    assert consents[0] is not None
    assert consents[1] is None


def test_question_is_answered(client: TestClient, token: str) -> None:
    say(client, token, "xin chào")
    messages = read_until(client, token, lambda messages: len(messages) == 2)
    assert [message["sender"] for message in messages] == ["citizen", "bot"]
    assert messages[1]["text"] == "Anh/chị vừa nói: xin chào"


def test_answer_carries_what_the_widget_shows(client: TestClient, token: str) -> None:
    say(client, token, "khai sinh cần giấy tờ gì")
    answer = read_until(client, token, lambda messages: len(messages) == 2)[1]
    assert [choice["payload"] for choice in answer["choices"]] == ["/time_limit", "/where", "/checklist"]
    assert answer["links"] == [{"title": "Nộp hồ sơ qua mạng", "url": "https://dichvucong.gov.vn/"}]
    assert answer["sources"][0]["checked"] == "2026-11-20"
    assert answer["ratable"] is True


def test_button_sends_its_payload_and_gets_a_checklist(client: TestClient, token: str) -> None:
    say(client, token, "Lập danh sách giấy tờ", payload="/checklist")
    answer = read_until(client, token, lambda messages: len(messages) == 2)[1]
    assert len(answer["checklist"]) == 3


def test_only_newer_messages_are_read(client: TestClient, token: str) -> None:
    say(client, token, "một")
    first = read_until(client, token, lambda messages: len(messages) == 2)
    say(client, token, "hai")
    read_until(client, token, lambda messages: len(messages) == 4)
    texts = [message["text"] for message in read(client, token, after=first[-1]["id"])["messages"]]
    assert texts == ["hai", "Anh/chị vừa nói: hai"]


def test_resent_message_is_a_repeat_and_answered_once(web: WebApp, client: TestClient, token: str) -> None:
    message_id = uuid4().hex
    text = f"gửi lại {message_id}"
    acks = [say(client, token, text, id=message_id).json() for _ in range(3)]
    assert acks == [{"id": message_id, "repeat": repeat} for repeat in (False, True, True)]
    messages = read_until(client, token, lambda messages: len(messages) == 2)
    assert [message["client_id"] for message in messages if message["sender"] == "citizen"] == [message_id]
    assert web.handled.count(text) == 1


def test_two_people_may_choose_the_same_message_id(client: TestClient) -> None:
    tokens = [client.post("/web/session", json={}).json()["token"] for _ in range(2)]
    acks = [say(client, token, "chào", id="message-0001").json() for token in tokens]
    assert [ack["repeat"] for ack in acks] == [False, False]


def test_nobody_reads_the_conversation_of_another(client: TestClient, token: str) -> None:
    say(client, token, "chuyện riêng")
    other = client.post("/web/session", json={}).json()["token"]
    assert read(client, other)["messages"] == []


def test_working_is_told_until_the_answer_is_there(web: WebApp, client: TestClient, token: str) -> None:
    web.slow.clear()
    say(client, token, "chậm thôi")
    assert read(client, token)["working"] is True
    web.slow.set()
    read_until(client, token, lambda messages: len(messages) == 2)
    assert read(client, token)["working"] is False


def test_long_poll_returns_when_the_status_changes(web: WebApp, client: TestClient, token: str) -> None:
    say(client, token, "gặp cán bộ")
    messages = read_until(client, token, lambda messages: len(messages) == 2)
    news = read(client, token, after=messages[-1]["id"], wait=20, state="bot")
    assert news["messages"] == []
    assert news["floor"] == "waiting"


def test_long_poll_returns_when_an_officer_types(web: WebApp, client: TestClient, token: str) -> None:
    say(client, token, "xin chào")
    messages = read_until(client, token, lambda messages: len(messages) == 2)
    with web.db.session(read_only=True) as session:
        conversation_id = session.get_one(Message, messages[-1]["id"]).conversation_id
    seen = read(client, token, after=messages[-1]["id"])
    later = threading.Timer(0.2, typing.officer_types, [web.notifier, conversation_id])
    later.start()
    news = read(client, token, after=messages[-1]["id"], wait=20, state=seen["state"])
    assert (news["typing"], news["messages"]) == (True, [])


def test_questions_back_and_greetings_are_not_rated() -> None:
    def ratable(status: AnswerStatus, **body: Any) -> bool:
        said = OutboundMessage(text="…", meta=AnswerMeta(status=status), **body)
        row = Message(id=1, sender="bot", text="…", body=said.model_dump(mode="json"), created_at=now())
        return "ratable" in render(row)

    rated = {status for status in AnswerStatus if ratable(status)}
    assert rated == {AnswerStatus.ANSWERED}
    assert ratable(AnswerStatus.GUIDE, checklist=["Tờ khai"]), "the end of a guide is an answer"


BAD_MESSAGES = [
    ({"text": ""}, 400, "empty"),
    ({"text": " \n\t "}, 400, "empty"),
    ({"text": "\u0000\u0007\u001b"}, 400, "empty"),
    ({"text": "\u200b\u2060\ufeff"}, 400, "empty"),
    ({"text": "a" * 4_001}, 413, "too_long"),
    ({"text": "a" * 100_000}, 413, "too_long"),
    ({"text": 7}, 400, "bad_message"),
    ({"text": None}, 400, "bad_message"),
    ({"text": "chào", "id": "short"}, 400, "bad_message"),
    ({"text": "chào", "id": "x" * 65}, 400, "bad_message"),
    ({"text": "chào", "payload": "x" * 1_001}, 400, "bad_message"),
    ({"text": "chào", "attachments": [{"id": "../../etc/passwd"}]}, 400, "file_unknown"),
    ({"text": "chào", "attachments": [{"id": "0" * 64 + ".png"}]}, 400, "file_unknown"),
]


@pytest.mark.parametrize(("body", "status", "code"), BAD_MESSAGES)
def test_bad_message_is_refused_in_words(
    web: WebApp, client: TestClient, token: str, body: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post("/web/messages", json={"id": uuid4().hex, **body}, headers=bearer(token))
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert any(word in answer.json()["message"] for word in ("Anh/chị", "anh/chị"))
    assert read(client, token)["messages"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"[" * 20_000,
        b"1" * 6_000,
        b"NaN",
        b'{"id": "\xed\xa0\x80"}',
    ],
)
def test_malformed_json_is_refused(client: TestClient, token: str, body: bytes) -> None:
    answer = client.post("/web/messages", content=body, headers=bearer(token))
    assert answer.status_code == 400
    assert answer.json()["code"] in ("bad_json", "bad_message")


@pytest.mark.parametrize("text", ["👍", "👨‍👩‍👧", "🇻🇳🙏"])
def test_emoji_alone_is_a_message(client: TestClient, token: str, text: str) -> None:
    assert say(client, token, text).status_code == 200
    assert read(client, token)["messages"][0]["text"] == text


def test_control_characters_within_a_text_are_dropped(client: TestClient, token: str) -> None:
    say(client, token, "xin\u0000 chào\u001b[31m\u202e")
    assert read(client, token)["messages"][0]["text"] == "xin chào[31m"


def test_lone_surrogates_are_dropped(client: TestClient, token: str) -> None:
    body = f'{{"id": "{uuid4().hex}", "text": "xin\\ud800 chào"}}'
    assert client.post("/web/messages", content=body, headers=bearer(token)).status_code == 200
    assert read(client, token)["messages"][0]["text"] == "xin chào"


def test_script_tag_comes_back_as_plain_text(client: TestClient, token: str) -> None:
    say(client, token, "<script>alert(1)</script>")
    assert read(client, token)["messages"][0]["text"] == "<script>alert(1)</script>"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MESSAGES_LIKE = st.fixed_dictionaries(
    {},
    optional={
        "id": st.text(max_size=70) | st.from_regex(r"[A-Za-z0-9_-]{8,64}", fullmatch=True),
        "text": st.text(max_size=50) | JSON_VALUES,
        "payload": st.text(max_size=50) | JSON_VALUES,
        "attachments": JSON_VALUES,
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON_VALUES | MESSAGES_LIKE)
def test_any_json_is_taken_or_refused(client: TestClient, web: WebApp, body: Any) -> None:
    token = _shared_token(client)
    answer = client.post("/web/messages", content=json.dumps(body), headers=bearer(token))
    assert answer.status_code == 200 or 400 <= answer.status_code < 500


_tokens: list[str] = []


def _shared_token(client: TestClient) -> str:
    if not _tokens:
        _tokens.append(client.post("/web/session", json={}).json()["token"])
    return _tokens[0]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer "}])
def test_without_a_token_nothing_is_read(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.get("/web/messages", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "no_token")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_wrong_token_is_refused(client: TestClient, method: str) -> None:
    answer = client.request(method, "/web/messages", headers=bearer("x" * 43))
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_token")


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "1.5", "１"])
def test_bad_message_id_is_refused(client: TestClient, token: str, after: str) -> None:
    answer = client.get("/web/messages", params={"after": after}, headers=bearer(token))
    assert answer.status_code == 400


def test_wrong_method_and_path(client: TestClient) -> None:
    assert client.get("/web/session").status_code == 405
    assert client.get("/web/nothing").status_code == 404


def test_page_of_another_origin_is_refused(client: TestClient) -> None:
    answer = client.post("/web/session", json={}, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin")


def test_allowed_origin_may_read_the_answer(client: TestClient) -> None:
    answer = client.post("/web/session", json={}, headers={"Origin": ORIGIN})
    assert answer.status_code == 201
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-credentials" not in answer.headers


def test_preflight_of_an_allowed_origin(client: TestClient) -> None:
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-file-name",
    }
    assert client.options("/web/attachments", headers=asked).status_code == 200


def test_same_host_needs_no_listing(client: TestClient) -> None:
    assert client.post("/web/session", json={}, headers={"Origin": "http://testserver"}).status_code == 201


def test_answers_carry_security_headers_and_are_not_cached(client: TestClient, token: str) -> None:
    headers = client.get("/web/messages", headers=bearer(token)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_refusals_come_in_english_for_english_readers(client: TestClient) -> None:
    answer = client.get("/web/messages", headers={"Accept-Language": "en"})
    assert answer.json()["message"].startswith("There is no chat session")


def test_flood_of_messages_is_slowed_down_and_nothing_of_it_is_kept(client: TestClient, token: str) -> None:
    answers = [say(client, token, f"tin {number}") for number in range(MESSAGES.burst + 5)]
    slowed = [answer for answer in answers if answer.status_code == 429]
    assert slowed
    assert int(slowed[0].headers["retry-after"]) >= 1
    own = [m for m in read(client, token)["messages"] if m["sender"] == "citizen"]
    assert len(own) == len(answers) - len(slowed)


def test_one_address_cannot_open_sessions_without_end(tmp_path: Path) -> None:
    web = WebApp(tmp_path, session_rate=Rate(burst=2, per_second=0.01))
    with TestClient(web.app) as client:
        statuses = [client.post("/web/session", json={}).status_code for _ in range(3)]
    assert statuses == [201, 201, 429]


def upload(client: TestClient, token: str, content: bytes, name: str = "anh.png") -> Any:
    headers = {**bearer(token), "X-File-Name": name}
    return client.post("/web/attachments", content=content, headers=headers)


def test_picture_is_kept_by_hash_and_sent_with_a_message(web: WebApp, client: TestClient, token: str) -> None:
    kept = upload(client, token, PNG, "r%C3%A1c%20th%E1%BA%A3i.png").json()
    file_id = hashlib.sha256(PNG).hexdigest() + ".png"
    assert kept == {"id": file_id, "name": "rác thải.png", "media_type": "image/png"}
    assert (web.attachments / file_id[:2] / file_id).read_bytes() == PNG
    say(client, token, "", attachments=[{"id": kept["id"], "name": kept["name"]}])
    assert read(client, token)["messages"][0]["attachments"] == ["rác thải.png"]
    with web.db.session(read_only=True) as session:
        body = session.scalars(select(InboxItem.body).order_by(InboxItem.id.desc()).limit(1)).one()
    assert body["attachments"][0] | {"url": None} == {
        "kind": "image", "url": None, "remote_id": file_id, "name": "rác thải.png", "media_type": "image/png",
        "size": len(PNG), "latitude": None, "longitude": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90\0" + b"\0" * 300, b"<script>alert(1)</script>", b"GIF89a" + b"\0" * 40]
)
def test_file_of_another_type_is_refused_whatever_its_name(
    client: TestClient, token: str, content: bytes
) -> None:
    answer = upload(client, token, content, "anh.png")
    assert (answer.status_code, answer.json()["code"]) == (415, "file_wrong_type")


def test_file_over_five_megabytes_is_refused(web: WebApp, client: TestClient, token: str) -> None:
    before = len(list(web.attachments.rglob("*.*")))
    answer = upload(client, token, PNG + b"\0" * 5 * 1024 * 1024)
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert len(list(web.attachments.rglob("*.*"))) == before


def test_upload_needs_a_token(client: TestClient) -> None:
    assert client.post("/web/attachments", content=PNG).status_code == 401


def vote(client: TestClient, token: str, body: dict[str, Any]) -> Any:
    return client.post("/web/votes", json=body, headers=bearer(token))


def test_last_thumb_counts_with_its_reason(web: WebApp, client: TestClient, token: str) -> None:
    say(client, token, "khai sinh cần giấy tờ gì")
    answer_id = read_until(client, token, lambda messages: len(messages) == 2)[1]["id"]
    vote(client, token, {"message_id": answer_id, "value": "up"})
    vote(client, token, {"message_id": answer_id, "value": "down", "reason": "Khó hiểu"})
    with web.db.session(read_only=True) as session:
        votes = session.scalars(select(Vote).where(Vote.message_id == answer_id)).all()
    assert [(kept.helpful, kept.reason) for kept in votes] == [(False, "Khó hiểu")]


def test_only_answers_of_ones_own_conversation_are_rated(client: TestClient, token: str) -> None:
    say(client, token, "chào")
    messages = read_until(client, token, lambda messages: len(messages) == 2)
    stranger = client.post("/web/session", json={}).json()["token"]
    assert vote(client, stranger, {"message_id": messages[1]["id"], "value": "up"}).status_code == 404
    assert vote(client, token, {"message_id": messages[0]["id"], "value": "up"}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message_id": 1},
        {"message_id": -1, "value": "up"},
        {"message_id": 2**63, "value": "up"},
        {"message_id": 1, "value": "maybe"},
    ],
)
def test_bad_vote_is_refused(client: TestClient, token: str, body: dict[str, Any]) -> None:
    assert vote(client, token, body).status_code == 400


def test_a_long_history_comes_in_batches_without_gaps(web: WebApp, client: TestClient, token: str) -> None:
    external_id = hashlib.sha256(token.encode()).hexdigest()
    with web.db.session() as session:
        conversation = session.scalars(
            select(Conversation).join(Person).where(Person.external_id == external_id)
        ).one()
        rows = [
            Message(conversation_id=conversation.id, sender="bot", text=str(n), body={}) for n in range(250)
        ]
        session.add_all(rows)
    assert [m["text"] for m in read(client, token)["messages"]] == [str(n) for n in range(150, 250)]
    texts: list[str] = ["0"]
    after, more = rows[0].id, True
    while more:
        news = read(client, token, after=after)
        texts += [message["text"] for message in news["messages"]]
        after, more = news["messages"][-1]["id"], news["more"]
    assert texts == [str(n) for n in range(250)]


def test_erased_messages_are_not_shown(web: WebApp, client: TestClient, token: str) -> None:
    say(client, token, "xóa đi")
    read_until(client, token, lambda messages: len(messages) == 2)
    with web.db.session() as session:
        message = session.scalars(select(Message).where(Message.text == "xóa đi")).one()
        message.erased_at = message.created_at
    assert [m["text"] for m in read(client, token)["messages"]] == ["Anh/chị vừa nói: xóa đi"]


def test_widget_is_served_compressed_to_other_sites(client: TestClient) -> None:
    answer = client.get("/web/widget.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


def test_widget_is_not_sent_again_when_unchanged(client: TestClient) -> None:
    etag = client.get("/web/widget.js").headers["etag"]
    assert client.get("/web/widget.js", headers={"If-None-Match": etag}).status_code == 304


def test_portal_embeds_the_widget_with_one_line_under_a_strict_policy(client: TestClient) -> None:
    answer = client.get("/portal/")
    assert answer.text.count("widget.js") == 1
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe-inline" not in answer.headers["content-security-policy"]


def test_nothing_was_stored_twice(web: WebApp) -> None:
    with web.db.session(read_only=True) as session:
        events = session.scalar(select(func.count()).select_from(InboxItem))
        distinct = session.scalar(select(func.count(func.distinct(InboxItem.event_id))))
    assert events == distinct
