"""The queue and the number of those who wait."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from staff import queue
from staff.queue import QueueView
from staff.visit import Visit


def home(visit: Visit) -> Response:
    """The first page that the role may open."""
    first = next(route for route in ("queue", "announcements", "audit", "account") if visit.may(route))
    return visit.redirect(first, notice=visit.query("notice"))


def show(visit: Visit) -> Response:
    """The whole page."""
    return visit.page("queue.html", **_values(visit))


def rows(visit: Visit) -> Response:
    """The list alone, for live updates: on the page, or beside a conversation (`current`)."""
    current = visit.number("current")
    if current is not None:
        return visit.page("parts/rail.html", current=current, rows=rail(visit))
    return visit.page("parts/queue_panel.html", **_values(visit))


def waiting(visit: Visit) -> Response:
    """How many wait, for the navigation of every page."""
    return visit.page("parts/waiting.html")


def rail(visit: Visit) -> list[queue.Row]:
    """The open conversations that concern this officer, for the column beside a conversation."""
    mine = queue.rows(visit.session, QueueView.MINE, visit.officer)
    return mine + queue.rows(visit.session, QueueView.WAITING, visit.officer)


def _values(visit: Visit) -> dict[str, Any]:
    wanted = visit.query("view", QueueView.WAITING)
    view = QueueView(wanted) if wanted in set(QueueView) else QueueView.WAITING
    return {
        "view": view.value,
        "rows": queue.rows(visit.session, view, visit.officer),
        "counts": queue.counts(visit.session, visit.officer),
    }
