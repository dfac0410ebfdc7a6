"""Figures for leaders."""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.responses import Response

from staff import charts, statistics
from staff.visit import Visit

SPANS = (7, 30, 90)
"""Days that can be chosen."""


def show(visit: Visit) -> Response:
    """Counts of the last days, today included."""
    span = visit.number("days")
    days = span if span in SPANS else SPANS[1]
    today = datetime.now(visit.console.zone).date()
    found = statistics.figures(visit.session, today - timedelta(days=days - 1), today, visit.console.zone)
    return visit.page(
        "analytics.html",
        figures=found,
        days=days,
        spans=SPANS,
        columns=charts.columns(found.days),
        busiest=max(figure.count or 0 for figure in found.days),
        width=charts.WIDTH,
        height=charts.HEIGHT,
        smallest=statistics.SMALLEST,
        share=charts.share,
    )
