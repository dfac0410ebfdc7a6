"""A photo reaches our store although its channel stumbles, and never holds its message up for good."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select, update
from telegram import Bot

from bot.attachments import TRIES, Attachments, open_store
from bot.settings import Settings
from connectors.telegram_files import TelegramFiles
from conversations import inbox
from conversations.bus import Notifier
from conversations.database import Database
from conversations.inbox import Claimed
from conversations.messages import Attachment, Channel, InboundMessage, OutboundMessage
from conversations.models import InboxItem, Message, now
from conversations.worker import Worker
from tests.fakes.serving import serving
from tests.fakes.telegram_api import TOKEN, FakeTelegram

pytestmark = pytest.mark.slow

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
BUSY = None
"""Telegram's proxy answers 502."""


@pytest.fixture
def telegram() -> Iterator[tuple[FakeTelegram, str]]:
    fake = FakeTelegram()
    fake.files["photo-1"] = PNG
    with serving(fake.app) as url:
        yield fake, url


@pytest.fixture
async def house(tmp_path: Path, telegram: tuple[FakeTelegram, str]) -> AsyncIterator[tuple[Database, Worker]]:
    db = Database(f"sqlite:///{tmp_path / 'x.db'}")
    db.migrate()
    url = telegram[1]
    async with Bot(TOKEN, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as bot:
        store = open_store(Settings(_env_file=None, data_dir=tmp_path))
        attachments = Attachments(db, store, {Channel.TELEGRAM: TelegramFiles(bot)})
        yield db, Worker(db, Notifier(db), answer, prepare=attachments.take)
    db.close()


async def answer(claimed: Claimed) -> Sequence[OutboundMessage]:
    kept = [one.media_type for one in claimed.message.attachments if one.media_type]
    return [OutboundMessage(text=f"Tôi nhận {len(kept)} ảnh.")]


async def work(db: Database, worker: Worker) -> list[str]:
    """Send a photo and let every attempt at it be made; returns what was answered."""
    photo = Attachment(kind="image", remote_id="photo-1")
    with db.session() as session:
        inbox.receive(
            session,
            InboundMessage(
                channel=Channel.TELEGRAM, event_id="1", external_user_id="5", attachments=(photo,)
            ),
        )
    while await worker.work_next():
        with db.session() as session:
            session.execute(update(InboxItem).values(claimed_until=now()))
    with db.session(read_only=True) as session:
        return list(session.scalars(select(Message.text).where(Message.sender == "bot")))


async def test_a_channel_that_stumbles_is_asked_again(
    telegram: tuple[FakeTelegram, str], house: tuple[Database, Worker]
) -> None:
    telegram[0].plan("getFile", *[BUSY] * (TRIES - 1))
    assert await work(*house) == ["Tôi nhận 1 ảnh."]


async def test_in_the_end_the_message_goes_on_without_its_file(
    telegram: tuple[FakeTelegram, str], house: tuple[Database, Worker]
) -> None:
    telegram[0].plan("getFile", *[BUSY] * TRIES)
    assert await work(*house) == ["Tôi nhận 0 ảnh."]
