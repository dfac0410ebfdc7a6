"""One conversation: read, take, answer, give back, close."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from starlette.responses import Response

from conversations import cases, handoffs, routing, typing
from conversations.messages import Attachment, Floor
from conversations.models import Case
from staff import talk
from staff.extract import Extract, to_look_up
from staff.suggestions import Suggestion
from staff.views import queue
from staff.views.casework import receivers, the_case
from staff.visit import Problem, Visit
from staff.words import label, labels

MAX_ANSWER = 2_000
"""Characters; the smallest limit among the channels (Zalo)."""
MAX_FILE_NAME = 100
"""Characters, counted from the end, where the ending is."""
SUGGESTIONS = 5

log = structlog.get_logger(__name__)


def show(visit: Visit) -> Response:
    """The whole conversation with its tools."""
    return page(visit, the_case(visit, "handoff"))


def messages(visit: Visit) -> Response:
    """What is new since message `after`; nothing (204) when neither messages nor state changed."""
    case = the_case(visit, "handoff")
    after = visit.number("after") or 0
    new = talk.lines(visit.session, case.conversation_id, after=after)
    changed = visit.query("state") != talk.state(case)
    undelivered = len(talk.undelivered(visit.session, case.conversation_id))
    if not new and not changed and undelivered == (visit.number("undelivered") or 0):
        return Response(status_code=204)
    return visit.page(
        "parts/news.html",
        case=case,
        lines=new,
        last=new[-1].message.id if new else after,
        state=talk.state(case),
        changed=changed,
        undelivered=undelivered,
        mine=_mine(visit, case),
        outcomes=labels()["outcome"],
    )


def suggestions(visit: Visit) -> Response:
    """Passages of the knowledge base for the citizen's last question, or for words typed (`q`)."""
    case = the_case(visit, "handoff")
    asked = visit.query("q")[:500]
    question = asked or to_look_up(talk.lines(visit.session, case.conversation_id), case)
    found: Sequence[Suggestion] = ()
    failed = False
    if question:
        try:
            found = visit.console.suggest(question)[:SUGGESTIONS]
        except Exception:
            log.exception("suggestions_failed", case=case.id)
            failed = True
    return visit.page("parts/suggestions.html", case=case, asked=asked, suggestions=found, failed=failed)


def take(visit: Visit) -> Response:
    """Takes the conversation; the second of two officers learns who was first."""
    case = the_case(visit, "handoff")
    try:
        cases.take(visit.session, case.id, visit.officer)
    except cases.CaseError as error:
        return page(visit, case, _problem(error, case))
    return visit.redirect("talk", id=case.id, notice="taken")


def answer(visit: Visit) -> Response:
    """Sends words to the citizen; only who has taken the conversation may."""
    case = the_case(visit, "handoff")
    try:
        files = _attached(visit)
        text = "" if files and not visit.form.get("text", "").strip() else visit.text("text", MAX_ANSWER)
        if not _mine(visit, case):
            raise _not_mine(case)
        cases.answer(visit.session, case.id, visit.officer, text, files)
    except Problem as problem:
        return _refused(visit, case, problem)
    except cases.CaseError as error:
        return _refused(visit, case, _problem(error, case))
    if visit.fragment:
        return Response(status_code=204, headers={"HX-Trigger": "answered"})
    return visit.redirect("talk", id=case.id, notice="answered")


def _attached(visit: Visit) -> list[Attachment]:
    """The file that came with an answer, stored.

    Raises:
        Problem: it is of no accepted type, or cannot be stored now.
    """
    upload, keep = visit.optional_upload, visit.console.keep_file
    if upload is None or keep is None:
        return []
    try:
        kept = keep(upload.content, upload.name[-MAX_FILE_NAME:])
    except OSError:
        raise Problem("file_store") from None
    if kept is None:
        raise Problem("file_type")
    return [kept]


