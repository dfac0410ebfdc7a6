"""Daily counts: aggregates that are quick to read and outlive the messages they were made of.

Whatever happens is counted on the day it happens, so a day that is over never changes; the present
one is counted anew when somebody looks, at most once in `FRESH`.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Index, String, UniqueConstraint, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from conversations.database import Database, insert_new
from conversations.messages import AnswerStatus, Sender
from conversations.models import Base, Case, CaseEvent, Conversation, Message, Person, Vote, now

FRESH = timedelta(minutes=1)
"""How old the count of the present day may be."""
FIRST_ANSWER_MINUTES = (5, 15, 60, 240, 1_440)
"""Upper ends of the classes of `Measure.FIRST_ANSWER`; longer is `more`."""


UNMET = (AnswerStatus.UNANSWERABLE, AnswerStatus.CLARIFICATION, AnswerStatus.OUT_OF_SCOPE)
VOTED_DOWN = "voted_down"


class Measure(StrEnum):
    """What is counted; `Tally.name` says which kind of it."""

    QUESTION = "question"
    """Messages of citizens, by local hour, `00` to `23`."""
    PERSON = "person"
    """People who wrote, each once a day."""
    STATUS = "status"
    """Answers, by `AnswerStatus`."""
    PROCEDURE = "procedure"
    """Answers given, by the procedure they were about."""
    ASKED_BACK = "asked_back"
    """Questions asked back, by the procedure that was offered first."""
    HANDOFF = "handoff"
    """Conversations handed over, by reason."""
    FIRST_ANSWER = "first_answer"
    """Hand-overs that an officer answered for the first time, by minutes since they began."""
    VOTE = "vote"
    """Votes, `1` for helpful."""
    RATING = "rating"
    """Hand-overs whose citizens said what they thought of the officer's help, `1` for satisfied."""
    FEEDBACK = "feedback"
    """Feedback cases filed, by category."""
    COMMUNE = "commune"
    """Feedback cases filed, by the name of the unit whose business they are."""
    CLOSED = "closed"
    """Feedback cases closed, by outcome."""


class Tally(Base):
    """One count of one day."""

    __tablename__ = "tally"
    __table_args__ = (
        UniqueConstraint("day", "measure", "channel", "name"),
        Index("ix_tally_measure_day", "measure", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    measure: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120), default="")
    count: Mapped[int]


class TallyDay(Base):
    """When a day was last counted."""

    __tablename__ = "tally_day"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    counted_at: Mapped[datetime]


class UnmetAnswer(Base):
    """An answer that did not help, and the question before it, whose words stay where they are."""

    __tablename__ = "unmet_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int]
    """Of the citizen's message; it may have been purged since."""
    why: Mapped[str] = mapped_column(String(20))
    """One of `UNMET`, or `VOTED_DOWN`."""
    guess: Mapped[str | None] = mapped_column(String(160))
    """The procedure that was thought of first."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    """When it was answered or voted down."""


Counts = Counter[tuple[str, str, str]]
"""Number by measure, channel and name."""


def refresh(db: Database, zone: ZoneInfo, fresh: timedelta = FRESH) -> list[date]:
    """Count the days that are not final yet; next to nothing to do when all are.

    Args:
        zone: where days begin and end.
        fresh: how old the count of the present day may be.

    Returns:
        The days that were counted.
    """
    with db.session(read_only=True) as session:
        days = _stale(session, now(), zone, fresh)
    for day in days:
        with db.session() as session:
            _count_day(session, day, zone)
    return days


def _stale(session: Session, moment: datetime, zone: ZoneInfo, fresh: timedelta) -> list[date]:
    today = moment.astimezone(zone).date()
    firsts = [session.scalar(select(func.min(column))) for column in (Message.created_at, Case.created_at)]
    first = min((found.astimezone(zone).date() for found in firsts if found), default=today)
    counted = {row.day: row.counted_at for row in session.scalars(select(TallyDay))}
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    return [
        day
        for day in days
        if day not in counted or (counted[day] < bounds(day, day, zone)[1] and moment - counted[day] >= fresh)
    ]


def bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments at which the first day begins and the last one is over."""
    start = datetime.combine(first, time.min, zone)
    return start.astimezone(UTC), datetime.combine(last + timedelta(days=1), time.min, zone).astimezone(UTC)


def _count_day(session: Session, day: date, zone: ZoneInfo) -> None:
    insert_new(session, TallyDay, day=day, counted_at=datetime.fromtimestamp(0, UTC))
    mark = session.scalars(select(TallyDay).where(TallyDay.day == day).with_for_update()).one()
    counted_at = now()
    start, end = bounds(day, day, zone)
    counts: Counts = Counter()
    session.execute(delete(UnmetAnswer).where(UnmetAnswer.created_at >= start, UnmetAnswer.created_at < end))
    _count_messages(session, counts, start, end, zone)
    _count_cases(session, counts, start, end)
    _count_votes(session, counts, start, end)
    _count_ratings(session, counts, start, end)
    _note_voted_down(session, start, end)
    session.execute(delete(Tally).where(Tally.day == day))
    rows = [
        {"day": day, "measure": str(measure), "channel": channel, "name": name[:120], "count": count}
        for (measure, channel, name), count in counts.items()
    ]
    if rows:
        session.execute(insert(Tally), rows)
    mark.counted_at = counted_at


