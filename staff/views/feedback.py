"""Feedback cases: the list, one case, and what officers do with it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Select, or_, select
from starlette.responses import Response

from conversations import cases, routing
from conversations.codes import parse_code
from conversations.messages import Attachment
from conversations.models import Case, CaseEvent, Officer, now
from staff import talk
from staff.scope import leads, visible
from staff.views.casework import receivers, the_case
from staff.visit import Problem, Visit
from staff.words import labels

_Change = Callable[[Case], Case]

PAGE = 50
MAX_ANSWER = 4_000
"""Characters of a public answer."""


def show(visit: Visit) -> Response:
    """The list, with filters."""
    status, category, words = visit.query("status", "open"), visit.query("category"), visit.query("q")[:200]
    before = visit.number("before")
    query = _filtered(status, category, words).where(visible(visit.officer))
    if before is not None:
        query = query.where(Case.id < before)
    found = visit.session.scalars(query.order_by(Case.id.desc()).limit(PAGE)).all()
    used = select(Case.category).where(
        Case.kind == "feedback", Case.category.is_not(None), visible(visit.officer)
    )
    visit.record("case.list", "case:feedback", shown=len(found), searched=bool(words))
    return visit.page(
        "feedback.html",
        cases=found,
        status=status,
        category=category,
        words=words,
        statuses=labels()["case_status"],
        categories=sorted(name for name in visit.session.scalars(used.distinct()) if name),
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


def _filtered(status: str, category: str, words: str) -> Select[Case]:
    query = select(Case).where(Case.kind == "feedback")
    if status == "open":
        query = query.where(Case.status != "closed")
    elif status == "overdue":
        query = query.where(Case.status != "closed", Case.due_at < now())
    elif status in labels()["case_status"]:
        query = query.where(Case.status == status)
    if category:
        query = query.where(Case.category == category)
    if words:
        like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        code = parse_code(words)
        matches = [Case.content.ilike(like, escape="\\"), Case.place.ilike(like, escape="\\")]
        query = query.where(or_(*matches, Case.code == (code or words.upper())))
    return query


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
        leads=leads(visit.officer),
        outcomes=labels()["outcome"],
        problem=problem.text if problem else "",
        draft=visit.form.get("text") or case.public_answer or "",
        mine=case.assigned_to in (None, visit.officer.id),
    )
