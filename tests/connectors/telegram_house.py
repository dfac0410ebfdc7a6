"""The bot under test with the house around it, before a server that behaves as Telegram's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from chat_house import House
from starlette.applications import Starlette

from connectors.telegram import SECRET_HEADER, WEBHOOK_PATH, TelegramChannel, Webhook
from conversations.database import Database
from tests.fakes.telegram_api import TOKEN, FakeTelegram

SECRET = "s3cret_of-the-test"


class Bot:
    """The bot under test with its house; `post` plays Telegram's part."""

    def __init__(self, db: Database, url: str) -> None:
        webhook = Webhook(f"http://bot.test{WEBHOOK_PATH}", SECRET)
        self.channel = TelegramChannel(db, token=TOKEN, webhook=webhook, api_url=url)
        self.house = House(db, self.channel.sender, self.channel.journal)
        app = Starlette(routes=self.channel.routes())
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot.test")

    async def post(self, content: bytes | dict[str, Any], secret: str | None = SECRET) -> httpx.Response:
        headers = {} if secret is None else {SECRET_HEADER: secret}
        if isinstance(content, dict):
            return await self.client.post(WEBHOOK_PATH, json=content, headers=headers)
        return await self.client.post(WEBHOOK_PATH, content=content, headers=headers)


@pytest.fixture
async def bot(db: Database, telegram: FakeTelegram, served: tuple[FakeTelegram, str]) -> AsyncIterator[Bot]:
    bot = Bot(db, served[1])
    running = asyncio.create_task(bot.channel.run())
    async with asyncio.timeout(10):
        while not telegram.webhook:
            await asyncio.sleep(0.005)
    yield bot
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await bot.channel.close()
    await bot.client.aclose()
    telegram.webhook = {}


async def say(telegram: FakeTelegram, bot: Bot, **content: Any) -> list[int]:
    telegram.add_update(**content)
    statuses = await telegram.deliver_webhooks(bot.client)
    await bot.house.work()
    return statuses


async def until_called(telegram: FakeTelegram, method: str) -> list[dict[str, Any]]:
    async with asyncio.timeout(10):
        while not telegram.sent(method):
            await asyncio.sleep(0.005)
    return telegram.sent(method)
