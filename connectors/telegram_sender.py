"""Sends a message through Telegram: escaped, in parts that fit, with its choices as buttons."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from telegram import (
    Bot,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter

from connectors.chat_texts import say, tell_staff
from connectors.delivery import Pacer, Progress
from connectors.limits import Rate
from connectors.splitting import split, utf16_length
from connectors.telegram_keyboards import contact_keyboard, inline_keyboard
from connectors.uploads import ReadFile, no_files
from conversations.courier import RetryLater, Undeliverable
from conversations.messages import Attachment, Channel, OutboundMessage
from conversations.plain_text import plain_text, source_line

TEXT_LIMIT = 4_096
"""UTF-16 units of one message, after its markup was read."""
OVERALL = Rate(burst=30, per_second=30)
EACH_CHAT = Rate(burst=5, per_second=1)
"""Telegram bears short bursts in a chat above one message a second."""
WAIT_FOR_TOKEN = 300.0
"""Seconds between attempts while Telegram refuses the bot's token."""
_PHOTOS = {"image/jpeg", "image/png"}
"""Types that Telegram shows as a photo; others go as a document."""

_log = structlog.get_logger(__name__)

_Send = Callable[["Part"], Awaitable[None]]
_Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


@dataclass(frozen=True)
class Part:
    """One call: a photo by its address, or HTML with an optional keyboard."""

    html: str = ""
    photo: str | None = None
    keyboard: _Keyboard | None = None
    file: Attachment | None = None
    """Of our store; sent alone."""
    replaces: int | None = None
    """Id of the message that takes these words instead, if Telegram allows it."""


