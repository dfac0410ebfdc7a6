"""A conversation in an officer's hands: asked for, given back, given up, run out.

The steps that every case has – take, answer, close – are in `cases`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from conversations import outbox
from conversations.cases import (
    CITIZEN,
    SYSTEM,
    CaseError,
    changed,
    close_as,
    free_code,
    give_to,
    locked,
    locked_open,
    opened,
    require_own,
    tell,
)
from conversations.database import Database, announce
from conversations.history import add_message, clean_text, lock_conversation, start_dialogue_session
from conversations.messages import Floor, OutboundMessage, Sender
from conversations.models import Case, Conversation, Officer, now
from conversations.texts import notice, waiting_notice

URGENT = "urgent"
"""The reason that goes before all others."""


def request(
    session: Session, conversation_id: int, reason: str, *, announce_citizen: bool = False, note: str = ""
) -> Case:
    """Ask for an officer: the floor goes to waiting. Returns the open case if there is one.

    Args:
        reason: requested, failures, anger, urgent, error, elsewhere.
        announce_citizen: tell the citizen through the outbox; else the caller does, e.g. with
            `place_in_queue`.
        note: one more sentence for that message, e.g. when the office opens.
    """
    conversation = lock_conversation(session, conversation_id)
    case = current(session, conversation_id)
    already = case is not None and conversation.floor != Floor.BOT
    if case is None:
        code = free_code(session, "handoff")
        case = opened(session, Case(kind="handoff", code=code, conversation=conversation, reason=reason))
    elif reason == URGENT and case.reason != reason:
        case.reason = reason
        changed(session, case, CITIZEN, "handoff.urgent")
    elif not already:
        changed(session, case, CITIZEN, "handoff.again", reason)
    if conversation.floor == Floor.BOT:
        conversation.floor = Floor.WAITING.value
    session.flush()
    if announce_citizen and reason == "error":
        outbox.enqueue(session, conversation, notice("handoff_error"))
    if announce_citizen and not already:
        outbox.enqueue(session, conversation, place_in_queue(session, case, note))
    return case


def current(session: Session, conversation_id: int) -> Case | None:
    """The open hand-over of a conversation, if there is one."""
    query = select(Case).where(
        Case.kind == "handoff", Case.conversation_id == conversation_id, Case.status != "closed"
    )
    return session.scalars(query).first()


def ahead(session: Session, case: Case) -> int:
    """How many citizens wait before this one for the same officers: urgent ones first, then who came first.

    Officers of a unit see its cases and those of no unit; a case of no unit waits with its like.
    """
    is_urgent = Case.reason.is_not_distinct_from(URGENT)
    urgent = case.reason == URGENT
    sooner = and_(Case.priority == case.priority, Case.id < case.id) | (Case.priority > case.priority)
    before = is_urgent & sooner if urgent else is_urgent | sooner
    same_officers = Case.unit_id.is_(None) | (Case.unit_id == case.unit_id)
    query = (
        select(func.count())
        .select_from(Case)
        .join(Conversation, Conversation.id == Case.conversation_id)
        .where(
            Case.kind == "handoff",
            Case.status != "closed",
            Case.id != case.id,
            same_officers,
            before,
            Conversation.floor == Floor.WAITING.value,
        )
    )
    return session.scalar(query) or 0


def place_in_queue(session: Session, case: Case, note: str = "") -> OutboundMessage:
    """What to tell a citizen who waits: the code, how many are before and where, a button to leave."""
    return waiting_notice(case.code, ahead(session, case), note, unit=unit_name(case))


def unit_name(case: Case) -> str:
    """Of the unit whose officers a citizen waits for; empty where it is any officer."""
    return case.unit.name if case.unit else ""


def give_back(session: Session, case_id: int, officer: Officer) -> Case:
    """The officer is done with a hand-over: it closes and the assistant answers again.

    Raises:
        CaseError: it is a feedback case.
        LookupError, CaseClosed, CaseTaken: as `take`.
    """
    case = locked_open(session, case_id)
    if case.kind != "handoff":
        raise CaseError(f"{case.code} is not a hand-over")
    require_own(case, officer)
    close_as(session, case, officer.username, "returned")
    tell(session, case, notice("handoff_given_back"))
    return case


def rate(session: Session, conversation_id: int, case_id: int, satisfied: bool) -> None:
    """Note what a citizen thought of the officer's help in a case of theirs; the last word counts."""
    conversation = lock_conversation(session, conversation_id)
    case = session.scalars(
        select(Case).where(Case.id == case_id, Case.conversation_id == conversation_id)
    ).first()
    if case is None:
        return
    case.satisfied = satisfied
    changed(session, case, CITIZEN, "rate", "satisfied" if satisfied else "unsatisfied")
    outbox.enqueue(session, conversation, notice("satisfied_thanks" if satisfied else "unsatisfied_thanks"))


