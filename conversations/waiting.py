"""While a citizen waits for an officer: their words are kept, and now and then they hear how it stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from conversations import handoffs, outbox
from conversations.cases import CITIZEN, SYSTEM, locked
from conversations.database import Database
from conversations.history import lock_conversation
from conversations.messages import Floor, OutboundMessage
from conversations.models import Case, CaseEvent, Conversation, now
from conversations.texts import notice, reminder

MOST_REMINDERS = 2
"""A citizen who waits hears no more than so many times how it stands."""
_REMIND, _MESSAGE = "remind", "message_left"


def message_left(session: Session, conversation_id: int) -> OutboundMessage | None:
    """What to say, once, to a citizen who writes while nobody is at work; None when it has been said."""
    conversation = lock_conversation(session, conversation_id)
    case = handoffs.current(session, conversation_id)
    if case is None or conversation.floor != Floor.WAITING or _times(session, case, _MESSAGE):
        return None
    session.add(CaseEvent(case_id=case.id, actor=CITIZEN, action=_MESSAGE))
    return notice("message_left", code=case.code)


def remind(db: Database, after: timedelta) -> int:
    """Tell those who have waited for `after` since they were last told how many are before them now.

    To be called while officers are at work. Nothing else of the case changes, so that it still expires.

    Returns:
        How many were told.
    """
    cutoff = now() - after
    waiting = (
        select(Case)
        .join(Conversation, Conversation.id == Case.conversation_id)
        .where(
            Case.kind == "handoff",
            Case.status != "closed",
            Case.assigned_to.is_(None),
            Case.created_at < cutoff,
            Conversation.floor == Floor.WAITING.value,
        )
        .order_by(Case.id)
    )
    with db.session(read_only=True) as session:
        cases = session.scalars(waiting).all()
        candidates = [case.id for case in cases if _is_due(session, case, cutoff)]
    return sum(_remind(db, case_id, cutoff) for case_id in candidates)


def _remind(db: Database, case_id: int, cutoff: datetime) -> bool:
    with db.session() as session:
        case = locked(session, case_id)
        still_waits = case.status != "closed" and case.conversation.floor == Floor.WAITING
        if not still_waits or not _is_due(session, case, cutoff):
            return False
        session.add(CaseEvent(case_id=case.id, actor=SYSTEM, action=_REMIND))
        outbox.enqueue(session, case.conversation, _how_it_stands(session, case))
        return True


def _is_due(session: Session, case: Case, cutoff: datetime) -> bool:
    told = _times(session, case, _REMIND)
    return len(told) < MOST_REMINDERS and max(told, default=case.created_at) < cutoff


def _how_it_stands(session: Session, case: Case) -> OutboundMessage:
    return reminder(case.code, handoffs.ahead(session, case), unit=handoffs.unit_name(case))


def _times(session: Session, case: Case, action: str) -> list[datetime]:
    events = select(CaseEvent.created_at).where(CaseEvent.case_id == case.id, CaseEvent.action == action)
    return list(session.scalars(events))
