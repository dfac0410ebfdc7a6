"""Feedback cases as a file; with personal data only for leaders, and written down."""

from __future__ import annotations

from starlette.responses import Response

from staff import export
from staff.views.feedback import Filters
from staff.visit import Problem, Visit
from staff.words import local

LIMIT = 10_000
"""Cases in one file; the newest where there are more."""
_TYPES = {
    "csv": ("text/csv; charset=utf-8", export.as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", export.as_xlsx),
}


def redacted(visit: Visit) -> Response:
    """The cases of the list, personal data hidden."""
    return _file(visit, Filters.of(visit.query), visit.query("format"), full=False)


def full(visit: Visit) -> Response:
    """The same with personal data; a reason has to be given for the audit log."""
    values = visit.form
    try:
        reason = visit.text("reason", 200)
    except Problem:
        return visit.redirect("feedback", problem="reason")
    filters = Filters.of(lambda name, default="": values.get(name, default).strip())
    return _file(visit, filters, values.get("format", ""), full=True, reason=reason)


def _file(visit: Visit, filters: Filters, kind: str, *, full: bool, reason: str = "") -> Response:
    media_type, write = _TYPES.get(kind, _TYPES["csv"])
    found = visit.session.scalars(filters.query(visit.officer).limit(LIMIT)).all()
    visit.record("case.export", "case:feedback", shown=len(found), full=full, reason=reason)
    rows = export.table(found, lambda moment: local(moment, visit.console.zone), full=full)
    name = f"phan-anh.{kind if kind in _TYPES else 'csv'}"
    return Response(
        write(rows), media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
