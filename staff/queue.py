"""What the queue shows: conversations handed over, with their last message, in three queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from conversations.messages import Sender
from conversations.models import Case, Message, Officer, now
from staff.scope import visible

PAGE = 60


class QueueView(StrEnum):
    """The tabs of the queue."""

    WAITING = "waiting"
    MINE = "mine"
    ALL = "all"
    CLOSED = "closed"


@dataclass(frozen=True)
class Row:
    """One conversation in the queue."""

    case: Case
    last: Message | None
    waiting_since: datetime | None
    """When the citizen began to wait for an officer; None when it is the officer's turn no longer."""

    @property
    def name(self) -> str | None:
        """What the channel calls the citizen."""
        return self.case.conversation.person.display_name


def overdue(item: Case) -> bool:
    """Whether a case should have been seen to by now."""
    return item.due_at is not None and item.due_at < now() and item.status != "closed"


def rows(session: Session, view: QueueView, officer: Officer, limit: int = PAGE) -> list[Row]:
    """The conversations of a tab: urgent and longest waiting first, closed ones latest first."""
    query = select(Case).where(_belongs(view, officer), visible(officer))
    cases = session.scalars(_ordered(query, view).limit(limit)).all()
    last = last_messages(session, [item.conversation_id for item in cases])
    return [_row(item, last.get(item.conversation_id)) for item in cases]


def counts(session: Session, officer: Officer) -> dict[QueueView, int]:
    """How many conversations are on each tab, in one query."""
    columns = [func.count(case((_belongs(view, officer), 1))) for view in QueueView]
    query = select(*columns).select_from(Case).where(Case.kind == "handoff", visible(officer))
    found = session.execute(query).one()
    return dict(zip(QueueView, found, strict=True))


def waiting(session: Session, officer: Officer) -> int:
    """How many conversations wait for this officer or a colleague."""
    query = select(func.count()).select_from(Case)
    query = query.where(_belongs(QueueView.WAITING, officer), visible(officer))
    return session.scalars(query).one()


def last_messages(session: Session, conversation_ids: Sequence[int]) -> dict[int, Message]:
    """The latest message of each conversation that is not the system's, in one query."""
    if not conversation_ids:
        return {}
    newest = (
        select(func.max(Message.id))
        .where(Message.conversation_id.in_(conversation_ids), Message.sender != Sender.SYSTEM)
        .group_by(Message.conversation_id)
    )
    found = session.scalars(select(Message).where(Message.id.in_(newest)))
    return {message.conversation_id: message for message in found}


def _belongs(view: QueueView, officer: Officer) -> ColumnElement[bool]:
    handed_over = Case.kind == "handoff"
    match view:
        case QueueView.WAITING:
            return and_(handed_over, Case.status != "closed", Case.assigned_to.is_(None))
        case QueueView.MINE:
            return and_(handed_over, Case.status != "closed", Case.assigned_to == officer.id)
        case QueueView.ALL:
            return and_(handed_over, Case.status != "closed")
        case QueueView.CLOSED:
            return and_(handed_over, Case.status == "closed")


def _ordered(query: Select[Case], view: QueueView) -> Select[Case]:
    if view is QueueView.CLOSED:
        return query.order_by(Case.closed_at.desc(), Case.id.desc())
    unclaimed_first = case((Case.assigned_to.is_(None), 0), else_=1)
    urgent_first = case((Case.reason == "urgent", 0), else_=1)
    return query.order_by(unclaimed_first, urgent_first, Case.priority.desc(), Case.created_at, Case.id)


def _row(item: Case, last: Message | None) -> Row:
    since: datetime | None = None
    if item.status != "closed":
        if item.assigned_to is None or last is None or last.sender == Sender.BOT:
            since = item.created_at
        elif last.sender == Sender.CITIZEN:
            since = last.created_at
    return Row(item, last, since)
