"""What a web client sees of its conversation: messages after an id, and the status after them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.web_status import Status, read_status
from conversations.calendar import Calendar
from conversations.messages import AnswerStatus, Sender
from conversations.models import Message

BATCH = 100
"""Messages sent at once; more follow in further batches."""


@dataclass(frozen=True)
class News:
    """Messages in order of id, and the status after them."""

    messages: list[dict[str, Any]]
    status: Status
    more: bool
    """Whether a further batch waits."""


def read_news(session: Session, conversation_id: int, after: int, calendar: Calendar) -> News:
    """Messages of a conversation with an id above `after`; with 0 only the last `BATCH`."""
    query = select(Message).where(
        Message.conversation_id == conversation_id, Message.id > after, Message.erased_at.is_(None)
    )
    order = Message.id.desc() if after == 0 else Message.id
    rows = list(session.scalars(query.order_by(order).limit(BATCH)))
    if after == 0:
        rows.reverse()
    more = after > 0 and len(rows) == BATCH
    status = read_status(session, conversation_id, calendar)
    return News([render(row, status.notice) for row in rows], status, more)


def render(message: Message, notice: str | None = None) -> dict[str, Any]:
    """A message as the client reads it; keys that would be empty are left out.

    Args:
        notice: the emergency notice that the client shows already, so that no answer repeats it.
    """
    body = message.body
    shown: dict[str, Any] = {
        "id": message.id,
        "sender": message.sender,
        "text": message.text.removeprefix(f"{notice}\n\n") if notice else message.text,
        "at": message.created_at.isoformat(timespec="seconds"),
    }
    if message.sender == Sender.CITIZEN:
        shown["client_id"] = str(body.get("event_id", "")).rpartition(":")[2]
        names = [item.get("name") or item["kind"] for item in body.get("attachments", ())]
        return shown | ({"attachments": names} if names else {})
    extras = {key: body.get(key) for key in ("choices", "links", "checklist", "image_url")}
    sent = [{"title": one["name"] or one["kind"], "url": one["url"]} for one in body.get("attachments", ())]
    extras["links"] = [*(extras["links"] or ()), *(link for link in sent if link["url"])]
    meta = body.get("meta") or {}
    extras |= {"sources": meta.get("sources"), "ratable": _is_answer(body, meta)}
    return shown | {key: value for key, value in extras.items() if value}


def _is_answer(body: dict[str, Any], meta: dict[str, Any]) -> bool:
    """Whether a thumb is worth asking for: not for greetings, questions back, and the steps of a guide."""
    status = meta.get("status")
    return status == AnswerStatus.ANSWERED or (status == AnswerStatus.GUIDE and bool(body.get("checklist")))
