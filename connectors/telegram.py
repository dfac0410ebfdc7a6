"""The Telegram channel: updates by webhook or long polling go to the inbox, answers out by its sender.

An update is acknowledged only when it is stored: the webhook answers 503 and the poller keeps its
offset while the database is down, so that Telegram gives the update again.
"""

from __future__ import annotations

import asyncio
import functools
import hmac
import json
import warnings
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from telegram import Bot, BotCommand, Update
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from connectors import choices
from connectors.base import Refusal, parse_object, refusing, ssl_context
from connectors.chat_texts import telegram_commands
from connectors.limits import Rate, RateLimiter, TooLarge, read_body
from connectors.telegram_files import TelegramFiles
from connectors.telegram_sender import TelegramSender
from connectors.telegram_updates import ALLOWED_UPDATES, Intake, UpdateReader
from connectors.uploads import ReadFile, no_files
from conversations import inbox, outbox
from conversations.database import Database
from conversations.journal import Afterwards, Journal
from conversations.messages import Channel, Floor
from conversations.models import Conversation, InboxItem, Person

WEBHOOK_PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_UPDATE = 256 * 1024
"""Bytes of an update; a message of 4,096 characters with its entities stays far below."""
READ_TIMEOUT = 10
"""Seconds for an answer of Telegram."""
POLL_TIMEOUT = 25
"""Seconds that Telegram holds a poll without news."""
TYPING_AFTER = 0.4
"""Seconds: most answers are there sooner."""
TYPING_EVERY = 4.5
"""Seconds between typing notices; clients show one for 5."""
TYPING_MOST = 30.0
"""Seconds after which nobody believes it any more."""
TYPING_NOTICES = Rate(burst=5, per_second=5)
"""Of all people together: in a rush, the calls are better spent on answers."""
GROUP_NOTICES = Rate(burst=1, per_second=1 / 3_600)
"""How often a group is told that the assistant talks in private only."""
_LONGEST_PAUSE = 60.0

_log = structlog.get_logger(__name__)
warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'")  # see `_poll_once`


@dataclass(frozen=True)
class Webhook:
    """Where Telegram delivers updates.

    Args:
        url: public address of `WEBHOOK_PATH`.
        secret: 1 to 256 of A-Z a-z 0-9 _ -; Telegram repeats it with every update.
    """

    url: str
    secret: str


