"""Feedback cases: the list, one case, and what officers do with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from starlette.responses import Response

from conversations import cases, merging, routing, units
from conversations.codes import parse_code
from conversations.folding import fold
from conversations.messages import Attachment
from conversations.models import Case, CaseEvent, Officer, now
from staff import talk
from staff.by_place import tiles
from staff.duplicates import similar
from staff.scope import find, leads, visible
from staff.views.casework import receivers, the_case
from staff.visit import Problem, Visit
from staff.words import labels

_Change = Callable[[Case], Case]

PAGE = 50
NOWHERE = 0
MAX_ANSWER = 4_000
"""Characters of a public answer."""


@dataclass(frozen=True)
class Filters:
    """Which cases are listed."""

    status: str = "open"
    category: str = ""
    words: str = ""
    unit: int | None = None
    """`NOWHERE`: those of no unit."""

    @classmethod
    def of(cls, value: Callable[..., str]) -> Filters:
        """From the fields of a request, each asked for by name and default."""
        unit = value("unit")
        return cls(
            status=value("status", "open"),
            category=value("category"),
            words=value("q")[:200],
            unit=int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 10 else None,
        )

    def fields(self) -> dict[str, str | int | None]:
        """The same as fields of a request."""
        return {"status": self.status, "category": self.category, "q": self.words, "unit": self.unit}

    def query(self, officer: Officer) -> Select[Case]:
        """Those that this officer sees, newest first."""
        query = self.anywhere(officer)
        if self.unit is not None:
            query = query.where(Case.unit_id == self.unit if self.unit else Case.unit_id.is_(None))
        return query

    def anywhere(self, officer: Officer) -> Select[Case]:
        """The same whatever the unit."""
        query = select(Case).where(Case.kind == "feedback", visible(officer)).order_by(Case.id.desc())
        if self.status == "open":
            query = query.where(Case.status != "closed")
        elif self.status == "overdue":
            query = query.where(Case.status != "closed", Case.due_at < now())
        elif self.status in labels()["case_status"]:
            query = query.where(Case.status == self.status)
        if self.category:
            query = query.where(Case.category == self.category)
        if self.words:
            code = parse_code(self.words) or self.words.upper()
            query = query.where(
                or_(Case.folded.contains(fold(self.words), autoescape=True), Case.code == code)
            )
        return query


def show(visit: Visit) -> Response:
    """The list, with filters."""
    filters = Filters.of(visit.query)
    before = visit.number("before")
    query = filters.query(visit.officer)
    if before is not None:
        query = query.where(Case.id < before)
    found = visit.session.scalars(query.limit(PAGE)).all()
    seen = (
        select(Case.category, Case.unit_id).where(Case.kind == "feedback", visible(visit.officer)).distinct()
    )
    used = visit.session.execute(seen).all()
    unit_ids = {row.unit_id for row in used}
    visit.record("case.list", "case:feedback", shown=len(found), searched=bool(filters.words))
    return visit.page(
        "feedback.html",
        cases=found,
        filters=filters,
        statuses=labels()["case_status"],
        categories=sorted({row.category for row in used if row.category}),
        units=[unit for unit in units.active(visit.session) if unit.id in unit_ids],
        tiles=tiles(visit.session, filters.anywhere(visit.officer)),
        merged=merging.counts(visit.session, [case.id for case in found]),
        nowhere=NOWHERE,
        earlier=found[-1].id if len(found) == PAGE else None,
    )


def case(visit: Visit) -> Response:
    """One case with its history."""
    return page(visit, the_case(visit, "feedback"))


def conversation(visit: Visit) -> Response:
    """The conversation in which it was filed."""
    case = the_case(visit, "feedback")
    before = visit.number("before")
    shown = talk.lines(visit.session, case.conversation_id, before=before)
    visit.record("conversation.read", f"conversation:{case.conversation_id}", case=case.code)
    earlier = shown[0].message.id if len(shown) == talk.PAGE else None
    return visit.page("feedback_talk.html", case=case, lines=shown, earlier=earlier)


def take(visit: Visit) -> Response:
    """Takes the case."""
    return _change(visit, "feedback_taken", lambda case: cases.take(visit.session, case.id, visit.officer))


def answer(visit: Visit) -> Response:
    """The public answer, under the code and told to the citizen; the case stays open."""
    return _change(
        visit,
        "feedback_answered",
        lambda case: cases.answer(visit.session, case.id, visit.officer, visit.text("text", MAX_ANSWER)),
    )


def close(visit: Visit) -> Response:
    """Closes with an outcome; the answer may be changed at the same time."""

    def with_outcome(case: Case) -> Case:
        outcome = visit.form.get("outcome", "")
        if outcome not in labels()["outcome"]:
            raise Problem("outcome")
        words = visit.text("text", MAX_ANSWER) if visit.form.get("text", "").strip() else None
        if words == case.public_answer:
            words = None
        return cases.close(visit.session, case.id, visit.officer, outcome, words)

    return _change(visit, "feedback_closed", with_outcome)


def merge(visit: Visit) -> Response:
    """Merges the case into another that was suggested, or whose code was typed."""

    def into(case: Case) -> Case:
        main = cases.find_by_code(visit.session, visit.form.get("code", ""))
        if main is None or main.kind != "feedback" or find(visit.session, main.id, visit.officer) is None:
            raise Problem("merge_code")
        if not leads(visit.officer) and case.assigned_to not in (None, visit.officer.id):
            raise Problem("not_your_case")
        return merging.merge(visit.session, case.id, main.id, visit.officer)

    return _change(visit, "merged", into)


def _change(visit: Visit, notice: str, change: _Change) -> Response:
    case = the_case(visit, "feedback")
    try:
        change(case)
    except Problem as problem:
        return page(visit, case, problem)
    except cases.CaseClosed:
        return page(visit, case, Problem("already_closed"))
    except cases.CaseTaken:
        name = case.officer.full_name if case.officer else ""
        return page(visit, case, Problem("feedback_taken_by", name=name))
    except cases.CaseError:
        return page(visit, case, Problem("merge_code"))
    return visit.redirect("feedback_case", id=case.id, notice=notice)


def page(visit: Visit, case: Case, problem: Problem | None = None) -> Response:
    """The whole page of a case, with what went wrong if something did."""
    visit.record("case.read", f"case:{case.id}")
    events = visit.session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
    ).all()
    usernames = {event.actor for event in events} | {event.detail for event in events}
    found = visit.session.execute(
        select(Officer.username, Officer.full_name).where(Officer.username.in_(usernames))
    )
    return visit.page(
        "feedback_case.html",
        problem.status if problem else 200,
        case=case,
        attachments=[Attachment.model_validate(item) for item in case.attachments],
        events=events,
        names=dict(found.all()),
        notes=routing.notes(visit.session, case.id),
        receivers=receivers(visit),
        duplicates=merging.duplicates(visit.session, case.id),
        similar=similar(visit.session, case, visit.officer) if case.status != "closed" else (),
        leads=leads(visit.officer),
        outcomes=labels()["outcome"],
        citizen_view=visit.console.citizen_view(case),
        problem=problem.text if problem else "",
        draft=visit.form.get("text") or case.public_answer or "",
        mine=case.assigned_to in (None, visit.officer.id),
    )
