"""What people must see to, and the steps every case has: open, take, answer, close.

What only a conversation handed to an officer has is in `handoffs`. Every change of a case locks its
conversation first, is kept in the case's history and the audit log, and is told to the citizen
through the outbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from conversations import audit, following, linking, outbox, units
from conversations.codes import new_code, possible_codes
from conversations.database import announce
from conversations.folding import fold
from conversations.history import clean_text, lock_conversation, start_dialogue_session
from conversations.messages import Attachment, Floor, OutboundMessage, Sender
from conversations.models import Case, CaseEvent, Officer, now
from conversations.texts import closing_notice, notice

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
        code=free_code(session, "feedback"),
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
    return opened(session, case)


def own_codes(session: Session, conversation_id: int) -> list[str]:
    """The codes of a citizen's cases, on all channels that they linked, newest first."""
    mine = Case.conversation_id.in_(linking.conversations(session, conversation_id))
    return list(session.scalars(select(Case.code).where(mine).order_by(Case.id.desc())))


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


def answer(
    session: Session, case_id: int, officer: Officer, text: str, attachments: Sequence[Attachment] = ()
) -> Case:
    """Say something to the citizen: in the chat of a hand-over, or as the public answer of feedback.

    The case is taken first if nobody has it.

    Args:
        attachments: of our store, for the chat.

    Raises:
        ValueError: the text is empty, and nothing is attached.
        LookupError, CaseClosed, CaseTaken: as `take`.
    """
    words = clean_text(text).strip()
    if not words and not attachments:
        raise ValueError("an answer needs words")
    case = take(session, case_id, officer)
    if case.kind == "handoff":
        message = OutboundMessage(text=words, attachments=tuple(attachments), sender=Sender.OFFICER)
        outbox.enqueue(session, case.conversation, message, officer.id)
    else:
        case.public_answer = words
        _tell_all(session, case, "feedback_answered", answer=words)
    case.status = "answered"
    changed(session, case, officer.username, "answer")
    return case


def close(
    session: Session, case_id: int, officer: Officer, outcome: str, public_answer: str | None = None
) -> Case:
    """Close a case with an outcome; a public answer replaces the one there was.

    Raises:
        LookupError, CaseClosed, CaseTaken: as `take`.
    """
    case = locked_open(session, case_id)
    require_own(case, officer)
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


def _has_floor(case: Case) -> bool:
    return case.conversation.floor == Floor.OFFICER


def give_to(session: Session, case: Case, officer_id: int | None) -> None:
    """Set whose case it is, of a case that is locked."""
    case.assigned_to = officer_id  # by id: the caller's officer may belong to another session
    session.flush()
    session.refresh(case, ["officer"])


def require_own(case: Case, officer: Officer) -> None:
    """Raises CaseTaken where another officer has the case."""
    if case.assigned_to not in (None, officer.id):
        raise CaseTaken(case.code)


def locked(session: Session, case_id: int) -> Case:
    """A case, fresh, with its conversation locked.

    Raises:
        LookupError: there is no such case.
    """
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
    case = locked(session, case_id)
    if case.status == "closed":
        raise CaseClosed(case.code)
    return case


def opened(session: Session, case: Case) -> Case:
    """The new case, stored and noted as opened by the citizen."""
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


def free_code(session: Session, kind: str) -> str:
    """A code that no case has."""
    while True:
        code = new_code(kind)
        if session.scalar(select(Case.id).where(Case.code == code)) is None:
            return code
