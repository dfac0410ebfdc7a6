"""What a web client sees of its conversation: messages after an id, and who is at work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from conversations.messages import AnswerStatus, Floor, Sender
from conversations.models import Conversation, InboxItem, Message

BATCH = 100
"""Messages sent at once; more follow in further batches."""

_RATABLE = {
    AnswerStatus.ANSWERED,
    AnswerStatus.GUIDE,
    AnswerStatus.OUT_OF_SCOPE,
    AnswerStatus.STATUS_LOOKUP,
    AnswerStatus.UNANSWERABLE,
}
"""Answers that are worth a thumb; questions back and small talk are not."""


@dataclass(frozen=True)
class Status:
    """Who answers now, and whether the assistant is working on an answer."""

    floor: str
    working: bool

    def body(self) -> dict[str, Any]:
        """As the client reads it."""
        return {"floor": self.floor, "working": self.working}

    def __str__(self) -> str:
        return f"{self.floor}{'+' if self.working else ''}"


@dataclass(frozen=True)
class News:
    """Messages in order of id, and the status after them."""

    messages: list[dict[str, Any]]
    status: Status
    more: bool
    """Whether a further batch waits."""


def read_news(session: Session, conversation_id: int, after: int) -> News:
    """Messages of a conversation with an id above `after`; with 0 only the last `BATCH`."""
    query = select(Message).where(
        Message.conversation_id == conversation_id, Message.id > after, Message.erased_at.is_(None)
    )
    order = Message.id.desc() if after == 0 else Message.id
    rows = list(session.scalars(query.order_by(order).limit(BATCH)))
    if after == 0:
        rows.reverse()
    more = after > 0 and len(rows) == BATCH
    return News([render(row) for row in rows], _status(session, conversation_id), more)


def _status(session: Session, conversation_id: int) -> Status:
    waiting = exists().where(
        InboxItem.conversation_id == conversation_id, InboxItem.status.in_(("new", "claimed"))
    )
    query = select(Conversation.floor, waiting).where(Conversation.id == conversation_id)
    floor, working = session.execute(query).one()
    return Status(floor, bool(working) and floor == Floor.BOT)


def render(message: Message) -> dict[str, Any]:
    """A message as the client reads it; keys that would be empty are left out."""
    body = message.body
    shown: dict[str, Any] = {
        "id": message.id,
        "sender": message.sender,
        "text": message.text,
        "at": message.created_at.isoformat(timespec="seconds"),
    }
    if message.sender == Sender.CITIZEN:
        shown["client_id"] = str(body.get("event_id", "")).rpartition(":")[2]
        names = [item.get("name") or item["kind"] for item in body.get("attachments", ())]
        return shown | ({"attachments": names} if names else {})
    extras = {key: body.get(key) for key in ("choices", "links", "checklist", "image_url")}
    meta = body.get("meta") or {}
    extras |= {"sources": meta.get("sources"), "ratable": meta.get("status") in _RATABLE}
    return shown | {key: value for key, value in extras.items() if value}
