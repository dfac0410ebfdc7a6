"""What was said in a conversation, and which short dialogue it belongs to."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from conversations.database import announce
from conversations.messages import Sender
from conversations.models import Conversation, Message, now

SILENCE = timedelta(minutes=30)
"""After so long a silence the next message starts a fresh dialogue at Rasa."""

_BIDI_CONTROLS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def lock_conversation(session: Session, conversation_id: int) -> Conversation:
    """The conversation, fresh, and for this transaction alone to change.

    Whoever adds a message or changes the floor holds this lock, so that the order of message ids
    is the order in which readers see them. It is always taken before any other lock.

    Raises:
        LookupError: there is no such conversation.
    """
    query = select(Conversation).where(Conversation.id == conversation_id).with_for_update(of=Conversation)
    conversation = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if conversation is None:
        raise LookupError(f"no conversation {conversation_id}")
    return conversation


def clean_text(text: str) -> str:
    """Without control characters (line breaks and tabs stay), direction overrides and lone surrogates."""
    return "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or not _is_control(c))


def add_message(
    session: Session,
    conversation: Conversation,
    sender: Sender,
    text: str,
    body: dict[str, Any],
    officer_id: int | None = None,
) -> Message:
    """Append to a conversation that the caller has locked."""
    message = Message(
        conversation_id=conversation.id,
        sender=sender.value,
        text=text,
        body=body,
        officer_id=officer_id,
        created_at=now(),
    )
    session.add(message)
    conversation.last_message_at = message.created_at
    session.flush()
    announce(session, f"conversation:{conversation.id}")
    return message


def recent_messages(
    session: Session, conversation_id: int, after_id: int = 0, limit: int = 50
) -> list[Message]:
    """Messages in order, those of erased or expired content left out.

    Args:
        after_id: only later ones, the oldest `limit` of them; 0 for the last `limit` of all.
    """
    query = select(Message).where(Message.conversation_id == conversation_id, Message.erased_at.is_(None))
    if after_id:
        return list(session.scalars(query.where(Message.id > after_id).order_by(Message.id).limit(limit)))
    return list(session.scalars(query.order_by(Message.id.desc()).limit(limit)))[::-1]


def dialogue_sender_id(conversation: Conversation) -> str:
    """The sender id at Rasa: a new dialogue session means a new, short tracker."""
    return f"{conversation.id}-{conversation.dialogue_session}"


def start_dialogue_session(conversation: Conversation) -> None:
    """Begin a fresh dialogue at Rasa with the next message."""
    conversation.dialogue_session += 1


def rotate_after_silence(conversation: Conversation) -> None:
    """Begin a fresh dialogue if nobody has said anything for `SILENCE`."""
    if now() - conversation.last_message_at > SILENCE:
        start_dialogue_session(conversation)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or ord(character) in _BIDI_CONTROLS
