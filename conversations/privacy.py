"""Personal data: hide it in text, hand it out to its owner, erase it, let it expire.

Erasing removes words, names and contacts and leaves what statistics need: times, senders, and
what the assistant understood (`AnswerMeta`). Cases that are open keep their content, redacted.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from conversations import audit, following, linking
from conversations.database import Database, announce
from conversations.folding import fold
from conversations.history import lock_conversation, start_dialogue_session
from conversations.messages import Channel, Floor
from conversations.models import (
    Case,
    CaseEvent,
    CaseNote,
    Conversation,
    InboxItem,
    JournalEntry,
    Message,
    OutboxItem,
    Person,
    Vote,
    now,
)
from conversations.redaction import redact as redact

_BATCH = 500


@dataclass(frozen=True)
class Purged:
    """What `purge` removed."""

    people: int
    messages: int
    cases: int
    events: int
    """Inbox and outbox items."""


def find_person(session: Session, channel: Channel, external_id: str) -> Person | None:
    """The person as a channel knows them."""
    return session.scalars(select(Person).filter_by(channel=channel.value, external_id=external_id)).first()


def export_person(session: Session, person_id: int, *, actor: str = "system") -> dict[str, Any]:
    """Everything kept about a person, as JSON can hold it, with what linked channels keep.

    Raises:
        LookupError: there is no such person.
    """
    person = session.get(Person, person_id)
    if person is None:
        raise LookupError(f"no person {person_id}")
    audit.record(session, actor, "person.export", f"person:{person_id}")
    _, *others = linking.people(session, person)
    return _exported(session, person) | {"linked": [_exported(session, other) for other in others]}


def _exported(session: Session, person: Person) -> dict[str, Any]:
    conversation = session.scalars(select(Conversation).filter_by(person_id=person.id)).first()
    conversation_id = conversation.id if conversation else None
    messages = session.scalars(
        select(Message).filter_by(conversation_id=conversation_id, erased_at=None).order_by(Message.id)
    )
    cases = session.scalars(select(Case).filter_by(conversation_id=conversation_id).order_by(Case.id))
    return {
        "person": {
            "channel": person.channel,
            "external_id": person.external_id,
            "display_name": person.display_name,
            "consent_at": _written(person.consent_at),
            "created_at": _written(person.created_at),
        },
        "messages": [_exported_message(message) for message in messages],
        "cases": [_exported_case(session, case) for case in cases],
    }


def erase_person(session: Session, person_id: int, *, actor: str = "system", linked: bool = True) -> None:
    """Make a person unknown; if they write again, they are a new one.

    Args:
        linked: on all channels that they linked, not on this one alone.

    Raises:
        LookupError: there is no such person.
    """
    person = session.get(Person, person_id)
    if person is None:
        raise LookupError(f"no person {person_id}")
    everyone = linking.people(session, person) if linked else [person]
    for one in sorted(everyone, key=lambda one: one.id):
        _erase_person(session, one, actor)


def _erase_person(session: Session, person: Person, actor: str) -> None:
    person_id = person.id
    conversation_id = session.scalar(select(Conversation.id).filter_by(person_id=person_id))
    if conversation_id is not None:
        conversation = lock_conversation(session, conversation_id)
        _erase_queues(session, conversation_id)
        following.forget(session, conversation_id)
        linking.leave(session, conversation_id)
        _erase_messages(session, session.scalars(select(Message).filter_by(conversation_id=conversation_id)))
        for case in session.scalars(select(Case).filter_by(conversation_id=conversation_id)):
            _erase_case(session, case)
        conversation.floor = Floor.BOT.value
        start_dialogue_session(conversation)
        announce(session, f"conversation:{conversation_id}", "cases")
    person.external_id = f"erased:{secrets.token_hex(16)}"
    person.display_name = None
    person.consent_at = None
    person.erasure_requested_at = None
    session.flush()
    audit.record(session, actor, "person.erase", f"person:{person_id}")


def request_erasure(session: Session, conversation_id: int) -> None:
    """Note that the person of a conversation wants to be forgotten; `erase_requested` does it.

    Raises:
        LookupError: there is no such conversation.
    """
    lock_conversation(session, conversation_id).person.erasure_requested_at = now()


def erase_requested(db: Database) -> int:
    """Erase the people who asked for it and whose answers have all left; how many."""
    under_way = [
        select(OutboxItem.id)
        .where(OutboxItem.conversation_id == Conversation.id, OutboxItem.status.in_(["pending", "claimed"]))
        .exists(),
        select(InboxItem.id)
        .where(InboxItem.conversation_id == Conversation.id, InboxItem.status.in_(["new", "claimed"]))
        .exists(),
    ]
    asked = (
        select(Person.id)
        .join(Conversation, Conversation.person_id == Person.id)
        .where(Person.erasure_requested_at.is_not(None), *(~one for one in under_way))
    )
    with db.session(read_only=True) as session:
        person_ids = list(session.scalars(asked))
    for person_id in person_ids:
        with db.session() as session:
            erase_person(session, person_id, actor="citizen")
    return len(person_ids)


def purge(db: Database, older_than: timedelta, *, actor: str = "system") -> Purged:
    """Erase what is older than the retention time: people long silent, words, closed cases, queue items.

    A person with an open case is kept until it is closed.
    """
    cutoff = now() - older_than
    people = _purge_people(db, cutoff, actor)
    messages = _purge_messages(db, cutoff)
    with db.session() as session:
        old_cases = list(
            session.scalars(
                select(Case).where(Case.closed_at < cutoff, (Case.content != "") | Case.contact.is_not(None))
            )
        )
        for case in old_cases:
            _erase_case(session, case)
        inbox = delete(InboxItem).where(
            InboxItem.received_at < cutoff, InboxItem.status.in_(["done", "dead"])
        )
        outbox = delete(OutboxItem).where(
            OutboxItem.created_at < cutoff, OutboxItem.status.in_(["sent", "dead", "resent", "erased"])
        )
        aside = delete(JournalEntry).where(JournalEntry.received_at < cutoff)
        events = sum(_rows(session, statement) for statement in (inbox, outbox, aside))
        purged = Purged(people, messages, len(old_cases), events)
        audit.record(session, actor, "purge", f"before:{cutoff.date()}", vars(purged))
    return purged


def _purge_people(db: Database, cutoff: datetime, actor: str) -> int:
    silent = (
        select(Person.id)
        .join(Conversation, Conversation.person_id == Person.id)
        .where(
            Conversation.last_message_at < cutoff,
            ~Person.external_id.startswith("erased:"),
            ~select(Case.id).where(Case.conversation_id == Conversation.id, Case.status != "closed").exists(),
        )
    )
    with db.session(read_only=True) as session:
        person_ids = list(session.scalars(silent))
    for person_id in person_ids:
        with db.session() as session:
            erase_person(session, person_id, actor=actor, linked=False)
    return len(person_ids)


def _purge_messages(db: Database, cutoff: datetime) -> int:
    count = 0
    while True:
        with db.session() as session:
            old = select(Message).where(Message.created_at < cutoff, Message.erased_at.is_(None))
            batch = list(session.scalars(old.limit(_BATCH)))
            _erase_messages(session, batch)
        count += len(batch)
        if len(batch) < _BATCH:
            return count


def _erase_queues(session: Session, conversation_id: int) -> None:
    session.execute(
        update(InboxItem)
        .where(InboxItem.conversation_id == conversation_id)
        .values(body={}, status="done", claimed_until=None, error=None)
    )
    unsent = OutboxItem.status.in_(["pending", "claimed"])
    session.execute(
        update(OutboxItem)
        .where(OutboxItem.conversation_id == conversation_id, unsent)
        .values(status="erased", claimed_until=None)
    )
    session.execute(
        update(OutboxItem)
        .where(OutboxItem.conversation_id == conversation_id)
        .values(body={}, external_user_id="")
    )


def _erase_messages(session: Session, messages: Iterable[Message]) -> None:
    ids = []
    for message in messages:
        ids.append(message.id)
        message.text = ""
        message.body = {"meta": message.body["meta"]} if message.body.get("meta") else {}
        message.erased_at = message.erased_at or now()
    session.flush()
    for start in range(0, len(ids), _BATCH):
        session.execute(
            update(Vote).where(Vote.message_id.in_(ids[start : start + _BATCH])).values(reason=None)
        )


def _erase_case(session: Session, case: Case) -> None:
    is_open = case.status != "closed" and case.kind == "feedback"
    session.execute(delete(CaseNote).where(CaseNote.case_id == case.id))
    case.contact = None
    case.folded = ""
    case.consent = False
    case.attachments = []
    if is_open:
        case.content = redact(case.content)
        case.place = redact(case.place) if case.place else None
        case.folded = fold(f"{case.content} {case.place or ''}")
        case.happened = redact(case.happened) if case.happened else None
        return
    case.content = ""
    case.place = None
    case.happened = None
    case.public_answer = None
    if case.status != "closed":
        case.status = "closed"
        case.outcome = "erased"
        case.closed_at = now()
    session.execute(update(CaseEvent).where(CaseEvent.case_id == case.id).values(detail=""))


def _exported_message(message: Message) -> dict[str, Any]:
    return {
        "at": _written(message.created_at),
        "sender": message.sender,
        "text": message.text,
        "attachments": message.body.get("attachments", []),
    }


def _exported_case(session: Session, case: Case) -> dict[str, Any]:
    events = session.scalars(select(CaseEvent).filter_by(case_id=case.id).order_by(CaseEvent.id))
    return {
        "code": case.code,
        "kind": case.kind,
        "status": case.status,
        "category": case.category,
        "reason": case.reason,
        "content": case.content,
        "place": case.place,
        "happened": case.happened,
        "contact": case.contact,
        "consent": case.consent,
        "attachments": case.attachments,
        "public_answer": case.public_answer,
        "outcome": case.outcome,
        "created_at": _written(case.created_at),
        "closed_at": _written(case.closed_at),
        "history": [{"at": _written(event.created_at), "action": event.action} for event in events],
    }


def _written(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _rows(session: Session, statement: Any) -> int:
    return int(getattr(session.execute(statement), "rowcount", 0))
