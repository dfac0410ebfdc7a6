"""One conversation as an officer reads it: messages with what the assistant understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from conversations.messages import (
    AnswerMeta,
    Attachment,
    Choice,
    InboundMessage,
    Link,
    OutboundMessage,
    Sender,
)
from conversations.models import Case, Message, Officer, OutboxItem

PAGE = 150
"""Messages shown at once; earlier ones are a link away."""


@dataclass(frozen=True)
class Line:
    """A message ready to show."""

    message: Message
    officer: str | None = None
    attachments: tuple[Attachment, ...] = ()
    choices: tuple[Choice, ...] = ()
    links: tuple[Link, ...] = ()
    checklist: tuple[str, ...] = ()
    meta: AnswerMeta | None = None
    undelivered: str | None = None
    """Why it never reached the citizen."""


def lines(
    session: Session, conversation_id: int, *, after: int | None = None, before: int | None = None
) -> list[Line]:
    """Messages in order: the last `PAGE`, those after one, or the `PAGE` before one."""
    query = select(Message).where(Message.conversation_id == conversation_id)
    if after is not None:
        messages = list(session.scalars(query.where(Message.id > after).order_by(Message.id).limit(PAGE)))
    else:
        if before is not None:
            query = query.where(Message.id < before)
        messages = list(session.scalars(query.order_by(Message.id.desc()).limit(PAGE)))[::-1]
    names = officer_names(session, [message.officer_id for message in messages if message.officer_id])
    failed = undelivered(session, conversation_id)
    return [
        _line(message, names.get(message.officer_id or 0), failed.get(message.id)) for message in messages
    ]


def undelivered(session: Session, conversation_id: int) -> dict[int, str]:
    """Why messages of a conversation never reached the citizen, by id; not those that were sent again."""
    dead = select(OutboxItem.message_id, OutboxItem.error).where(
        OutboxItem.conversation_id == conversation_id, OutboxItem.status == "dead"
    )
    return {id: error or "" for id, error in session.execute(dead)}


def officer_names(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Full names by id, in one query."""
    if not ids:
        return {}
    found = session.execute(select(Officer.id, Officer.full_name).where(Officer.id.in_(set(ids))))
    return dict(found.all())


def last_understood(talk: Sequence[Line]) -> AnswerMeta | None:
    """What the assistant made of the latest question that it answered itself."""
    return next((line.meta for line in reversed(talk) if line.meta is not None), None)


def state(case: Case) -> str:
    """Changes whenever the bar above the talk and the box below it must be drawn anew."""
    return f"{case.status}.{case.assigned_to or 0}.{case.conversation.floor}"


def _line(message: Message, officer: str | None, undelivered: str | None = None) -> Line:
    try:
        if message.sender == Sender.CITIZEN:
            received = InboundMessage.model_validate(message.body)
            return Line(message, officer, attachments=received.attachments)
        said = OutboundMessage.model_validate(message.body)
    except ValidationError:  # erased, or written by an earlier version: the text alone is shown
        return Line(message, officer, undelivered=undelivered)
    return Line(
        message,
        officer,
        attachments=said.attachments,
        choices=said.choices,
        links=said.links,
        checklist=said.checklist,
        meta=said.meta,
        undelivered=undelivered,
    )
