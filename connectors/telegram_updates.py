"""What an update of Telegram means: a citizen's message, or something the channel answers itself."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from telegram import CallbackQuery, Chat, Message, MessageEntity, Update, User

from connectors.chat_texts import say, telegram_commands
from connectors.telegram_keyboards import OF_SEVERAL
from conversations.history import clean_text
from conversations.messages import Attachment, Channel, InboundMessage, Link, OutboundMessage, Sender

ALLOWED_UPDATES = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY)

_PAYLOADS = {
    "start": "/greet",
    "help": "/help",
    "thutuc": "/start_guide",
    "phananh": "/give_feedback",
    "tracuu": "/lookup_code",
    "canbo": "/request_human",
    "lienket": "/link",
    "xoadulieu": "/delete_data",
}
_COMMAND = re.compile(r"/(\w{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_NAME_LIMIT = 200


@dataclass(frozen=True)
class Intake:
    """An event to store.

    `notice` is set where the channel answers itself instead of the assistant. While an officer has the
    floor, `for_officer` takes the place of both: a correction of an earlier message, somebody else's number.
    """

    inbound: InboundMessage
    notice: OutboundMessage | None = None
    for_officer: InboundMessage | None = None
    key: str | None = None
    """Of a pressed button, to be looked up with `choices.offered`; the inbound text is its title."""
    callback_id: str | None = None
    """To be answered at once."""


class UpdateReader:
    """Reads the updates of one bot.

    Args:
        bot_id: part of every event id, so that two bots never collide.
    """

    def __init__(self, bot_id: int) -> None:
        self._bot_id = bot_id
        self.username: str | None = None
        """Without @; until it is known nobody in a group can address the bot by name."""

    def read(self, update: Update) -> Intake | None:
        """What to store of an update, or None for what concerns nobody here.

        Raises:
            Exception: whatever a field of an unexpected type leads to.
        """
        if update.callback_query:
            return self._pressed(update.update_id, update.callback_query)
        message = update.message or update.edited_message
        if message is None or message.from_user is None or message.from_user.is_bot:
            return None
        if message.chat.type in (Chat.GROUP, Chat.SUPERGROUP):
            return self._in_group(update, message)
        if message.chat.type != Chat.PRIVATE:
            return None
        if update.edited_message:
            return self._edited(update.update_id, message)
        return self._said(update.update_id, message)

    def _said(self, update_id: int, message: Message) -> Intake | None:
        if message.contact and message.from_user and message.contact.user_id != message.from_user.id:
            return self._others_contact(update_id, message)
        text, payload = _words(message)
        attachments = tuple(_attachments(message))
        if not text and not payload and not attachments:
            return None
        inbound = self._inbound(update_id, message.chat, message.from_user, text=text, payload=payload)
        more = {"attachments": attachments, "sent_at": message.date, "album": message.media_group_id}
        return Intake(inbound.model_copy(update=more))

    def _edited(self, update_id: int, message: Message) -> Intake | None:
        words = message.text or message.caption
        if not words:
            return None  # a live location moves, a file was replaced
        text = say("edited_for_officer", text=words)
        inbound = self._inbound(update_id, message.chat, message.from_user, text=text)
        return Intake(inbound, notice=_notice(say("edited")), for_officer=inbound)

    def _others_contact(self, update_id: int, message: Message) -> Intake:
        """A number that is not the sender's own is not kept, unless an officer may have asked for it."""
        card = message.contact
        assert card is not None
        told = say("contact_for_officer", name=card.first_name, phone=card.phone_number)
        inbound = self._inbound(update_id, message.chat, message.from_user, text=say("contact_of_other"))
        for_officer = inbound.model_copy(update={"text": clean_text(told)})
        return Intake(inbound, notice=_notice(say("contact_refused")), for_officer=for_officer)

    def _pressed(self, update_id: int, query: CallbackQuery) -> Intake | None:
        chat = query.message.chat if query.message else None
        if chat is None or chat.type != Chat.PRIVATE or not query.data:
            return None
        title = _title_of(query)
        inbound = self._inbound(update_id, chat, query.from_user, text=title)
        key = query.data.removesuffix(OF_SEVERAL)
        if key == query.data and query.message and query.message.is_accessible:
            inbound = inbound.model_copy(update={"pressed_in": str(query.message.message_id)})
        notice = None if title else _notice(say("old_button"))
        return Intake(inbound, notice=notice, key=key, callback_id=query.id)

    def _in_group(self, update: Update, message: Message) -> Intake | None:
        if update.edited_message or not self._is_addressed(message):
            return None
        links: tuple[Link, ...] = ()
        if self.username:
            address = f"https://t.me/{self.username}?start=group"
            links = (Link(title=say("private_button"), url=address),)
        inbound = self._inbound(update.update_id, message.chat, None, text="")
        return Intake(inbound, notice=_notice(say("private_only"), links))

    def _is_addressed(self, message: Message) -> bool:
        answered = message.reply_to_message.from_user if message.reply_to_message else None
        if answered is not None and answered.id == self._bot_id:
            return True
        name = f"@{self.username}".lower() if self.username else None
        words = {
            **message.parse_entities([MessageEntity.MENTION, MessageEntity.BOT_COMMAND]),
            **message.parse_caption_entities([MessageEntity.MENTION]),
        }
        return name is not None and any(word.lower().endswith(name) for word in words.values())

    def _inbound(
        self, update_id: int, chat: Chat, person: User | None, *, text: str, payload: str | None = None
    ) -> InboundMessage:
        name = person.full_name if person else chat.title
        return InboundMessage(
            channel=Channel.TELEGRAM,
            event_id=f"{self._bot_id}:{update_id}",
            external_user_id=str(int(chat.id)),
            text=clean_text(text),
            payload=payload,
            display_name=clean_text(name[:_NAME_LIMIT]) if name else None,
        )


