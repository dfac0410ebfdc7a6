"""Figures for leaders, read from the daily counts: none that could point at a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from conversations.models import Case, Unit
from conversations.tally import Measure, Tally

SMALLEST = 5
"""Counts below this are not shown."""
TOP = 12
"""Rows of a list of topics."""
WEEK = timedelta(days=7)

Sums = Mapping[Measure, Counter[str]]
"""Counts by measure and name."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A name and its count; None: below `SMALLEST`, or hidden lest such a one be worked out from it."""

    name: str
    count: int | None


@dataclass(frozen=True)
class Span:
    """Days, both included, of one channel or (empty) of all."""

    first: date
    last: date
    channel: str = ""

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> Span:
        """As many days, just before."""
        length = self.last - self.first + timedelta(days=1)
        return Span(self.first - length, self.first - timedelta(days=1), self.channel)

    def covers(self) -> list[ColumnElement[bool]]:
        """The condition on `Tally`."""
        conditions: list[ColumnElement[bool]] = [Tally.day.between(self.first, self.last)]
        if self.channel:
            conditions.append(Tally.channel == self.channel)
        return conditions


@dataclass(frozen=True)
class Trend:
    """How often a topic came up in the last seven days, and in the seven before (None: too few to show)."""

    name: str
    count: int
    before: int | None

    @property
    def growth(self) -> float:
        """Against the week before, in which hidden counts are taken for the most they may be."""
        return self.count / max(1, SMALLEST - 1 if self.before is None else self.before)


def sums(session: Session, span: Span) -> Sums:
    """All counts of a span, in one query."""
    found: dict[Measure, Counter[str]] = {measure: Counter() for measure in Measure}
    query = select(Tally.measure, Tally.name, func.sum(Tally.count)).where(*span.covers())
    for measure, name, count in session.execute(query.group_by(Tally.measure, Tally.name)):
        found[Measure(measure)][name] = int(count)
    return found


def daily(session: Session, span: Span, measure: Measure) -> tuple[Figure, ...]:
    """Counts of each day; the names are ISO dates."""
    query = select(Tally.day, func.sum(Tally.count)).where(*span.covers(), Tally.measure == measure)
    found = {day: int(count) for day, count in session.execute(query.group_by(Tally.day))}
    return suppressed({day.isoformat(): found.get(day, 0) for day in span.days}, ordered=False)


def by_channel(session: Session, span: Span) -> tuple[Figure, ...]:
    """Questions on each channel."""
    query = select(Tally.channel, func.sum(Tally.count)).where(
        *span.covers(), Tally.measure == Measure.QUESTION
    )
    return suppressed({name: int(count) for name, count in session.execute(query.group_by(Tally.channel))})


def hours(found: Sums) -> tuple[Figure, ...]:
    """Questions in each hour of the day."""
    return suppressed({f"{h:02}": found[Measure.QUESTION][f"{h:02}"] for h in range(24)}, ordered=False)


def top(counts: Mapping[str, int], limit: int = TOP) -> tuple[Figure, ...]:
    """The largest counts."""
    return suppressed(dict(Counter(counts).most_common(limit)))


def trends(session: Session, today: date, channel: str = "") -> list[Trend]:
    """Topics that come up more than in the week before, the fastest growing first."""
    week = Span(today - WEEK + timedelta(days=1), today, channel)
    present, past = (_counts(session, span, Measure.PROCEDURE) for span in (week, week.before))
    found = [
        Trend(name, count, shown(past[name]))
        for name, count in present.items()
        if count >= SMALLEST and count > past[name]
    ]
    return sorted(found, key=lambda trend: (-trend.growth, -trend.count, trend.name))[:TOP]


def overdue(session: Session, moment: datetime) -> tuple[Figure, ...]:
    """Open feedback cases past their due time, by unit; the name of those of no unit is empty."""
    return _open_cases(session, Case.kind == "feedback", Case.due_at < moment)


def kept_waiting(session: Session, moment: datetime, limit: timedelta) -> tuple[Figure, ...]:
    """Open hand-overs that began longer than `limit` ago, by unit."""
    return _open_cases(session, Case.kind == "handoff", Case.created_at < moment - limit)


def _counts(session: Session, span: Span, measure: Measure) -> Counter[str]:
    query = select(Tally.name, func.sum(Tally.count)).where(*span.covers(), Tally.measure == measure)
    found = session.execute(query.group_by(Tally.name))
    return Counter({name: int(count) for name, count in found})


def _open_cases(session: Session, *conditions: ColumnElement[bool]) -> tuple[Figure, ...]:
    query = (
        select(Unit.name, func.count())
        .select_from(Case)
        .outerjoin(Unit, Unit.id == Case.unit_id)
        .where(Case.status != "closed", *conditions)
        .group_by(Unit.name)
    )
    return suppressed({name or "": count for name, count in session.execute(query)})


def share(part: int, whole: int) -> float | None:
    """A share, None where either side is too small to show."""
    return part / whole if whole >= SMALLEST and (part >= SMALLEST or part == 0) else None


def shown(count: int) -> int | None:
    """A single count, hidden when it is small."""
    return None if 0 < count < SMALLEST else count


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


def rows(session: Session, span: Span) -> Iterator[tuple[date, Measure, Figure]]:
    """Every count of every day, the small ones hidden within their day and measure."""
    query = (
        select(Tally.day, Tally.measure, Tally.name, func.sum(Tally.count))
        .where(*span.covers())
        .group_by(Tally.day, Tally.measure, Tally.name)
        .order_by(Tally.day, Tally.measure, Tally.name)
    )
    for (day, measure), found in groupby(session.execute(query), key=itemgetter(0, 1)):
        kind = Measure(measure)
        for figure in suppressed({name: int(count) for _, _, name, count in found}, ordered=False):
            yield day, kind, figure
