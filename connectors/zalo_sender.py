"""Sends a message through Zalo: parts of 2,000 characters, choices numbered and, up to five, as buttons."""

from __future__ import annotations

import asyncio
import unicodedata
from dataclasses import dataclass
from typing import Any, NoReturn

import structlog

from connectors.chat_texts import has_staff_text, say, tell_staff
from connectors.choices import key_of
from connectors.delivery import Pacer, Progress
from connectors.limits import Rate
from connectors.splitting import split
from connectors.uploads import ReadFile, no_files
from connectors.zalo_api import (
    NEEDS_PERSON,
    PARAMETER_REFUSED,
    RATE_LIMITED,
    WORTH_A_RETRY,
    ZaloApi,
    ZaloError,
)
from connectors.zalo_outgoing import prepare
from connectors.zalo_tokens import TokenUnavailable
from conversations.courier import RetryLater, Undeliverable
from conversations.messages import Attachment, Channel, Choice, OutboundMessage, Sender
from conversations.plain_text import plain_text

PATH = "/v3.0/oa/message/cs"
TEMPLATE_PATH = "/v3.0/oa/message/template"
OUTSIDE_WINDOW = {-230}
TEMPLATE_TEXT_LIMIT = 400
"""Characters of one value in a template (?): the registered template says how many."""
TEXT_LIMIT = 2_000
"""Characters of one message, composed (NFC)."""
MAX_BUTTONS = 5
TITLE_LIMIT = 100
OVERALL = Rate(burst=60, per_second=60)
"""Zalo takes about 4,000 calls a minute."""
EACH_PERSON = Rate(burst=5, per_second=1)
WAIT_AT_LIMIT = 30.0
WAIT_FOR_TOKEN = 30.0
WAIT_FOR_CONSENT = 30.0
BUTTON_PREFIX = "#"
"""Before the key of a pressed button, which arrives as the text of a message."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Part:
    """One call."""

    text: str = ""
    buttons: tuple[Choice, ...] = ()
    file: Attachment | None = None
    """Of our store; sent alone."""
    asks_contact: bool = False
    """The form for a name and number, after the words that ask for it."""


class ZaloSender:
    """Delivers to followers of the OA.

    Args:
        template_id: of an approved template with one value, `noi_dung`; where the 7-day window is over,
            news of an officer goes out with it instead. Left out: such messages are dead, and staff see it.
        read_file: for files that are sent.
        contact_image: https address of the picture above Zalo's form for a contact; no form if left out.
    """

    channel = Channel.ZALO

    def __init__(
        self,
        api: ZaloApi,
        *,
        overall: Rate = OVERALL,
        each: Rate = EACH_PERSON,
        template_id: str | None = None,
        read_file: ReadFile = no_files,
        contact_image: str | None = None,
    ) -> None:
        self._read_file = read_file
        self._contact_image = contact_image
        self._api = api
        self._template_id = template_id
        self._pacer = Pacer(overall, each)
        self._progress = Progress()
        self._with_buttons = True

    async def send(self, external_user_id: str, message: OutboundMessage) -> None:
        """Send all parts; a retry goes on with the first that has not arrived.

        Raises:
            RetryLater: the rate limit is reached, or there is no token now.
            Undeliverable: Zalo refuses the message for good, e.g. outside the 7-day window.
            httpx.HTTPError, ZaloError, StoreUnavailable: worth a retry.
        """

        async def send(part: Part) -> None:
            await self._pacer.wait(external_user_id)
            await self._send(external_user_id, part)

        try:
            await self._progress.deliver(external_user_id, message, render(message), send)
        except TokenUnavailable as error:
            raise RetryLater(WAIT_FOR_CONSENT if error.consent else WAIT_FOR_TOKEN) from error
        except ZaloError as error:
            if error.code in OUTSIDE_WINDOW and self._template_id and message.sender != Sender.BOT:
                await self._send_later_contact(external_user_id, message)
                return
            self._give_up(error)

    async def _send_later_contact(self, user_id: str, message: OutboundMessage) -> None:
        text = unicodedata.normalize("NFC", plain_text(message))
        body = {
            "user_id": user_id,
            "template_id": self._template_id,
            "template_data": {"noi_dung": text[:TEMPLATE_TEXT_LIMIT]},
        }
        try:
            await self._api.post(TEMPLATE_PATH, body)
        except ZaloError as error:
            self._give_up(error)

    def _give_up(self, error: ZaloError) -> NoReturn:
        if error.code in RATE_LIMITED:
            raise RetryLater(error.retry_after or WAIT_AT_LIMIT) from error
        if error.code in WORTH_A_RETRY:
            raise error
        log = _log.error if error.code in NEEDS_PERSON else _log.warning
        log("zalo_refused", code=error.code, message=error.message)
        raise Undeliverable(_reason(error)) from error

    async def _send(self, user_id: str, part: Part) -> None:
        if part.file:
            await self._send_file(user_id, part.file)
            return
        if part.asks_contact:
            await self._ask_contact(user_id)
            return
        if part.buttons and self._with_buttons:
            try:
                await self._api.post(PATH, _body(user_id, part.text, part.buttons))
                return
            except ZaloError as error:
                if error.code not in PARAMETER_REFUSED:
                    raise
                _log.warning("zalo_buttons_refused", error=str(error))
        await self._api.post(PATH, _body(user_id, part.text, ()))
        if part.buttons:
            self._with_buttons = False  # the text alone was taken, so it was the buttons: numbers will do

    async def _ask_contact(self, user_id: str) -> None:
        """Show Zalo's form; without it the words asked already."""
        if self._contact_image is None:
            return
        element = {
            "title": say("contact_title"),
            "subtitle": say("contact_subtitle"),
            "image_url": self._contact_image,
        }
        payload = {"template_type": "request_user_info", "elements": [element]}
        message = {"attachment": {"type": "template", "payload": payload}}
        try:
            await self._api.post(PATH, {"recipient": {"user_id": user_id}, "message": message})
        except ZaloError as error:
            if error.code not in PARAMETER_REFUSED | NEEDS_PERSON:
                raise
            _log.warning("zalo_contact_form_refused", error=str(error))

    async def _send_file(self, user_id: str, file: Attachment) -> None:
        """Upload and send; what Zalo would not take is told in words, with its name."""
        content = await asyncio.to_thread(self._read_file, file.remote_id or "")
        ready = await asyncio.to_thread(prepare, content, file) if content else None
        if ready is None:
            _log.warning("zalo_file_not_sent", media_type=file.media_type, size=file.size)
            await self._api.post(PATH, _body(user_id, say("file_not_sent", name=file.name or ""), ()))
            return
        data = await self._api.upload(ready.upload_path, ready.name, ready.content, ready.media_type)
        message = {"attachment": ready.attachment(data)}
        await self._api.post(PATH, {"recipient": {"user_id": user_id}, "message": message})


