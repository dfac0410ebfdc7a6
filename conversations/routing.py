"""Who sees to a case: given to an officer or a unit, with words for the colleagues there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from conversations.cases import changed, give_to, locked_open, tell
from conversations.history import clean_text
from conversations.messages import Floor
from conversations.models import Case, CaseNote, Officer, Unit
from conversations.texts import notice

PRIORITIES = (0, 1, 2)
"""Normal, high, urgent."""


def assign(session: Session, case_id: int, officer: Officer, by: Officer) -> Case:
    """Give a case to an officer, whoever has it now; the citizen is told when it is new to everyone.

    Raises:
        LookupError: there is no such case.
        CaseClosed: it is closed.
    """
    case = locked_open(session, case_id)
    if case.assigned_to == officer.id:
        return case
    first = case.assigned_to is None
    give_to(session, case, officer.id)
    if case.status == "new":
        case.status = "in_progress"
    changed(session, case, by.username, "assign", officer.username)
    if case.kind == "handoff":
        case.conversation.floor = Floor.OFFICER.value
        tell(session, case, notice("handoff_taken", officer=officer.full_name))
    elif first:
        tell(session, case, notice("feedback_taken", code=case.code))
    return case


def transfer(session: Session, case_id: int, unit: Unit, by: Officer) -> Case:
    """Make a case the business of another unit, where nobody has taken it yet; the citizen is told.

    Raises:
        LookupError: there is no such case.
        CaseClosed: it is closed.
    """
    case = locked_open(session, case_id)
    if case.unit_id == unit.id and case.assigned_to is None:
        return case
    case.unit_id = unit.id
    case.status = "new"
    give_to(session, case, None)
    session.refresh(case, ["unit"])
    if case.kind == "handoff":
        case.conversation.floor = Floor.WAITING.value
    changed(session, case, by.username, "transfer", unit.name)
    tell(session, case, notice(f"{case.kind}_transferred", code=case.code, unit=unit.name))
    return case


def plan(session: Session, case_id: int, priority: int, due_at: datetime | None, by: Officer) -> Case:
    """Set how pressing a case is, and until when it is to be seen to.

    Raises:
        ValueError: no such priority.
        LookupError: there is no such case.
        CaseClosed: it is closed.
    """
    if priority not in PRIORITIES:
        raise ValueError(f"no such priority: {priority}")
    case = locked_open(session, case_id)
    if (case.priority, case.due_at) != (priority, due_at):
        case.priority, case.due_at = priority, due_at
        changed(session, case, by.username, "plan")
    return case


def add_note(session: Session, case_id: int, officer: Officer, text: str) -> CaseNote:
    """Words for colleagues; also on a closed case.

    Raises:
        ValueError: the text is empty.
        LookupError: there is no such case.
    """
    words = clean_text(text).strip()
    if not words:
        raise ValueError("a note needs words")
    case = session.get(Case, case_id)
    if case is None:
        raise LookupError(f"no case {case_id}")
    note = CaseNote(case_id=case_id, officer_id=officer.id, text=words)
    session.add(note)
    changed(session, case, officer.username, "note")
    return note


def notes(session: Session, case_id: int) -> list[CaseNote]:
    """The notes of a case, oldest first."""
    return list(session.scalars(select(CaseNote).where(CaseNote.case_id == case_id).order_by(CaseNote.id)))
