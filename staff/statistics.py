"""Figures for leaders: aggregates only, and none that could point at a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Select, String, cast, func, select
from sqlalchemy.orm import Session

from conversations.messages import Sender
from conversations.models import Case, Conversation, Message, Person

SMALLEST = 5
"""Counts below this are not shown."""


@dataclass(frozen=True)
class Figure:
    """A name and its count; None: below `SMALLEST`, or hidden lest such a one be worked out from it."""

    name: str
    count: int | None


@dataclass(frozen=True)
class Figures:
    """What the analytics page shows for a span of days."""

    first: date
    last: date
    questions: int | None
    """Messages of citizens."""
    people: int | None
    days: tuple[Figure, ...]
    """Questions a day; the name is the ISO date."""
    channels: tuple[Figure, ...]
    statuses: tuple[Figure, ...]
    """How the assistant dealt with questions, by `AnswerStatus`."""
    procedures: tuple[Figure, ...]
    """The ten that were asked about most, by code."""
    handoffs: int | None
    """Conversations handed over to officers."""
    reasons: tuple[Figure, ...]
    """Why conversations were handed over."""
    feedback: tuple[Figure, ...]
    """Feedback cases by status."""


def figures(session: Session, first: date, last: date, zone: ZoneInfo) -> Figures:
    """Counts from the first to the last day, both included, in local time."""
    start = datetime.combine(first, time.min, zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time.min, zone).astimezone(UTC)
    spoken = (Message.created_at >= start, Message.created_at < end)
    asked = (*spoken, Message.sender == Sender.CITIZEN)
    answered = (*spoken, Message.sender == Sender.BOT)
    opened = (Case.created_at >= start, Case.created_at < end)
    status = Message.body[("meta", "status")].as_string()
    procedure = Message.body[("meta", "procedures", 0)].as_string()
    day = _local_day(session, first, zone)

    channels = _counts(
        session,
        select(Person.channel, func.count())
        .select_from(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Person, Person.id == Conversation.person_id)
        .where(*asked)
        .group_by(Person.channel),
    )
    reasons = _counts(
        session,
        select(Case.reason, func.count())
        .where(*opened, Case.kind == "handoff", Case.reason.is_not(None))
        .group_by(Case.reason),
    )
    people = session.scalars(select(func.count(Message.conversation_id.distinct())).where(*asked)).one()
    days = _counts(session, select(day, func.count()).where(*asked).group_by(day))
    every_day = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    return Figures(
        first=first,
        last=last,
        questions=_shown(sum(channels.values())),
        people=_shown(people),
        days=suppressed({name: days.get(name, 0) for name in every_day}, ordered=False),
        channels=suppressed(channels),
        statuses=suppressed(
            _counts(
                session,
                select(status, func.count()).where(*answered, status.is_not(None)).group_by(status),
            )
        ),
        procedures=suppressed(
            _counts(
                session,
                select(procedure, func.count())
                .where(*answered, procedure.is_not(None))
                .group_by(procedure)
                .order_by(func.count().desc(), procedure)
                .limit(10),
            )
        ),
        handoffs=_shown(sum(reasons.values())),
        reasons=suppressed(reasons),
        feedback=suppressed(
            _counts(
                session,
                select(Case.status, func.count())
                .where(*opened, Case.kind == "feedback")
                .group_by(Case.status),
            )
        ),
    )


def suppressed(counts: Mapping[str, int], *, ordered: bool = True) -> tuple[Figure, ...]:
    """Counts with the small ones hidden; zero stays zero.

    Where exactly one is small the next smallest is hidden too: else the total would give it away.
    """
    hidden = {name for name, count in counts.items() if 0 < count < SMALLEST}
    if len(hidden) == 1:
        others = [name for name, count in counts.items() if count >= SMALLEST]
        if others:
            hidden.add(min(others, key=lambda name: counts[name]))
    names = sorted(counts, key=lambda name: (-counts[name], name)) if ordered else list(counts)
    return tuple(Figure(name, None if name in hidden else counts[name]) for name in names)


def _shown(count: int) -> int | None:
    return None if 0 < count < SMALLEST else count


def _counts(session: Session, query: Select[Any, int]) -> dict[str, int]:
    return {str(name): count for name, count in session.execute(query)}


def _local_day(session: Session, around: date, zone: ZoneInfo) -> ColumnElement[str]:
    """The local date of a message. Vietnam has no summer time, so one offset serves the whole span."""
    if session.get_bind().dialect.name == "sqlite":
        offset = datetime.combine(around, time.min, zone).utcoffset() or timedelta()
        return func.date(Message.created_at, f"{int(offset.total_seconds() // 60)} minutes")
    return cast(cast(func.timezone(zone.key, Message.created_at), Date), String)
