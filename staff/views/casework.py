"""What is done with any case, a conversation or a feedback: notes among colleagues, and passing it on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.responses import Response

from conversations import routing, units
from conversations.cases import CaseClosed
from conversations.models import Case, Officer, Unit
from staff import scope
from staff.access import ANSWERING
from staff.visit import Problem, Visit

MAX_NOTE = 2_000
"""Characters."""
LISTS = {"handoff": "queue", "feedback": "feedback"}
"""Kind of a case to the route of its list."""
PAGES = {"handoff": "talk", "feedback": "feedback_case"}
"""Kind of a case to the route of its page."""


@dataclass(frozen=True)
class Receivers:
    """Whom a case may be passed on to."""

    units: list[Unit]
    officers: list[Officer]


def receivers(visit: Visit) -> Receivers:
    """Active units, and active officers who answer citizens."""
    answering = select(Officer).where(Officer.active, Officer.role.in_(sorted(ANSWERING)))
    officers = visit.session.scalars(answering.order_by(Officer.full_name))
    return Receivers(units.active(visit.session), list(officers))


def the_case(visit: Visit, kind: str | None = None) -> Case:
    """The case in the path: of that kind, and one that the officer may see; else 404."""
    case = scope.find(visit.session, visit.key(), visit.officer)
    if case is None or kind not in (None, case.kind):
        raise HTTPException(404)
    return case


def note(visit: Visit) -> Response:
    """Words for colleagues."""
    case = the_case(visit)
    try:
        routing.add_note(visit.session, case.id, visit.officer, _note(visit))
    except Problem as problem:
        return back(visit, case, problem=problem.key)
    return back(visit, case, notice="noted")


def transfer(visit: Visit) -> Response:
    """To a unit or an officer, with a note; by who has the case, by anyone if nobody has, or by leaders."""
    case = the_case(visit)
    try:
        _may_change(visit, case)
        words = _note(visit, needed=False)
        _pass_on(visit, case, visit.form.get("to", ""))
        if words:
            routing.add_note(visit.session, case.id, visit.officer, words)
    except Problem as problem:
        return back(visit, case, problem=problem.key)
    except CaseClosed:
        return back(visit, case, problem="already_closed")
    if scope.find(visit.session, case.id, visit.officer) is None:
        return visit.redirect(LISTS[case.kind], notice="transferred")
    return back(visit, case, notice="transferred")


def plan(visit: Visit) -> Response:
    """Priority and due day; by the same people as `transfer`. The day ends with working time."""
    case = the_case(visit)
    try:
        _may_change(visit, case)
        priority, day = visit.form.get("priority", ""), visit.form.get("due", "")
        if priority not in map(str, routing.PRIORITIES):
            raise Problem("priority")
        due_at = visit.console.calendar.closing(date.fromisoformat(day)) if day else None
        routing.plan(visit.session, case.id, int(priority), due_at, visit.officer)
    except Problem as problem:
        return back(visit, case, problem=problem.key)
    except ValueError:
        return back(visit, case, problem="day")
    except CaseClosed:
        return back(visit, case, problem="already_closed")
    return back(visit, case, notice="planned")


def back(visit: Visit, case: Case, **told: str) -> Response:
    """To the page of the case."""
    return visit.redirect(PAGES[case.kind], id=case.id, **told)


def _may_change(visit: Visit, case: Case) -> None:
    if not scope.leads(visit.officer) and case.assigned_to not in (None, visit.officer.id):
        raise Problem("not_your_case")


def _note(visit: Visit, *, needed: bool = True) -> str:
    words = visit.form.get("note", "").replace("\r\n", "\n").strip()
    if len(words) > MAX_NOTE or (needed and not words):
        raise Problem("note")
    return words


def _pass_on(visit: Visit, case: Case, to: str) -> None:
    kind, _, key = to.partition(":")
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0
    if kind == "unit":
        unit = visit.session.get(Unit, number)
        if unit is not None and unit.active:
            routing.transfer(visit.session, case.id, unit, visit.officer)
            return
    if kind == "officer":
        officer = visit.session.get(Officer, number)
        if officer is not None and officer.active and officer.role in ANSWERING:
            routing.assign(visit.session, case.id, officer, visit.officer)
            return
    raise Problem("receiver")
