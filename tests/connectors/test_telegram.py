"""Telegram's webhook: what it takes and refuses, and what becomes of every kind of update."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from telegram_house import SECRET, Bot, bot, say, until_called

from connectors.telegram import MAX_UPDATE, SECRET_HEADER, WEBHOOK_PATH
from connectors.telegram_keyboards import OF_SEVERAL
from conversations import handoffs
from conversations.database import Database
from conversations.models import Conversation
from tests.fakes.telegram_api import BOT_ID, USERNAME, FakeTelegram, message, user
from tests.fakes.telegram_served import served, telegram

__all__ = ["bot", "served", "telegram"]
pytestmark = pytest.mark.slow

GROUP = {"id": -100200, "type": "supergroup", "title": "Chợ Rạch Giá"}


async def test_the_bot_registers_its_webhook_and_commands(telegram: FakeTelegram, bot: Bot) -> None:
    assert telegram.webhook["url"] == f"http://bot.test{WEBHOOK_PATH}"
    assert telegram.webhook["allowed_updates"] == ["message", "edited_message", "callback_query"]
    [commands] = telegram.sent("setMyCommands")
    names = {command["command"] for command in commands["commands"]}
    assert names == {"start", "help", "thutuc", "phananh", "tracuu", "canbo", "lienket", "xoadulieu"}


async def test_a_text_is_answered_in_its_chat(telegram: FakeTelegram, bot: Bot) -> None:
    assert await say(telegram, bot, message=message("khai sinh cần gì <b>?")) == [200]
    [sent] = telegram.sent()
    assert sent["chat_id"] == "501"
    assert sent["text"] == "Anh/chị nói: khai sinh cần gì &lt;b&gt;?"
    assert bot.house.handled[0].display_name == "Bé Năm"
    assert bot.house.handled[0].event_id == f"{BOT_ID}:{telegram._next_update - 1}"


async def test_a_repeated_update_is_answered_once(telegram: FakeTelegram, bot: Bot) -> None:
    update = telegram.add_update(message=message("chào"))
    assert [(await bot.post(update)).status_code for _ in range(3)] == [200, 200, 200]
    await bot.house.work()
    assert len(telegram.sent()) == 1


async def test_the_same_words_in_two_updates_are_two_messages(telegram: FakeTelegram, bot: Bot) -> None:
    for _ in range(2):
        await say(telegram, bot, message=message("chào"))
    assert len(telegram.sent()) == 2


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "bí mật"])
async def test_a_wrong_secret_is_refused(telegram: FakeTelegram, bot: Bot, secret: str | None) -> None:
    header = None if secret is None else secret.encode()
    headers = {} if header is None else {SECRET_HEADER: header}
    update = telegram.add_update(message=message("chào"))
    answer = await bot.client.post(WEBHOOK_PATH, json=update, headers=headers)
    assert answer.status_code == 403
    assert bot.house.events() == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_wrong_method_is_refused(bot: Bot, method: str) -> None:
    assert (await bot.client.request(method, WEBHOOK_PATH)).status_code == 405


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 20_000, b"{}", b'{"update_id": "1"}']
)
async def test_what_is_no_update_is_refused(bot: Bot, content: bytes) -> None:
    assert (await bot.post(content)).status_code == 400


async def test_an_oversized_body_is_refused(bot: Bot) -> None:
    assert (await bot.post(b" " * (MAX_UPDATE + 1))).status_code == 413


async def test_without_a_database_telegram_is_asked_to_come_again(telegram: FakeTelegram, bot: Bot) -> None:
    with bot.house.db.session() as session:
        session.execute(text("ALTER TABLE journal RENAME TO away"))
    update = telegram.add_update(message=message("chào"))
    assert (await bot.post(update)).status_code == 503
    with bot.house.db.session() as session:
        session.execute(text("ALTER TABLE away RENAME TO journal"))
    assert await telegram.deliver_webhooks(bot.client) == [200]
    await bot.house.work()
    assert len(telegram.sent()) == 1


@pytest.mark.parametrize("words", ["", "\x00\x07", "👍", "🇻🇳", "<script>alert(1)</script>", "a" * 100_000])
async def test_odd_text_is_taken_and_answered(telegram: FakeTelegram, bot: Bot, words: str) -> None:
    assert await say(telegram, bot, message=message(words)) == [200]
    assert len(telegram.sent()) == (0 if words == "" else 2 if len(words) > 4_000 else 1)


@pytest.mark.parametrize(
    ("words", "payload"),
    [
        ("/start", "/greet"),
        ("/start group", "/greet"),
        ("/HELP", "/help"),
        (f"/canbo@{USERNAME}", "/request_human"),
        ("/thutuc", "/start_guide"),
        ("/phananh", "/give_feedback"),
        ("/tracuu PA-7K3M-92QD", '/lookup_code{"case_code": "PA-7K3M-92QD"}'),
        ("/xoadulieu", "/delete_data"),
        ("/khongco", "/help"),
    ],
)
async def test_commands_become_payloads(telegram: FakeTelegram, bot: Bot, words: str, payload: str) -> None:
    await say(telegram, bot, message=message(words))
    assert bot.house.handled[0].payload == payload


@pytest.mark.parametrize(
    ("words", "text"),
    [("/thutuc khai sinh", "khai sinh"), ("/phananh rác thải", "Tôi muốn phản ánh: rác thải")],
)
async def test_words_after_a_command_are_what_is_meant(
    telegram: FakeTelegram, bot: Bot, words: str, text: str
) -> None:
    await say(telegram, bot, message=message(words))
    assert (bot.house.handled[0].text, bot.house.handled[0].payload) == (text, None)


FILE = {"file_id": "F1", "file_unique_id": "U1", "file_size": 10}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"photo": [{**FILE, "width": 1, "height": 1}]}, "image"),
        ({"document": {**FILE, "file_name": "don.pdf", "mime_type": "application/pdf"}}, "file"),
        ({"voice": {**FILE, "duration": 3}}, "audio"),
        ({"video": {**FILE, "width": 1, "height": 1, "duration": 3}}, "video"),
        ({"video_note": {**FILE, "length": 1, "duration": 3}}, "video"),
        (
            {
                "sticker": {
                    **FILE,
                    "width": 1,
                    "height": 1,
                    "is_animated": False,
                    "is_video": False,
                    "type": "regular",
                }
            },
            "sticker",
        ),
        ({"location": {"latitude": 10.01, "longitude": 105.08}}, "location"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "sticker"),
    ],
)
async def test_what_is_no_text_reaches_the_assistant(
    telegram: FakeTelegram, bot: Bot, content: dict[str, Any], kind: str
) -> None:
    await say(telegram, bot, message=message(**content))
    [attachment] = bot.house.handled[0].attachments
    assert attachment.kind == kind
    assert len(telegram.sent()) == 1


async def test_a_caption_is_the_text_of_its_photo(telegram: FakeTelegram, bot: Bot) -> None:
    photo = [{**FILE, "width": 1, "height": 1}]
    await say(telegram, bot, message=message(photo=photo, caption="rác ở chợ"))
    assert bot.house.handled[0].text == "rác ở chợ"


async def test_a_pressed_button_brings_back_its_payload(telegram: FakeTelegram, bot: Bot) -> None:
    await say(telegram, bot, message=message("chọn"))
    [[first, second]] = telegram.sent()[0]["reply_markup"]["inline_keyboard"]
    press = {
        "id": "77",
        "from": user(),
        "chat_instance": "1",
        "message": message("Anh/chị chọn giúp tôi."),
        "data": second["callback_data"],
    }
    await say(telegram, bot, callback_query=press)
    assert bot.house.handled[-1].payload == "/where" + "?" * 200
    assert bot.house.handled[-1].text == second["text"] == "Nộp ở đâu?"
    assert first["callback_data"] != second["callback_data"]
    assert (await until_called(telegram, "answerCallbackQuery"))[0]["callback_query_id"] == "77"


@pytest.mark.parametrize(
    ("mark", "more", "pressed_in"),
    [("", {}, "7"), (OF_SEVERAL, {}, None), ("", {"date": 0}, None)],
    ids=["whole", "the last of several parts", "too old"],
)
async def test_a_press_says_which_message_may_be_replaced(
    telegram: FakeTelegram, bot: Bot, mark: str, more: dict[str, Any], pressed_in: str | None
) -> None:
    await say(telegram, bot, message=message("chọn"))
    [[button, _]] = telegram.sent()[0]["reply_markup"]["inline_keyboard"]
    under = message("Anh/chị chọn giúp tôi.", **more)
    press = {"id": "80", "from": user(), "chat_instance": "1", "message": under}
    await say(telegram, bot, callback_query=press | {"data": button["callback_data"] + mark})
    assert (bot.house.handled[-1].payload, bot.house.handled[-1].pressed_in) == ("/fee", pressed_in)


async def test_an_album_is_one_message_with_several_photos(telegram: FakeTelegram, bot: Bot) -> None:
    for number in range(3):
        photo = [{**FILE, "file_id": f"F{number}", "width": 1, "height": 1}]
        more = {"caption": "rác ở chợ"} if number == 0 else {}
        telegram.add_update(message=message(photo=photo, media_group_id="album-1", **more))
    await telegram.deliver_webhooks(bot.client)
    await bot.house.work()
    assert bot.house.handled == [], "more pictures may come"
    bot.house.let_time_pass()
    await bot.house.work()
    [album] = bot.house.handled
    assert album.text == "rác ở chợ"
    assert [file.remote_id for file in album.attachments] == ["F0", "F1", "F2"]
    assert len(telegram.sent()) == 1
    assert [text for sender, text in bot.house.said() if sender == "citizen"] == ["rác ở chợ"]


async def test_a_button_nobody_offered_is_never_a_command(telegram: FakeTelegram, bot: Bot) -> None:
    press = {
        "id": "78",
        "from": user(),
        "chat_instance": "1",
        "message": message("x"),
        "data": "/delete_data",
    }
    await say(telegram, bot, callback_query=press)
    assert bot.house.handled == []
    assert "Nút này đã cũ" in telegram.sent()[0]["text"]


async def test_a_forgotten_button_is_read_as_its_title(telegram: FakeTelegram, bot: Bot) -> None:
    markup = {"inline_keyboard": [[{"text": "Lệ phí", "callback_data": "gone"}]]}
    press = {"id": "79", "from": user(), "chat_instance": "1", "message": message("x", reply_markup=markup)}
    await say(telegram, bot, callback_query=press | {"data": "gone"})
    assert (bot.house.handled[0].text, bot.house.handled[0].payload) == ("Lệ phí", None)


async def test_an_edit_is_answered_politely_not_as_a_question(telegram: FakeTelegram, bot: Bot) -> None:
    await say(telegram, bot, message=message("khai sin"))
    await say(telegram, bot, edited_message=message("khai sinh", edit_date=1_795_000_100))
    assert [inbound.text for inbound in bot.house.handled] == ["khai sin"]
    assert "Tôi không đọc lại tin nhắn đã sửa" in telegram.sent()[-1]["text"]


async def test_an_edit_reaches_the_officer_who_has_the_floor(telegram: FakeTelegram, bot: Bot) -> None:
    await say(telegram, bot, message=message("chào"))
    with bot.house.db.session() as session:
        handoffs.request(session, session.scalars(select(Conversation.id)).one(), "requested")
    await say(telegram, bot, edited_message=message("chào cán bộ", edit_date=1_795_000_100))
    assert bot.house.said()[-1] == ("citizen", "(Tin đã sửa) chào cán bộ")
    assert len(telegram.sent()) == 1


async def test_a_moving_location_is_left_alone(telegram: FakeTelegram, bot: Bot) -> None:
    place = {"latitude": 10.0, "longitude": 105.0}
    assert await say(telegram, bot, edited_message=message(location=place, edit_date=1_795_000_100)) == [200]
    assert bot.house.events() == []


async def test_a_group_is_told_once_to_write_in_private(telegram: FakeTelegram, bot: Bot) -> None:
    call = f"@{USERNAME} khai sinh cần gì"
    entities = [{"type": "mention", "offset": 0, "length": len(USERNAME) + 1}]
    for _ in range(2):
        await say(telegram, bot, message=message(call, chat=GROUP, entities=entities))
    [sent] = telegram.sent()
    assert sent["chat_id"] == str(GROUP["id"])
    assert "trò chuyện riêng" in sent["text"]
    assert sent["reply_markup"]["inline_keyboard"][0][0]["url"] == f"https://t.me/{USERNAME}?start=group"
    assert bot.house.handled == []
    assert "khai sinh" not in str(bot.house.said()), "what people say in groups is not kept"


async def test_talk_in_a_group_is_none_of_our_business(telegram: FakeTelegram, bot: Bot) -> None:
    assert await say(telegram, bot, message=message("chào cả nhà", chat=GROUP)) == [200]
    assert bot.house.events() == []


@pytest.mark.parametrize(
    "content",
    [
        {"channel_post": {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "channel"}, "text": "x"}},
        {"inline_query": {"id": "1", "from": user(), "query": "x", "offset": ""}},
        {"something_new": {"a": 1}},
        {"message": message(pinned_message=message("x"))},
        {"message": {"unexpected": True}},
        {"message": 5},
    ],
)
async def test_other_updates_are_acknowledged(
    telegram: FakeTelegram, bot: Bot, content: dict[str, Any]
) -> None:
    assert await say(telegram, bot, **content) == [200]
    assert bot.house.events() == []


async def test_typing_shows_while_the_assistant_works(telegram: FakeTelegram, bot: Bot) -> None:
    telegram.add_update(message=message("chào"))
    await telegram.deliver_webhooks(bot.client)
    assert (await until_called(telegram, "sendChatAction"))[0] == {"chat_id": "501", "action": "typing"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
FIELDS = st.sampled_from(["message_id", "date", "chat", "from", "text", "photo", "location", "data", "id"])
LIKE_UPDATES = st.fixed_dictionaries(
    {"update_id": st.integers()},
    optional={
        kind: JSON | st.dictionaries(FIELDS, JSON, max_size=9)
        for kind in ("message", "edited_message", "callback_query", "channel_post")
    },
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON | LIKE_UPDATES)
def test_any_json_gives_2xx_or_4xx(db: Database, body: Any) -> None:
    async def post() -> int:
        bot = Bot(db, "http://127.0.0.1:9")
        answer = await bot.post(json.dumps(body).encode())
        await bot.channel.close()
        return answer.status_code

    assert asyncio.run(post()) in (200, 400)