def render(message: OutboundMessage) -> list[Part]:
    """The calls that show a message, in order; the last one has the buttons."""
    text = unicodedata.normalize("NFC", plain_text(message))
    if message.image_url:
        text = f"{text}\n\n{message.image_url}".strip()
    parts = [Part(part) for part in split(text, TEXT_LIMIT) if part.strip()]
    if parts:
        parts[-1] = Part(parts[-1].text, message.choices[:MAX_BUTTONS])
    parts += [Part(file=file) for file in message.attachments]
    return [*parts, Part(asks_contact=True)] if message.asks_contact else parts


def _body(user_id: str, text: str, buttons: tuple[Choice, ...]) -> dict[str, Any]:
    message: dict[str, Any] = {"text": text}
    if buttons:
        shown = [
            {
                "title": choice.title[:TITLE_LIMIT],
                "type": "oa.query.hide",
                "payload": BUTTON_PREFIX + key_of(choice.payload),
            }
            for choice in buttons
        ]
        message["attachment"] = {"type": "template", "payload": {"buttons": shown}}
    return {"recipient": {"user_id": user_id}, "message": message}


def _reason(error: ZaloError) -> str:
    own = f"zalo_{error.code}"
    if has_staff_text(own):
        return tell_staff(own)
    kind = "zalo_needs_person" if error.code in NEEDS_PERSON else "zalo_refused"
    return tell_staff(kind, code=error.code, reason=error.message)
