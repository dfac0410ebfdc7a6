"""Sending through python-telegram-bot to a server that is as strict as Telegram's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from chat_house import House
from telegram import Bot
from telegram.error import NetworkError

from connectors.limits import Rate
from connectors.object_stores import folder_store
from connectors.telegram_sender import TEXT_LIMIT, TelegramSender, render
from connectors.uploads import AttachmentStore
from conversations import inbox, outbox
from conversations.courier import RetryLater, Undeliverable
from conversations.database import Database
from conversations.messages import (
    AnswerMeta,
    AnswerStatus,
    Channel,
    Choice,
    InboundMessage,
    Link,
    OutboundMessage,
    SourceNote,
)
from tests.fakes.telegram_api import TOKEN, ApiError, FakeTelegram, visible
from tests.fakes.telegram_served import served, telegram

pytestmark = pytest.mark.slow

__all__ = ["served", "telegram"]
FAST = Rate(burst=1_000, per_second=1_000)
SOURCE = SourceNote(id="1.001193", title="Đăng ký <khai sinh>", checked=date(2026, 11, 20))
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
FEE = Choice(title="Phí", payload="/fee")
META = AnswerMeta(status=AnswerStatus.ANSWERED, sources=(SOURCE,))


@pytest.fixture
async def sender(telegram: FakeTelegram, served: tuple[FakeTelegram, str]) -> AsyncIterator[TelegramSender]:
    async with Bot(TOKEN, base_url=f"{served[1]}/bot") as bot:
        yield TelegramSender(bot, overall=FAST, each=FAST)


async def test_text_is_escaped_and_says_its_source(telegram: FakeTelegram, sender: TelegramSender) -> None:
    await sender.send("501", OutboundMessage(text="Phí < 8.000 & <script>", meta=META))
    [sent] = telegram.sent()
    assert sent["text"].startswith(
        "Phí &lt; 8.000 &amp; &lt;script&gt;\n\n<i>Nguồn: Đăng ký &lt;khai sinh&gt;"
    )
    assert sent["link_preview_options"] == {"is_disabled": True}


async def test_choices_and_links_are_buttons(telegram: FakeTelegram, sender: TelegramSender) -> None:
    choices = tuple(
        Choice(title=title, payload=title * 20) for title in ("Phí", "Ở đâu", "Một câu hỏi rất dài")
    )
    links = (Link(title="Nộp hồ sơ", url="https://dichvucong.gov.vn/"), Link(title="Gọi", url="tel:1022"))
    await sender.send("501", OutboundMessage(text="Chọn", choices=choices, links=links))
    [sent] = telegram.sent()
    rows = [[button["text"] for button in row] for row in sent["reply_markup"]["inline_keyboard"]]
    assert rows == [["Phí", "Ở đâu"], ["Một câu hỏi rất dài"], ["Nộp hồ sơ"]]
    assert sent["text"] == "Chọn\n\nGọi: tel:1022"


async def test_a_long_text_is_split_and_only_its_end_has_buttons(
    telegram: FakeTelegram, sender: TelegramSender
) -> None:
    text = "Câu này có dấu < và & và 👍. " * 500
    await sender.send("501", OutboundMessage(text=text, choices=(FEE,), meta=META))
    sent = telegram.sent()
    shown = "".join(visible(one["text"]) for one in sent)
    assert shown.startswith(text.strip())
    assert len(sent) == 4
    assert [("reply_markup" in one) for one in sent] == [False, False, False, True]


async def test_a_photo_comes_before_the_text(telegram: FakeTelegram, sender: TelegramSender) -> None:
    await sender.send("501", OutboundMessage(text="Mẫu đơn", image_url="https://example.vn/mau.png"))
    assert [call.method for call in telegram.calls if call.method != "getMe"] == ["sendPhoto", "sendMessage"]


async def test_choices_without_words_become_words() -> None:
    [part] = render(OutboundMessage(choices=(FEE,)))
    assert part.html == "1. Phí"


async def test_flood_control_asks_for_patience(telegram: FakeTelegram, sender: TelegramSender) -> None:
    telegram.plan("sendMessage", ApiError(429, "Too Many Requests: retry after 7", retry_after=7))
    with pytest.raises(RetryLater) as caught:
        await sender.send("501", OutboundMessage(text="chào"))
    assert caught.value.seconds == 7


async def test_a_person_who_blocked_the_bot_cannot_be_reached(
    telegram: FakeTelegram, sender: TelegramSender
) -> None:
    telegram.blocked.add(501)
    with pytest.raises(Undeliverable, match="chặn"):
        await sender.send("501", OutboundMessage(text="chào"))


async def test_a_refused_message_names_the_reason(telegram: FakeTelegram, sender: TelegramSender) -> None:
    telegram.plan("sendMessage", ApiError(400, "Bad Request: chat not found"))
    with pytest.raises(Undeliverable, match=r"[Cc]hat not found"):
        await sender.send("501", OutboundMessage(text="chào"))


async def test_a_refused_button_becomes_words(telegram: FakeTelegram, sender: TelegramSender) -> None:
    link = Link(title="Cổng", url="http://localhost:8080/portal")
    await sender.send("501", OutboundMessage(text="Xem", links=(link,), choices=(FEE,)))
    [sent] = telegram.sent()
    assert sent["text"] == "Xem\n\nCổng: http://localhost:8080/portal\n\n1. Phí"


async def test_no_clear_answer_is_worth_a_retry(telegram: FakeTelegram, sender: TelegramSender) -> None:
    telegram.plan("sendMessage", ApiError(502, "Bad Gateway"))
    with pytest.raises(NetworkError):
        await sender.send("501", OutboundMessage(text="chào"))


async def test_a_retry_sends_only_the_parts_that_are_missing(
    telegram: FakeTelegram, sender: TelegramSender
) -> None:
    message = OutboundMessage(text="a" * TEXT_LIMIT + "b" * TEXT_LIMIT)
    await sender.send("1", OutboundMessage(text="khởi động"))
    original = telegram._answer

    def fail_on_second(method: str, values: dict[str, object]) -> object:
        if "b" in str(values.get("text")):
            telegram._answer = original  # type: ignore[method-assign]
            raise ApiError(502, "Bad Gateway")
        return original(method, values)

    telegram._answer = fail_on_second  # type: ignore[method-assign]
    with pytest.raises(NetworkError):
        await sender.send("501", message)
    await sender.send("501", message)
    assert [sent["text"][0] for sent in telegram.sent() if sent["chat_id"] == "501"] == ["a", "b"]


async def test_a_person_gets_no_more_than_a_message_a_second(
    telegram: FakeTelegram, served: tuple[FakeTelegram, str]
) -> None:
    async with Bot(TOKEN, base_url=f"{served[1]}/bot") as bot:
        sender = TelegramSender(bot, overall=FAST, each=Rate(burst=1, per_second=10))
        for text in ("một", "hai", "ba"):
            await sender.send("501", OutboundMessage(text=text))
    moments = [call.at for call in telegram.calls if call.method == "sendMessage"]
    assert moments[-1] - moments[0] >= 0.18


async def test_what_a_killed_courier_held_is_delivered_by_the_next(
    db: Database, telegram: FakeTelegram, sender: TelegramSender
) -> None:
    house = House(db, sender)
    with db.session() as session:
        inbox.receive(
            session,
            InboundMessage(channel=Channel.TELEGRAM, event_id="1:1", external_user_id="501", text="chào"),
        )
    await house.worker.work_next()
    dead = outbox.claim(db, channels=[Channel.TELEGRAM], lease=timedelta(hours=1))
    assert dead is not None
    await house.work()
    assert telegram.sent() == []
    house.make_due()
    await house.work()
    assert [sent["text"] for sent in telegram.sent()] == ["Anh/chị nói: chào"]
    assert house.outbox() == [("sent", None)]


async def test_a_page_takes_the_place_of_the_one_before(
    telegram: FakeTelegram, sender: TelegramSender
) -> None:
    await sender.send("501", OutboundMessage(text="Bước 1/5", choices=(FEE,)))
    [(_, at)] = [place for place in telegram.shown if place[0] == 501][-1:]
    page = OutboundMessage(text="Bước 2/5 <giấy tờ>", choices=(FEE,), replaces=str(at))
    for _ in range(2):  # a delivery that is repeated changes nothing
        await sender.send("501", page)
    text, keyboard = telegram.shown[501, at]
    assert text == "Bước 2/5 &lt;giấy tờ&gt;"
    assert keyboard["inline_keyboard"][0][0]["text"] == "Phí"
    assert len(telegram.sent()) == 1


@pytest.mark.parametrize("text", ["Bước 2/5", "Bước dài. " * 600], ids=["gone", "too long for one message"])
async def test_what_cannot_be_replaced_is_followed_by_a_new_message(
    telegram: FakeTelegram, sender: TelegramSender, text: str
) -> None:
    await sender.send("501", OutboundMessage(text=text, replaces="999999"))
    assert "".join(visible(one["text"]) for one in telegram.sent()).strip() == text.strip()
    assert telegram.sent("editMessageText") == []


async def test_files_come_after_the_words(
    telegram: FakeTelegram, served: tuple[FakeTelegram, str], tmp_path: Path
) -> None:
    store = AttachmentStore(folder_store(tmp_path))
    files = (store.save(PNG, "anh.png"), store.save(b"%PDF-1.4\n" + b"0" * 300, "mau.pdf"))
    async with Bot(TOKEN, base_url=f"{served[1]}/bot") as bot:
        sender = TelegramSender(bot, read_file=store.read, overall=FAST, each=FAST)
        await sender.send("501", OutboundMessage(text="Mẫu đây ạ.", attachments=files))
    methods = [call.method for call in telegram.calls if call.method.startswith("send")]
    assert methods == ["sendMessage", "sendPhoto", "sendDocument"]
    assert telegram.sent("sendDocument")[0]["document"].filename == "mau.pdf"