class TelegramChannel:
    """One bot.

    Args:
        webhook: long polling if left out.
        api_url: of the Bot API server.
        read_file: for files that are sent.
    """

    def __init__(
        self,
        db: Database,
        *,
        token: str,
        webhook: Webhook | None = None,
        api_url: str = "https://api.telegram.org",
        read_file: ReadFile = no_files,
    ) -> None:
        self._db = db
        self.journal = Journal(db, Channel.TELEGRAM, self._take)
        self._webhook = webhook
        secured = {"verify": ssl_context()}
        self._bot = Bot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=HTTPXRequest(16, read_timeout=READ_TIMEOUT, pool_timeout=10, httpx_kwargs=secured),
            get_updates_request=HTTPXRequest(1, read_timeout=READ_TIMEOUT, httpx_kwargs=secured),
        )
        self._reader = UpdateReader(int(token.partition(":")[0]))
        self._groups = RateLimiter(GROUP_NOTICES)
        self._background: set[asyncio.Task[None]] = set()
        self._typing: set[str] = set()
        self._courtesy = RateLimiter(TYPING_NOTICES)
        self._offset: int | None = None
        self.sender = TelegramSender(self._bot, read_file=read_file, sees_keyboard=self._sees_keyboard)
        self.files = TelegramFiles(self._bot)

    def routes(self) -> list[BaseRoute]:
        """The webhook, if there is one."""
        if self._webhook is None:
            return []
        return [Route(WEBHOOK_PATH, refusing(self._receive), methods=["POST"])]

    async def run(self) -> None:
        """Take what comes in, and introduce the bot to Telegram, then poll; until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.journal.run())
            await self._until_done(self._introduce)
            while self._webhook is None:
                await self._until_done(self._poll_once)

    async def close(self) -> None:
        """Drop what is under way and close the connections."""
        for task in list(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._bot.shutdown()

    async def _introduce(self) -> None:
        await self._bot.initialize()
        self._reader.username = self._bot.username
        await self._bot.set_my_commands([BotCommand(*command) for command in telegram_commands().items()])
        if self._webhook is None:
            await self._bot.delete_webhook()
        else:
            await self._bot.set_webhook(
                self._webhook.url, secret_token=self._webhook.secret, allowed_updates=ALLOWED_UPDATES
            )
        _log.info("telegram_ready", bot=self._bot.username, polling=self._webhook is None)

    async def _poll_once(self) -> None:
        # Not `get_updates`: an update that it cannot parse would hold up all that come after it for good.
        updates: list[dict[str, Any]] = await self._bot.do_api_request(
            "getUpdates",
            {"offset": self._offset, "timeout": POLL_TIMEOUT, "allowed_updates": ALLOWED_UPDATES},
            read_timeout=POLL_TIMEOUT + READ_TIMEOUT,
        )
        for update in updates:
            await self.journal.append(json.dumps(update).encode())
            self._offset = update["update_id"] + 1

    async def _until_done(self, step: Callable[[], Awaitable[None]]) -> None:
        pause = 1.0
        while True:
            try:
                await step()
                return
            except Exception as error:  # the loop must outlive whatever Telegram sends
                _log.warning("telegram_failed", error=repr(error))
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _receive(self, request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "").encode()
        if self._webhook is None or not hmac.compare_digest(given, self._webhook.secret.encode()):
            raise Refusal(403, "wrong_signature")
        try:
            raw = await read_body(request, MAX_UPDATE)
        except TooLarge:
            raise Refusal(413, "too_long") from None
        body = parse_object(raw)
        update_id = body.get("update_id")
        if not isinstance(update_id, int) or isinstance(update_id, bool):
            raise Refusal(400, "bad_message")
        await self.journal.append(raw)
        return JSONResponse({})

    def _take(self, session: Session, raw: bytes) -> Afterwards | None:
        intake = self._reader.read(Update.de_json(json.loads(raw), self._bot))
        if intake is None:
            return None
        user = intake.inbound.external_user_id
        if user.startswith("-") and self._groups.wait(user):
            return None
        is_new = _store(session, intake)
        return functools.partial(self._show_courtesy, intake) if is_new else None

    def _show_courtesy(self, intake: Intake) -> None:
        if intake.callback_id:
            self._spawn(self._answer_callback(intake.callback_id))
        self._spawn(self._show_typing(intake.inbound.external_user_id))

    async def _answer_callback(self, callback_id: str) -> None:
        await self._bot.answer_callback_query(callback_id)

    async def _show_typing(self, user: str) -> None:
        if user in self._typing:
            return
        self._typing.add(user)
        try:
            async with asyncio.timeout(TYPING_MOST):
                await asyncio.sleep(TYPING_AFTER)
                while await asyncio.to_thread(self._is_working, user):
                    if not self._courtesy.wait("typing"):
                        await self._bot.send_chat_action(int(user), ChatAction.TYPING)
                    await asyncio.sleep(TYPING_EVERY)
        except TimeoutError:
            pass
        finally:
            self._typing.discard(user)

    def _is_working(self, user: str) -> bool:
        waiting = exists().where(
            InboxItem.conversation_id == Conversation.id, InboxItem.status.in_(("new", "claimed"))
        )
        with self._db.session(read_only=True) as session:
            floor = session.scalar(_conversation(user, Conversation.floor).where(waiting))
        return bool(floor == Floor.BOT)

    def _sees_keyboard(self, user: str) -> bool:
        with self._db.session(read_only=True) as session:
            return _sees_keyboard(session, user)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except (TelegramError, SQLAlchemyError) as error:
                _log.warning("telegram_courtesy_failed", error=repr(error))

        task = asyncio.create_task(guarded())
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _store(session: Session, intake: Intake) -> bool:
    """Returns whether the event is new."""
    inbound, notice = intake.inbound, intake.notice
    if intake.key is not None:
        choice = choices.offered(session, Channel.TELEGRAM, inbound.external_user_id, intake.key)
        if choice is not None:
            inbound = inbound.model_copy(update={"text": choice.title, "payload": choice.payload})
            notice = None
    elif not inbound.payload:
        choice = choices.worded(session, Channel.TELEGRAM, inbound.external_user_id, inbound.text)
        if choice is not None:
            inbound = inbound.model_copy(update={"payload": choice.payload})
    if intake.for_officer is not None:
        floor = session.scalar(_conversation(inbound.external_user_id, Conversation.floor))
        if floor not in (None, Floor.BOT):
            inbound, notice = intake.for_officer, None
    if notice is not None:
        kept = notice.model_copy(update={"asks_contact": _sees_keyboard(session, inbound.external_user_id)})
        return inbox.settle(session, inbound, [kept])
    return inbox.receive(session, inbound)


def _sees_keyboard(session: Session, user: str) -> bool:
    """Whether our keyboard for their contact is still there."""
    last = outbox.last_sent(session, Channel.TELEGRAM, user)
    return last is not None and last.asks_contact


def _conversation(user: str, column: Any) -> Any:
    query = select(column).join(Person, Conversation.person_id == Person.id)
    return query.where(Person.channel == Channel.TELEGRAM, Person.external_id == user)
