"""A contact on Telegram: asked for with a key, taken if the sender's own; the key is put away after."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from telegram_house import Bot, bot, say

from conversations import handoffs
from conversations.models import Conversation
from tests.fakes.telegram_api import FakeTelegram, message
from tests.fakes.telegram_served import served, telegram

__all__ = ["bot", "served", "telegram"]
pytestmark = pytest.mark.slow

CHAT = 501
OWN = {"phone_number": "84912345678", "first_name": "Năm", "user_id": CHAT}
OTHERS = {"phone_number": "84987654321", "first_name": "Sáu", "user_id": 777}


def keys(telegram: FakeTelegram) -> list[str]:
    return [key["text"] for row in telegram.keyboards.get(CHAT, []) for key in row]


async def asked(telegram: FakeTelegram, bot: Bot) -> None:
    await say(telegram, bot, message=message("số của tôi đây"))
    assert keys(telegram) == ["📱 Gửi số điện thoại của tôi", "Bỏ qua"]


async def test_the_key_asks_telegram_for_the_number(telegram: FakeTelegram, bot: Bot) -> None:
    await asked(telegram, bot)
    assert telegram.keyboards[CHAT][0][0]["request_contact"] is True


async def test_the_senders_own_number_is_taken_and_the_key_put_away(telegram: FakeTelegram, bot: Bot) -> None:
    await asked(telegram, bot)
    await say(telegram, bot, message=message(contact=OWN))
    assert bot.house.handled[-1].text == "84912345678"
    assert bot.house.handled[-1].attachments[0].kind == "contact"
    assert keys(telegram) == []


async def test_before_an_answer_with_buttons_a_short_word_puts_the_key_away(
    telegram: FakeTelegram, bot: Bot
) -> None:
    await asked(telegram, bot)
    await say(telegram, bot, message=message("chọn"))
    short, answer = telegram.sent()[-2:]
    assert short["text"] == "Vâng, cảm ơn anh/chị."
    assert "inline_keyboard" in answer["reply_markup"]
    assert keys(telegram) == []
    await say(telegram, bot, message=message("chọn"))
    assert telegram.sent()[-2]["text"] == answer["text"], "only once"


async def test_the_words_of_a_key_are_its_choice(telegram: FakeTelegram, bot: Bot) -> None:
    await asked(telegram, bot)
    await say(telegram, bot, message=message("Bỏ qua"))
    assert bot.house.handled[-1].payload == "/deny"
    await say(telegram, bot, message=message("Bỏ qua"))
    assert bot.house.handled[-1].payload is None, "nothing offers it any more"


@pytest.mark.parametrize("contact", [OTHERS, {**OTHERS, "user_id": None}], ids=["another's", "nobody's"])
async def test_somebody_elses_number_is_not_kept(
    telegram: FakeTelegram, bot: Bot, contact: dict[str, Any]
) -> None:
    await asked(telegram, bot)
    await say(telegram, bot, message=message(contact=contact))
    assert len(bot.house.handled) == 1
    assert not any("84987654321" in text for _, text in bot.house.said())
    assert "của người khác" in telegram.sent()[-1]["text"]
    assert "📱 Gửi số điện thoại của tôi" in keys(telegram), "it is still wanted"


async def test_an_officer_is_shown_it(telegram: FakeTelegram, bot: Bot) -> None:
    await say(telegram, bot, message=message("chào"))
    with bot.house.db.session() as session:
        handoffs.request(session, session.scalars(select(Conversation.id)).one(), "requested")
    await say(telegram, bot, message=message(contact=OTHERS))
    assert bot.house.said()[-1] == ("citizen", "(Danh thiếp) Sáu: 84987654321")