def answered_elsewhere(session: Session, conversation_id: int, text: str) -> Case:
    """An officer wrote to the citizen in the channel's own tool: the floor is theirs from now on.

    The words join the conversation as an officer's. The hand-over has no officer of ours; any may take
    it, and it expires like others.
    """
    case = request(session, conversation_id, "elsewhere")
    conversation = lock_conversation(session, conversation_id)
    conversation.floor = Floor.OFFICER.value
    message = OutboundMessage(text=clean_text(text), sender=Sender.OFFICER)
    add_message(session, conversation, Sender.OFFICER, message.text, message.model_dump(mode="json"))
    case.status = "answered"
    changed(session, case, SYSTEM, "answer_elsewhere")
    return case


def citizen_wrote(session: Session, conversation_id: int) -> None:
    """Note that a message waits for an officer: an answered hand-over is not answered any more."""
    lock_conversation(session, conversation_id)
    case = current(session, conversation_id)
    if case is not None and case.status == "answered":
        case.status = "in_progress"
        case.updated_at = now()
    announce(session, "cases", f"conversation:{conversation_id}")


def cancel(session: Session, conversation_id: int) -> Case | None:
    """The citizen wants the assistant back. Returns the case that was closed, if one was open."""
    conversation = lock_conversation(session, conversation_id)
    case = current(session, conversation_id)
    if case is None:
        conversation.floor = Floor.BOT.value
    else:
        close_as(session, case, CITIZEN, "cancelled")
    outbox.enqueue(session, conversation, notice("handoff_cancelled"))
    return case


def expire(db: Database, after: timedelta) -> list[int]:
    """Give the floor back to the assistant where nothing has happened for `after`, and say so.

    Where the officer answered last, the case is closed. Where the citizen still waits, it stays open
    and free for any officer, who may still take it.

    Returns:
        The ids of those cases.
    """
    cutoff = now() - after
    overdue = select(Case.id).where(Case.kind == "handoff", Case.status != "closed", Case.updated_at < cutoff)
    on_floor = overdue.join(Conversation, Conversation.id == Case.conversation_id).where(
        Conversation.floor != Floor.BOT.value
    )
    with db.session(read_only=True) as session:
        candidates = list(session.scalars(on_floor))
    return [case_id for case_id in candidates if _expire(db, case_id, cutoff)]


def _expire(db: Database, case_id: int, cutoff: datetime) -> bool:
    with db.session() as session:
        case = locked(session, case_id)
        if case.status == "closed" or case.updated_at >= cutoff or case.conversation.floor == Floor.BOT:
            return False
        if case.status == "answered":
            close_as(session, case, SYSTEM, "returned")
            tell(session, case, notice("handoff_given_back"))
            return True
        case.status = "new"
        give_to(session, case, None)
        case.conversation.floor = Floor.BOT.value
        start_dialogue_session(case.conversation)
        changed(session, case, SYSTEM, "expire")
        tell(session, case, notice("handoff_expired", code=case.code))
        return True