def _of_channel(query: Any, table: type[Message] | type[Case]) -> Any:
    """Join a query up to the person whose channel it is."""
    joined = query.join(Conversation, Conversation.id == table.conversation_id)
    return joined.join(Person, Person.id == Conversation.person_id)


def _count_messages(session: Session, counts: Counts, start: datetime, end: datetime, zone: ZoneInfo) -> None:
    said = select(
        Person.channel,
        Message.id,
        Message.conversation_id,
        Message.sender,
        Message.created_at,
        Message.body[("meta", "status")].as_string(),
        Message.body[("meta", "procedures", 0)].as_string(),
    ).select_from(Message)
    query = _of_channel(said, Message).where(Message.created_at >= start, Message.created_at < end)
    people: set[tuple[str, int]] = set()
    asked: dict[int, int] = {}
    for channel, id, conversation_id, sender, moment, status, procedure in session.execute(
        query.order_by(Message.id)
    ):
        if sender == Sender.CITIZEN:
            people.add((channel, conversation_id))
            asked[conversation_id] = id
            counts[Measure.QUESTION, channel, f"{moment.astimezone(zone):%H}"] += 1
        elif sender == Sender.BOT and status:
            counts[Measure.STATUS, channel, status] += 1
            if status in UNMET and conversation_id in asked:
                answer = {"why": status, "guess": procedure, "created_at": moment}
                session.add(UnmetAnswer(question_id=asked[conversation_id], **answer))
            if procedure and status == AnswerStatus.CLARIFICATION:
                counts[Measure.ASKED_BACK, channel, procedure] += 1
            elif procedure:
                counts[Measure.PROCEDURE, channel, procedure] += 1
    for channel, _ in people:
        counts[Measure.PERSON, channel, ""] += 1


def _count_cases(session: Session, counts: Counts, start: datetime, end: datetime) -> None:
    opened = _of_channel(select(Case, Person.channel), Case)
    for case, channel in session.execute(opened.where(Case.created_at >= start, Case.created_at < end)):
        if case.kind == "handoff":
            counts[Measure.HANDOFF, channel, case.reason or ""] += 1
        else:
            counts[Measure.FEEDBACK, channel, case.category or ""] += 1
            counts[Measure.COMMUNE, channel, case.unit.name if case.unit else ""] += 1
    closed = opened.where(Case.kind == "feedback", Case.closed_at >= start, Case.closed_at < end)
    for case, channel in session.execute(closed):
        counts[Measure.CLOSED, channel, case.outcome or ""] += 1
    earlier = aliased(CaseEvent)
    is_first = ~(
        select(earlier.id)
        .where(earlier.case_id == CaseEvent.case_id, earlier.action == "answer", earlier.id < CaseEvent.id)
        .exists()
    )
    answered = select(Person.channel, Case.created_at, CaseEvent.created_at).join(
        Case, Case.id == CaseEvent.case_id
    )
    query = _of_channel(answered, Case).where(
        Case.kind == "handoff",
        CaseEvent.action == "answer",
        CaseEvent.created_at >= start,
        CaseEvent.created_at < end,
        is_first,
    )
    for channel, began, answered_at in session.execute(query):
        counts[Measure.FIRST_ANSWER, channel, _minutes_class((answered_at - began).total_seconds() / 60)] += 1


def _count_votes(session: Session, counts: Counts, start: datetime, end: datetime) -> None:
    votes = select(Vote.helpful, Person.channel).join(Message, Message.id == Vote.message_id)
    query = _of_channel(votes, Message).where(Vote.created_at >= start, Vote.created_at < end)
    for helpful, channel in session.execute(query):
        counts[Measure.VOTE, channel, str(int(helpful))] += 1


def _count_ratings(session: Session, counts: Counts, start: datetime, end: datetime) -> None:
    """Each case once a day: the last word counts."""
    rated = select(CaseEvent.case_id, CaseEvent.detail, Person.channel).join(
        Case, Case.id == CaseEvent.case_id
    )
    query = _of_channel(rated, Case).where(
        CaseEvent.action == "rate", CaseEvent.created_at >= start, CaseEvent.created_at < end
    )
    last = {id: (detail, channel) for id, detail, channel in session.execute(query.order_by(CaseEvent.id))}
    for detail, channel in last.values():
        counts[Measure.RATING, channel, str(int(detail == "satisfied"))] += 1


def _note_voted_down(session: Session, start: datetime, end: datetime) -> None:
    question = aliased(Message)
    asked = select(func.max(question.id)).where(
        question.conversation_id == Message.conversation_id,
        question.id < Message.id,
        question.sender == Sender.CITIZEN,
    )
    guess = Message.body[("meta", "procedures", 0)].as_string()
    voted = select(asked.scalar_subquery(), guess, Vote.created_at).join(Vote, Vote.message_id == Message.id)
    query = voted.where(Vote.created_at >= start, Vote.created_at < end, Vote.helpful.is_(False))
    for question_id, procedure, moment in session.execute(query):
        if question_id is not None:
            answer = {"why": VOTED_DOWN, "guess": procedure, "created_at": moment}
            session.add(UnmetAnswer(question_id=question_id, **answer))


def _minutes_class(minutes: float) -> str:
    return next((str(limit) for limit in FIRST_ANSWER_MINUTES if minutes <= limit), "more")
