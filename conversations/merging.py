"""Feedback about the same thing: one case is seen to, the others follow it and hear the same."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conversations.cases import CaseError, changed, close_as, locked_open, tell
from conversations.history import lock_conversation
from conversations.models import Case, Officer
from conversations.texts import notice


def merge(session: Session, case_id: int, into_id: int, by: Officer) -> Case:
    """Close a feedback case as a duplicate of another open one; the citizen is told, and later its answer.

    Raises:
        LookupError: there is no such case.
        CaseClosed: one of them is closed.
        CaseError: they are the same case, not both feedback, or the other is a duplicate itself.
    """
    if case_id == into_id:
        raise CaseError("a case is no duplicate of itself")
    _lock_both(session, (case_id, into_id))
    case, main = locked_open(session, case_id), locked_open(session, into_id)
    if {case.kind, main.kind} != {"feedback"}:
        raise CaseError("only feedback is merged")
    case.merged_into = main.id
    for follower in session.scalars(select(Case).where(Case.merged_into == case.id)):
        follower.merged_into = main.id
    close_as(session, case, by.username, "merged")
    changed(session, main, by.username, "merge", case.code)
    tell(session, case, notice("feedback_merged", code=case.code))
    return main


def duplicates(session: Session, case_id: int) -> list[Case]:
    """The cases merged into this one, oldest first."""
    return list(session.scalars(select(Case).where(Case.merged_into == case_id).order_by(Case.id)))


def counts(session: Session, case_ids: Sequence[int]) -> dict[int, int]:
    """How many cases were merged into each of these, where any were."""
    query = select(Case.merged_into, func.count()).where(Case.merged_into.in_(case_ids))
    found = session.execute(query.group_by(Case.merged_into))
    return {main: count for main, count in found if main}


def _lock_both(session: Session, case_ids: Sequence[int]) -> None:
    """Lock the conversations in one order, whoever merges what, so that nobody waits in a circle."""
    query = select(Case.conversation_id).where(Case.id.in_(case_ids)).distinct()
    for conversation_id in sorted(session.scalars(query)):
        lock_conversation(session, conversation_id)
