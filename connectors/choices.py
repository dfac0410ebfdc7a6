"""Buttons on channels that send back only a short text: a key stands for the payload, which stays here."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from conversations.messages import Channel, Choice, OutboundMessage, Sender
from conversations.models import Conversation, Message, Person

KEY_LENGTH = 16
"""Characters (ASCII) of a key."""
_LOOK_BACK = 200
"""Messages in which a pressed button is looked for."""
_NUMBER = re.compile(r"\s*(\d{1,2})[.)]?\s*")


def key_of(payload: str) -> str:
    """The key of a payload: the same wherever and whenever it is made."""
    digest = hashlib.sha256(payload.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:KEY_LENGTH]


def offered(session: Session, channel: Channel, external_user_id: str, key: str) -> Choice | None:
    """The choice of that key, if it was offered to this person; the newest, for its title."""
    for message in _said(session, channel, external_user_id, _LOOK_BACK):
        for choice in message.choices:
            if key_of(choice.payload) == key:
                return choice
    return None


def numbered(session: Session, channel: Channel, external_user_id: str, text: str) -> Choice | None:
    """The choice that a bare number means, if the last thing said was a system message with choices.

    Numbers after an answer of the assistant are left to the dialogue, which understands more forms.
    """
    number = _NUMBER.fullmatch(text)
    last = next(_said(session, channel, external_user_id, 1), None)
    if number is None or last is None or last.sender != Sender.SYSTEM:
        return None
    at = int(number[1]) - 1
    return last.choices[at] if 0 <= at < len(last.choices) else None


def worded(session: Session, channel: Channel, external_user_id: str, text: str) -> Choice | None:
    """The choice whose title is the text, if the last thing said asked for a contact.

    A channel shows the choices of such a message as words that it sends for the person.
    """
    last = next(_said(session, channel, external_user_id, 1), None) if text else None
    if last is None or not last.asks_contact:
        return None
    return next((choice for choice in last.choices if choice.title == text.strip()), None)


def _said(session: Session, channel: Channel, external_user_id: str, most: int) -> Iterator[OutboundMessage]:
    """What we said to a person, newest first."""
    query = (
        select(Message.body)
        .join(Conversation, Message.conversation_id == Conversation.id)
        .join(Person, Conversation.person_id == Person.id)
        .where(
            Person.channel == channel.value,
            Person.external_id == external_user_id,
            Message.sender != Sender.CITIZEN.value,
            Message.erased_at.is_(None),
        )
        .order_by(Message.id.desc())
        .limit(most)
    )
    for body in session.scalars(query):
        yield OutboundMessage.model_validate(body)