def _notice(text: str, links: tuple[Link, ...] = ()) -> OutboundMessage:
    return OutboundMessage(text=text, links=links, sender=Sender.SYSTEM)


def _words(message: Message) -> tuple[str, str | None]:
    """Text and payload of a message; a command is one of ours, or a call for help."""
    if message.contact:
        return message.contact.phone_number, None
    text = message.text or message.caption or ""
    command = _COMMAND.fullmatch(text)
    return _command(command[1].lower(), (command[2] or "").strip()) if command else (text, None)


def _command(name: str, rest: str) -> tuple[str, str | None]:
    if rest and name == "thutuc":
        return rest, None
    if rest and name == "phananh":
        return say("complain", text=rest), None
    if rest and name == "tracuu":
        entities = json.dumps({"case_code": rest[:100]}, ensure_ascii=False)
        return rest, f"/lookup_code{entities}"
    return telegram_commands().get(name, f"/{name}"), _PAYLOADS.get(name, "/help")


def _title_of(query: CallbackQuery) -> str:
    markup = getattr(query.message, "reply_markup", None)
    rows = markup.inline_keyboard if markup else ()
    return next((button.text for row in rows for button in row if button.callback_data == query.data), "")


def _attachments(message: Message) -> list[Attachment]:
    found: list[Attachment] = []
    if message.photo:
        found.append(_file("image", message.photo[-1]))
    for kind, name in _FILES:
        file = getattr(message, name)
        if file and not (name == "document" and message.animation):
            found.append(_file(kind, file))
    if message.location:
        place = message.location
        found.append(Attachment(kind="location", latitude=place.latitude, longitude=place.longitude))
    if message.contact:
        found.append(Attachment(kind="contact", name=message.contact.first_name))
    if message.dice or message.poll:
        found.append(Attachment(kind="sticker"))
    return found


_FILES = (
    ("file", "document"),
    ("audio", "voice"),
    ("audio", "audio"),
    ("video", "video"),
    ("video", "video_note"),
    ("video", "animation"),
    ("sticker", "sticker"),
)


def _file(kind: str, file: Any) -> Attachment:
    return Attachment.model_validate(
        {
            "kind": kind,
            "remote_id": file.file_id,
            "name": getattr(file, "file_name", None),
            "media_type": getattr(file, "mime_type", None),
            "size": file.file_size,
        }
    )