class TelegramSender:
    """Delivers to Telegram chats.

    Args:
        read_file: for files that are sent.
        sees_keyboard: whether the last message that reached this person asked for their contact, so that
            our keyboard is still there; blocks.
    """

    channel = Channel.TELEGRAM

    def __init__(
        self,
        bot: Bot,
        *,
        read_file: ReadFile = no_files,
        sees_keyboard: Callable[[str], bool] = lambda external_user_id: False,
        overall: Rate = OVERALL,
        each: Rate = EACH_CHAT,
    ) -> None:
        self._bot = bot
        self._sees_keyboard = sees_keyboard
        self._read_file = read_file
        self._pacer = Pacer(overall, each)
        self._progress = Progress()

    async def send(self, external_user_id: str, message: OutboundMessage) -> None:
        """Send all parts; a retry goes on with the first that has not arrived.

        Raises:
            RetryLater: Telegram asks the bot to wait, or refuses its token.
            Undeliverable: the person blocked the bot, or Telegram refuses the message.
            telegram.error.NetworkError: no or no clear answer; worth a retry.
            StoreUnavailable: a file cannot be read now; worth a retry.
        """

        async def send(part: Part) -> None:
            await self._pacer.wait(external_user_id)
            if not (part.replaces and await self._replace(int(external_user_id), part.replaces, part)):
                await self._send(int(external_user_id), part)

        try:
            await self._deliver(external_user_id, message, send)
        except RetryAfter as error:
            wait = error.retry_after
            raise RetryLater(wait.total_seconds() if isinstance(wait, timedelta) else float(wait)) from error
        except InvalidToken as error:
            _log.error("telegram_token_refused")
            raise RetryLater(WAIT_FOR_TOKEN) from error
        except (Forbidden, ChatMigrated) as error:
            raise Undeliverable(tell_staff("telegram_forbidden")) from error
        except BadRequest as error:
            raise Undeliverable(tell_staff("telegram_refused", reason=error.message)) from error

    async def _deliver(self, external_user_id: str, message: OutboundMessage, send: _Send) -> None:
        parts = render(message)
        if not message.asks_contact and await asyncio.to_thread(self._sees_keyboard, external_user_id):
            parts = without_keyboard(parts)
        try:
            await self._progress.deliver(external_user_id, message, parts, send)
        except BadRequest as error:
            if not (message.choices or message.links) or "button" not in error.message.lower():
                raise
            _log.warning("telegram_buttons_refused", error=error.message)
            await self._progress.deliver(external_user_id, message, render(message, buttons=False), send)

    async def _replace(self, chat_id: int, message_id: int, part: Part) -> bool:
        """Whether the old message shows the part now; one that is gone or too old does not."""
        try:
            await self._bot.edit_message_text(
                part.html,
                chat_id,
                message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=part.keyboard if isinstance(part.keyboard, InlineKeyboardMarkup) else None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except BadRequest as error:
            if "not modified" in error.message.lower():  # it was replaced before, or says the same already
                return True
            if "button" in error.message.lower():
                raise
            _log.info("telegram_edit_refused", error=error.message)
            return False
        return True

    async def _send(self, chat_id: int, part: Part) -> None:
        if part.photo:
            await self._bot.send_photo(chat_id, part.photo)
            return
        if part.file:
            await self._send_file(chat_id, part.file)
            return
        await self._bot.send_message(
            chat_id,
            part.html,
            parse_mode=ParseMode.HTML,
            reply_markup=part.keyboard,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )

    async def _send_file(self, chat_id: int, file: Attachment) -> None:
        content = await asyncio.to_thread(self._read_file, file.remote_id or "")
        if content is None:
            _log.warning("telegram_file_gone")
        elif file.media_type in _PHOTOS:
            await self._bot.send_photo(chat_id, content, filename=file.name)
        else:
            await self._bot.send_document(chat_id, content, filename=file.name)


def render(message: OutboundMessage, *, buttons: bool = True) -> list[Part]:
    """The calls that show a message, in order.

    Args:
        buttons: False writes choices and links into the text, in case Telegram refuses a button.
    """
    buttons = buttons and bool(message.text.strip() or message.checklist)
    own = buttons and message.asks_contact
    as_buttons = tuple(link for link in message.links if buttons and not own and link.url.startswith("http"))
    in_text = tuple(link for link in message.links if link not in as_buttons)
    body = plain_text(message.model_copy(update={"links": in_text, "meta": None}), number_choices=not buttons)
    texts = [part for part in split(body, TEXT_LIMIT, length=utf16_length) if part.strip()]
    shown = [html.escape(text, quote=False) for text in texts]
    sources = "\n".join(source_line(source) for source in (message.meta.sources if message.meta else ()))
    if sources:
        notes = [
            f"<i>{html.escape(part, quote=False)}</i>"
            for part in split(sources, TEXT_LIMIT, length=utf16_length)
        ]
        if texts and utf16_length(texts[-1]) + utf16_length(sources) + 2 <= TEXT_LIMIT:
            shown[-1] += f"\n\n{notes[0]}"
        else:
            shown += notes
    parts = [Part(photo=message.image_url)] if message.image_url else []
    parts += [Part(html=text) for text in shown]
    whole = len(parts) == 1 and not message.attachments
    if buttons and shown:
        below = contact_keyboard(message) if own else inline_keyboard(message, as_buttons, whole=whole)
        parts[-1] = Part(html=shown[-1], keyboard=below)
    if whole and not own and shown and message.replaces and message.replaces.isdecimal():
        parts[0] = replace(parts[0], replaces=int(message.replaces))
    return parts + [Part(file=file) for file in message.attachments]


def without_keyboard(parts: Sequence[Part]) -> list[Part]:
    """The parts, of which the first takes our keyboard away; where it has buttons of its own, or is not
    written anew, a short word goes before it, since Telegram takes one of both only.
    """
    first = parts[0] if parts else Part()
    if first.html and first.keyboard is None and first.replaces is None:
        return [replace(first, keyboard=ReplyKeyboardRemove()), *parts[1:]]
    return [Part(html=say("contact_done"), keyboard=ReplyKeyboardRemove()), *parts]
