"""Long polling: python-telegram-bot asks, and an update is only confirmed when it is stored."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from chat_house import House
from sqlalchemy import text

from connectors.telegram import TelegramChannel
from conversations.database import Database
from tests.fakes.serving import serving
from tests.fakes.telegram_api import TOKEN, ApiError, FakeTelegram, message

pytestmark = pytest.mark.slow


@pytest.fixture
def served() -> Iterator[tuple[FakeTelegram, str]]:
    fake = FakeTelegram()
    with serving(fake.app) as url:
        yield fake, url


@contextlib.asynccontextmanager
async def polling(db: Database, url: str) -> AsyncIterator[House]:
    channel = TelegramChannel(db, token=TOKEN, api_url=url)
    running = asyncio.create_task(channel.run())
    yield House(db, channel.sender, channel.journal)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await channel.close()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(15):
        while not true():
            await asyncio.sleep(0.01)


async def test_updates_are_stored_answered_and_confirmed(
    db: Database, served: tuple[FakeTelegram, str]
) -> None:
    fake, url = served
    for words in ("một", "hai"):
        fake.add_update(message=message(words))
    async with polling(db, url) as house:
        await until(lambda: not fake.updates)
        await house.work()
    assert [sent["text"] for sent in fake.sent()] == ["Anh/chị nói: một", "Anh/chị nói: hai"]


async def test_a_webhook_that_was_left_is_removed_first(
    db: Database, served: tuple[FakeTelegram, str]
) -> None:
    fake, url = served
    fake.webhook = {"url": "https://old.example.vn", "secret_token": "x"}
    fake.add_update(message=message("chào"))
    async with polling(db, url):
        await until(lambda: not fake.updates)
    assert fake.webhook == {}


async def test_an_update_that_cannot_be_stored_is_fetched_again(
    db: Database, served: tuple[FakeTelegram, str]
) -> None:
    fake, url = served
    with db.session() as session:
        session.execute(text("ALTER TABLE journal RENAME TO away"))
    fake.add_update(message=message("chào"))
    async with polling(db, url) as house:
        await until(lambda: fake.polls >= 1)
        await asyncio.to_thread(_rename_back, db)
        await until(lambda: not fake.updates)
        await house.work()
    assert [sent["text"] for sent in fake.sent()] == ["Anh/chị nói: chào"]


async def test_an_update_that_nobody_can_read_does_not_hold_up_the_next(
    db: Database, served: tuple[FakeTelegram, str]
) -> None:
    fake, url = served
    unreadable = message("x") | {"poll": {"id": "1", "question": "?", "options": "none"}}
    fake.add_update(message=unreadable)
    fake.add_update(message=message("chào"))
    async with polling(db, url) as house:
        await until(lambda: not fake.updates)
        await house.work()
    assert [sent["text"] for sent in fake.sent()] == ["Anh/chị nói: chào"]


def _rename_back(db: Database) -> None:
    with db.session() as session:
        session.execute(text("ALTER TABLE away RENAME TO journal"))


async def test_a_restart_answers_nothing_twice(db: Database, served: tuple[FakeTelegram, str]) -> None:
    fake, url = served
    update = fake.add_update(message=message("chào"))
    async with polling(db, url) as house:
        await until(lambda: not fake.updates)
    fake.updates.append(update)  # the confirmation was lost
    async with polling(db, url) as house:
        await until(lambda: not fake.updates)
        await house.work()
    assert len(fake.sent()) == 1


async def test_errors_of_telegram_are_outlived(db: Database, served: tuple[FakeTelegram, str]) -> None:
    fake, url = served
    fake.plan("getMe", ApiError(502, "Bad Gateway"))
    fake.plan("getUpdates", ApiError(409, "Conflict: terminated by other getUpdates request"))
    fake.add_update(message=message("chào"))
    async with polling(db, url):
        await until(lambda: not fake.updates)
    assert fake.planned == []
