"""Figures for leaders: overview, topics, service; as a table and as the month's report."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session
from starlette.responses import Response

from conversations import tally
from conversations.messages import AnswerStatus, Channel
from conversations.models import now
from conversations.tally import Measure
from staff import charts, learning, report, statistics
from staff.statistics import SMALLEST, Span
from staff.visit import Visit
from staff.words import label, labels

SPANS = (7, 30, 90)
"""Days that can be chosen."""
PATIENCE = timedelta(hours=4)
"""A conversation that has been with officers for longer has waited too long."""
ANSWERS = (AnswerStatus.ANSWERED, AnswerStatus.GUIDE, AnswerStatus.STATUS_LOOKUP)
REFUSALS = (AnswerStatus.UNANSWERABLE, AnswerStatus.OUT_OF_SCOPE, AnswerStatus.ERROR)
JUDGED = (*ANSWERS, *REFUSALS, AnswerStatus.CLARIFICATION)


def show(visit: Visit) -> Response:
    """How much was asked, when and where, and how it was dealt with."""
    span = _span(visit)
    with _counted(visit) as session:
        found = statistics.sums(session, span)
        return _page(
            visit,
            "analytics.html",
            span,
            found=found,
            questions=statistics.shown(found[Measure.QUESTION].total()),
            people=statistics.shown(found[Measure.PERSON].total()),
            shares=_shares(found),
            escalated=statistics.share(found[Measure.HANDOFF].total(), found[Measure.PERSON].total()),
            days=statistics.daily(session, span, Measure.QUESTION),
            hours=statistics.hours(found),
            channels=statistics.by_channel(session, span),
            statuses=statistics.suppressed(found[Measure.STATUS]),
            procedures=statistics.top(found[Measure.PROCEDURE]),
            helpful=statistics.share(found[Measure.VOTE]["1"], found[Measure.VOTE].total()),
            votes=statistics.shown(found[Measure.VOTE].total()),
        )


def topics(visit: Visit) -> Response:
    """What is asked, what rises, what has to be asked back."""
    span = _span(visit)
    with _counted(visit) as session:
        found = statistics.sums(session, span)
        return _page(
            visit,
            "analytics_topics.html",
            span,
            procedures=statistics.top(found[Measure.PROCEDURE], 20),
            asked_back=statistics.top(found[Measure.ASKED_BACK]),
            trends=statistics.trends(session, span.last, span.channel),
            unmet=_unmet(visit, session),
        )


def service(visit: Visit) -> Response:
    """What officers had to do, how quickly they did it, and what is late."""
    span = _span(visit)
    with _counted(visit) as session:
        found = statistics.sums(session, span)
        first = found[Measure.FIRST_ANSWER]
        classes = [*map(str, tally.FIRST_ANSWER_MINUTES), "more"]
        return _page(
            visit,
            "analytics_service.html",
            span,
            handoffs=statistics.shown(found[Measure.HANDOFF].total()),
            filed=statistics.shown(found[Measure.FEEDBACK].total()),
            closed=statistics.shown(found[Measure.CLOSED].total()),
            prompt=statistics.share(first["5"] + first["15"], first.total()),
            satisfied=statistics.share(found[Measure.RATING]["1"], found[Measure.RATING].total()),
            ratings=statistics.shown(found[Measure.RATING].total()),
            first_answer=statistics.suppressed({name: first[name] for name in classes}, ordered=False),
            reasons=statistics.suppressed(found[Measure.HANDOFF]),
            categories=statistics.suppressed(found[Measure.FEEDBACK]),
            communes=statistics.top(found[Measure.COMMUNE]),
            outcomes=statistics.suppressed(found[Measure.CLOSED]),
            waiting=statistics.kept_waiting(session, now(), PATIENCE),
            overdue=statistics.overdue(session, now()),
        )


def table(visit: Visit) -> Response:
    """The counts of each day as CSV, the small ones hidden."""
    span = _span(visit)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(labels()["csv"].values())
    measures = {measure: label("measure", measure) for measure in Measure}
    few = f"< {SMALLEST}"
    with _counted(visit) as session:
        writer.writerows(
            (day, measures[measure], figure.name, few if figure.count is None else figure.count)
            for day, measure, figure in statistics.rows(session, span)
        )
    visit.record("analytics.export", "analytics", days=len(span.days))
    name = f"so-lieu-{span.first}-{span.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv", headers=headers)


def monthly(visit: Visit) -> Response:
    """The report of a month as PDF; the month before this one unless another is asked for."""
    first = _month(visit.query("month"), _today(visit))
    span = Span(first, _month_end(first))
    with _counted(visit) as session:
        content = report.monthly(session, span, visit.console.title_of)
    visit.record("analytics.report", "analytics", month=f"{first:%Y-%m}")
    headers = {"Content-Disposition": f'attachment; filename="bao-cao-{first:%Y-%m}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@contextmanager
def _counted(visit: Visit) -> Iterator[Session]:
    """A session that sees counts up to date; the visit's own may have begun before they were made."""
    tally.refresh(visit.console.db, visit.console.zone)
    with visit.console.db.session(read_only=True) as session:
        yield session


def _page(visit: Visit, template: str, span: Span, **values: Any) -> Response:
    return visit.page(
        template,
        span=span,
        length=len(span.days),
        lengths=SPANS,
        channel=span.channel,
        all_channels=[channel.value for channel in Channel],
        last_month=_month("", _today(visit)),
        smallest=SMALLEST,
        charts=charts,
        **values,
    )


def _unmet(visit: Visit, session: Session) -> list[learning.Group]:
    """The largest groups of questions that were not met, in the last `learning.SPAN`."""
    groups = learning.grouped(learning.unmet(session), visit.console.knowledge.encode)
    return [group for group in groups if group.count >= SMALLEST][: statistics.TOP]


def _shares(found: statistics.Sums) -> dict[str, float | None]:
    """What share of questions ended how."""
    counts = found[Measure.STATUS]
    whole = sum(counts[status] for status in JUDGED)
    kinds = {
        "answered": ANSWERS,
        "asked_back": (AnswerStatus.CLARIFICATION,),
        "refused": REFUSALS,
    }
    return {
        name: statistics.share(sum(counts[status] for status in statuses), whole)
        for name, statuses in kinds.items()
    }


def _span(visit: Visit) -> Span:
    chosen = visit.number("days")
    days = chosen if chosen in SPANS else SPANS[1]
    today = _today(visit)
    channel = visit.query("channel")
    return Span(today - timedelta(days=days - 1), today, channel if channel in set(Channel) else "")


def _today(visit: Visit) -> date:
    return datetime.now(visit.console.zone).date()


def _month(text: str, today: date) -> date:
    """The first day of a month such as `2026-10`; of the last whole month for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _month_end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
