"""Announcements as citizens are given them; they are written on the pages of `knowledge`."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from staff.visit import Visit


def show(visit: Visit) -> Response:
    """All of them, newest first, with whether each is shown to citizens today."""
    today = datetime.now(visit.console.zone).date()
    found = sorted(visit.console.announcements(), key=lambda item: item.published, reverse=True)
    return visit.page("announcements.html", announcements=found, today=today)
