"""What people must see to: feedback, and conversations handed to an officer.

Every change of a case locks its conversation first, is kept in the case's history and the audit
log, and is told to the citizen through the outbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conversations import audit, following, outbox, units
from conversations.codes import new_code, possible_codes
from conversations.database import Database, announce
from conversations.folding import fold
from conversations.history import add_message, clean_text, lock_conversation, start_dialogue_session
from conversations.messages import Attachment, Floor, OutboundMessage, Sender
from conversations.models import Case, CaseEvent, Conversation, Officer, now
from conversations.texts import closing_notice, notice, waiting_notice

REPEAT_WINDOW = timedelta(minutes=10)
"""The same feedback of the same conversation within this time is one case."""

CITIZEN = "citizen"
SYSTEM = "system"


class CaseError(Exception):
    """A case cannot be changed in this way."""


class CaseClosed(CaseError):
    """The case is closed."""


class CaseTaken(CaseError):
    """Another officer has the case."""


def open_feedback(
    session: Session,
    conversation_id: int,
    *,
    content: str,
    category: str | None = None,
    place: str | None = None,
    happened: str | None = None,
    contact: str | None = None,
    consent: bool = False,
    attachments: Sequence[Attachment] = (),
    unit_code: str | None = None,
    due_at: datetime | None = None,
) -> Case:
    """Open a feedback case; the caller tells the citizen its code.

    The contact is stored only with consent. Repeating the same content soon after returns the case
    that exists, so that an action which is run again files nothing twice.

    Args:
        unit_code: of the unit whose business it is; one that we do not have leaves it to everyone.
        due_at: when its time limit ends.
    """
    conversation = lock_conversation(session, conversation_id)
    repeated = session.scalars(
        select(Case).where(
            Case.kind == "feedback",
            Case.conversation_id == conversation_id,
            Case.content == content,
            Case.created_at > now() - REPEAT_WINDOW,
        )
    ).first()
    if repeated is not None:
        return repeated
    if consent and conversation.person.consent_at is None:
        conversation.person.consent_at = now()
    case = Case(
        kind="feedback",
        code=_free_code(session, "feedback"),
        conversation=conversation,
        content=content,
        folded=fold(f"{content} {place or ''}"),
        category=category,
        place=place,
        happened=happened,
        contact=contact if consent else None,
        consent=consent,
        attachments=[attachment.model_dump(mode="json") for attachment in attachments],
        unit=units.by_code(session, unit_code) if unit_code else None,
        due_at=due_at,
    )
    return _opened(session, case)


def open_handoff(
    session: Session, conversation_id: int, reason: str, *, announce_citizen: bool = False, note: str = ""
) -> Case:
    """Ask for an officer: the floor goes to waiting. Returns the open case if there is one.

    Args:
        reason: requested, failures, anger, urgent, error, elsewhere.
        announce_citizen: tell the citizen through the outbox; else the caller does, e.g. with
            `handoff_notice`.
        note: one more sentence for that message, e.g. when the office opens.
    """
    conversation = lock_conversation(session, conversation_id)
    case = open_handoff_of(session, conversation_id)
    already = case is not None and conversation.floor != Floor.BOT
    if case is None:
        code = _free_code(session, "handoff")
        case = _opened(session, Case(kind="handoff", code=code, conversation=conversation, reason=reason))
    elif reason == "urgent" and case.reason != reason:
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
        outbox.enqueue(session, conversation, handoff_notice(session, case, note))
    return case


def open_handoff_of(session: Session, conversation_id: int) -> Case | None:
    """The open hand-over of a conversation, if there is one."""
    query = select(Case).where(
        Case.kind == "handoff", Case.conversation_id == conversation_id, Case.status != "closed"
    )
    return session.scalars(query).first()


def handoff_notice(session: Session, case: Case, note: str = "") -> OutboundMessage:
    """What to tell a citizen who waits: the code, how many are before, a button to leave."""
    query = (
        select(func.count())
        .select_from(Case)
        .join(Conversation, Conversation.id == Case.conversation_id)
        .where(
            Case.kind == "handoff",
            Case.status != "closed",
            Case.id < case.id,
            Conversation.floor == Floor.WAITING.value,
        )
    )
    return waiting_notice(case.code, session.scalar(query) or 0, note)


def find_by_code(session: Session, code: str) -> Case | None:
    """The case with that code; tolerant of case, spaces, missing dashes or prefix, and O for 0."""
    candidates = possible_codes(code)
    found = {case.code: case for case in session.scalars(select(Case).where(Case.code.in_(candidates)))}
    return next((found[candidate] for candidate in candidates if candidate in found), None)


def take(session: Session, case_id: int, officer: Officer) -> Case:
    """An officer takes the case; of a hand-over also the floor. Taking one's own again changes nothing.

    Raises:
        LookupError: there is no such case.
        CaseClosed: it is closed.
        CaseTaken: another officer has it.
    """
    case = locked_open(session, case_id)
    if case.assigned_to == officer.id and (case.kind == "feedback" or _has_floor(case)):
        return case
    if case.assigned_to not in (None, officer.id):
        raise CaseTaken(case.code)
    give_to(session, case, officer.id)
    case.status = "in_progress"
    changed(session, case, officer.username, "take")
    if case.kind == "handoff":
        case.conversation.floor = Floor.OFFICER.value
        tell(session, case, notice("handoff_taken", officer=officer.full_name))
    else:
        tell(session, case, notice("feedback_taken", code=case.code))
    return case


def answer(session: Session, case_id: int, officer: Officer, text: str) -> Case:
    """Say something to the citizen: in the chat of a hand-over, or as the public answer of feedback.

    The case is taken first if nobody has it.

    Raises:
        ValueError: the text is empty.
        LookupError, CaseClosed, CaseTaken: as `take`.
    """
    words = clean_text(text).strip()
    if not words:
        raise ValueError("an answer needs words")
    case = take(session, case_id, officer)
    if case.kind == "handoff":
        message = OutboundMessage(text=words, sender=Sender.OFFICER)
        outbox.enqueue(session, case.conversation, message, officer.id)
    else:
        case.public_answer = words
        _tell_all(session, case, "feedback_answered", answer=words)
    case.status = "answered"
    changed(session, case, officer.username, "answer")
    return case


def give_back(session: Session, case_id: int, officer: Officer) -> Case:
    """The officer is done with a hand-over: it closes and the assistant answers again.

    Raises:
        CaseError: it is a feedback case.
        LookupError, CaseClosed, CaseTaken: as `take`.
    """
    case = locked_open(session, case_id)
    if case.kind != "handoff":
        raise CaseError(f"{case.code} is not a hand-over")
    _require_own(case, officer)
    close_as(session, case, officer.username, "returned")
    tell(session, case, notice("handoff_given_back"))
    return case


def close(
    session: Session, case_id: int, officer: Officer, outcome: str, public_answer: str | None = None
) -> Case:
    """Close a case with an outcome; a public answer replaces the one there was.

    Raises:
        LookupError, CaseClosed, CaseTaken: as `take`.
    """
    case = locked_open(session, case_id)
    _require_own(case, officer)
    give_to(session, case, officer.id)
    words = clean_text(public_answer or "").strip()
    if words:
        case.public_answer = words
    close_as(session, case, officer.username, outcome)
    if case.kind == "handoff":
        tell(session, case, closing_notice(case.id, case.code))
    elif words:
        _tell_all(session, case, "feedback_closed_answer", answer=words)
    else:
        _tell_all(session, case, "feedback_closed")
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
    case = open_handoff(session, conversation_id, "elsewhere")
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
    case = open_handoff_of(session, conversation_id)
    if case is not None and case.status == "answered":
        case.status = "in_progress"
        case.updated_at = now()
    announce(session, "cases", f"conversation:{conversation_id}")


def cancel_handoff(session: Session, conversation_id: int) -> Case | None:
    """The citizen wants the assistant back. Returns the case that was closed, if one was open."""
    conversation = lock_conversation(session, conversation_id)
    case = open_handoff_of(session, conversation_id)
    if case is None:
        conversation.floor = Floor.BOT.value
    else:
        close_as(session, case, CITIZEN, "cancelled")
    outbox.enqueue(session, conversation, notice("handoff_cancelled"))
    return case


def expire_handoffs(db: Database, after: timedelta) -> list[int]:
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
        case = _locked(session, case_id)
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


def _has_floor(case: Case) -> bool:
    return case.conversation.floor == Floor.OFFICER


def give_to(session: Session, case: Case, officer_id: int | None) -> None:
    """Set whose case it is, of a case that is locked."""
    case.assigned_to = officer_id  # by id: the caller's officer may belong to another session
    session.flush()
    session.refresh(case, ["officer"])


def _require_own(case: Case, officer: Officer) -> None:
    if case.assigned_to not in (None, officer.id):
        raise CaseTaken(case.code)


def _locked(session: Session, case_id: int) -> Case:
    conversation_id = session.scalar(select(Case.conversation_id).where(Case.id == case_id))
    if conversation_id is None:
        raise LookupError(f"no case {case_id}")
    lock_conversation(session, conversation_id)
    return session.get_one(Case, case_id, populate_existing=True)


def locked_open(session: Session, case_id: int) -> Case:
    """An open case, fresh, with its conversation locked.

    Raises:
        LookupError: there is no such case.
        CaseClosed: it is closed.
    """
    case = _locked(session, case_id)
    if case.status == "closed":
        raise CaseClosed(case.code)
    return case


def _opened(session: Session, case: Case) -> Case:
    session.add(case)
    session.flush()
    changed(session, case, CITIZEN, "open", case.reason or case.category or "")
    return case


def close_as(session: Session, case: Case, actor: str, outcome: str) -> None:
    """Close a case that is locked; the caller tells the citizen."""
    case.status = "closed"
    case.outcome = outcome
    case.closed_at = now()
    if case.kind == "handoff":
        case.conversation.floor = Floor.BOT.value
        case.conversation.failures = 0
        start_dialogue_session(case.conversation)
    changed(session, case, actor, "close", outcome)


def changed(session: Session, case: Case, actor: str, action: str, detail: str = "") -> None:
    """Note a change in the history and the audit log, and wake up who looks at the case."""
    case.updated_at = now()
    session.add(CaseEvent(case_id=case.id, actor=actor, action=action, detail=detail))
    session.flush()
    audit.record(session, actor, f"case.{action}", f"case:{case.id}", {"kind": case.kind, "detail": detail})
    announce(session, "cases", f"conversation:{case.conversation_id}")


def tell(session: Session, case: Case, message: OutboundMessage) -> None:
    """Send the citizen a message; news of feedback goes to all who follow it."""
    if case.kind == "feedback":
        following.tell_listeners(session, case, message)
    else:
        outbox.enqueue(session, case.conversation, message)


def _tell_all(session: Session, case: Case, key: str, **values: str) -> None:
    """Tell the citizen of a feedback case, and those whose cases were merged into it."""
    followers = session.scalars(select(Case).where(Case.merged_into == case.id).order_by(Case.id))
    for one in (case, *followers):
        tell(session, one, notice(key, code=one.code, **values))


def _free_code(session: Session, kind: str) -> str:
    while True:
        code = new_code(kind)
        if session.scalar(select(Case.id).where(Case.code == code)) is None:
            return code