def types(visit: Visit) -> Response:
    """The officer is typing: the citizen is shown it. Of others' conversations nothing is told."""
    case = the_case(visit, "handoff")
    if _mine(visit, case):
        typing.officer_types(visit.console.notifier, case.conversation_id)
    return Response(status_code=204)


def give_back(visit: Visit) -> Response:
    """Lets the assistant answer again."""
    case = the_case(visit, "handoff")
    try:
        if not _mine(visit, case):
            raise _not_mine(case)
        handoffs.give_back(visit.session, case.id, visit.officer)
    except Problem as problem:
        return page(visit, case, problem)
    except cases.CaseError as error:
        return page(visit, case, _problem(error, case))
    return visit.redirect("queue", view="mine", notice="given_back")


def close(visit: Visit) -> Response:
    """Closes with an outcome."""
    case = the_case(visit, "handoff")
    try:
        outcome = visit.form.get("outcome", "")
        if outcome not in labels()["outcome"]:
            raise Problem("outcome")
        if not _mine(visit, case):
            raise _not_mine(case)
        cases.close(visit.session, case.id, visit.officer, outcome)
    except Problem as problem:
        return page(visit, case, problem)
    except cases.CaseError as error:
        return page(visit, case, _problem(error, case))
    return visit.redirect("queue", view="mine", notice="closed")


def _mine(visit: Visit, case: Case) -> bool:
    """Whether this officer has the conversation and the floor in it."""
    return (
        case.status != "closed"
        and case.assigned_to == visit.officer.id
        and case.conversation.floor == Floor.OFFICER
    )


def _not_mine(case: Case) -> Problem:
    if case.status == "closed":
        return Problem("already_closed")
    return Problem("taken_by", name=case.officer.full_name) if case.officer else Problem("not_yours")


def _problem(error: cases.CaseError, case: Case) -> Problem:
    if isinstance(error, cases.CaseTaken) and case.officer is not None:
        return Problem("taken_by", name=case.officer.full_name)
    return Problem("already_closed" if isinstance(error, cases.CaseClosed) else "taken")


def _refused(visit: Visit, case: Case, problem: Problem) -> Response:
    """A problem of the answer box: beside it with htmx, so that the draft stays; else as a page."""
    if not visit.fragment:
        return page(visit, case, problem)
    response = visit.page("parts/problem.html", problem.status, problem=problem.text)
    response.headers["HX-Retarget"] = "#talk-problem"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def page(visit: Visit, case: Case, problem: Problem | None = None) -> Response:
    """The whole page, with what went wrong if something did."""
    before = visit.number("before")
    shown = talk.lines(visit.session, case.conversation_id, before=before)
    latest = shown if before is None else talk.lines(visit.session, case.conversation_id)
    visit.record("conversation.read", f"conversation:{case.conversation_id}", case=case.code)
    citizen = case.conversation.person.display_name or label("sender", "you")
    unit = visit.officer.unit.name if visit.officer.unit else label("sender", "centre")
    values = {"ten": citizen, "ten_can_bo": visit.officer.full_name, "don_vi": unit}
    return visit.page(
        "talk.html",
        problem.status if problem else 200,
        case=case,
        lines=shown,
        earlier=shown[0].message.id if len(shown) == talk.PAGE else None,
        live=before is None,
        last=shown[-1].message.id if shown else 0,
        state=talk.state(case),
        undelivered=len(talk.undelivered(visit.session, case.conversation_id)),
        mine=_mine(visit, case),
        extract=Extract.of(latest, case),
        understood=talk.last_understood(latest),
        canned=[(reply.title, reply.filled(**values, ma=case.code)) for reply in visit.console.canned],
        outcomes=labels()["outcome"],
        notes=routing.notes(visit.session, case.id),
        receivers=receivers(visit),
        problem=problem.text if problem else "",
        draft=visit.form.get("text", "") if problem else "",
        rows=queue.rail(visit),
    )
