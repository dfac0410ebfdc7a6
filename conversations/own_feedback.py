"""What citizens do with their own feedback after they filed it: add to it, or take it back."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from conversations import cases, linking
from conversations.folding import fold
from conversations.history import clean_text
from conversations.models import Case, now
from conversations.texts import say

WITHDRAWN = "withdrawn"
"""Outcome of a feedback that its filer took back."""


def filed(session: Session, conversation_id: int) -> list[Case]:
    """The feedback of a citizen, on all channels that they linked, newest first."""
    mine = Case.conversation_id.in_(linking.conversations(session, conversation_id))
    return list(session.scalars(select(Case).where(Case.kind == "feedback", mine).order_by(Case.id.desc())))


def open_ones(session: Session, conversation_id: int) -> list[Case]:
    """Those that are not closed."""
    return [case for case in filed(session, conversation_id) if case.status != "closed"]


def add(session: Session, case_id: int, text: str) -> Case:
    """Write more into a feedback, under the day; one that was answered is under way again.

    Raises:
        ValueError: the text is empty.
        LookupError: there is no such case.
        CaseClosed: it is closed.
    """
    words = clean_text(text).strip()
    if not words:
        raise ValueError("an addition needs words")
    case = cases.locked_open(session, case_id)
    case.content += "\n\n" + say("feedback_added", day=f"{now():%d/%m/%Y}", text=words)
    case.folded = fold(f"{case.content} {case.place or ''}")
    if case.status == "answered":
        case.status = "in_progress"
    cases.changed(session, case, cases.CITIZEN, "add")
    return case


def withdraw(session: Session, case_id: int) -> Case:
    """Close a feedback because its filer takes it back.

    Raises:
        LookupError: there is no such case.
        CaseClosed: it is closed.
    """
    case = cases.locked_open(session, case_id)
    cases.close_as(session, case, cases.CITIZEN, WITHDRAWN)
    return case
