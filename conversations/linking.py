"""One human on several channels: linked by a code asked for on one and sent on the other.

Linked channels see each other's feedback and hear the same news; what is said stays where it was said.
A code works once and for some minutes, and only its digest is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from conversations import audit
from conversations.codes import new_link_code, parse_link_code
from conversations.history import lock_conversation
from conversations.models import Conversation, LinkCode, Person, now

LIFETIME = timedelta(minutes=10)
MOST = 6
"""Channels of one human."""


class CodeUnknown(Exception):
    """There is no such code, it has run out, or it was used."""


class SameConversation(Exception):
    """The code was sent where it was asked for."""


class TooMany(Exception):
    """More channels would be linked than one human has."""


def new_code(session: Session, conversation_id: int) -> str:
    """A code that links another channel to this conversation; the one before is worth nothing then."""
    lock_conversation(session, conversation_id)
    code = new_link_code()
    session.execute(
        delete(LinkCode).where((LinkCode.conversation_id == conversation_id) | (LinkCode.expires_at < now()))
    )
    session.add(LinkCode(conversation_id=conversation_id, digest=_digest(code), expires_at=now() + LIFETIME))
    audit.record(session, "citizen", "person.link_code", f"conversation:{conversation_id}")
    return code


def redeem(session: Session, conversation_id: int, text: str) -> Conversation:
    """Link a conversation to the one where the code was asked for, and return that one.

    Raises:
        CodeUnknown, SameConversation, TooMany: they are not linked.
    """
    code = parse_link_code(text)
    where = LinkCode.digest == _digest(code or "")
    other_id = session.scalar(select(LinkCode.conversation_id).where(where))
    if other_id is None:
        raise CodeUnknown
    if other_id == conversation_id:
        raise SameConversation
    locked = {id: lock_conversation(session, id) for id in sorted((conversation_id, other_id))}
    found = session.scalars(select(LinkCode).where(where, LinkCode.expires_at >= now())).first()
    if found is None:
        raise CodeUnknown
    _join(session, locked[conversation_id].person, locked[other_id].person)
    session.delete(found)
    detail = {"with": f"conversation:{other_id}"}
    audit.record(session, "citizen", "person.link", f"conversation:{conversation_id}", detail)
    return locked[other_id]


def leave(session: Session, conversation_id: int) -> bool:
    """Take this conversation out of its links; returns whether it had any."""
    person = lock_conversation(session, conversation_id).person
    had = len(people(session, person)) > 1
    person.linked_group = None
    session.execute(delete(LinkCode).where(LinkCode.conversation_id == conversation_id))
    if had:
        audit.record(session, "citizen", "person.unlink", f"conversation:{conversation_id}")
    return had


def people(session: Session, person: Person) -> list[Person]:
    """The person on all linked channels, this one first."""
    if person.linked_group is None:
        return [person]
    same = select(Person).where(Person.linked_group == person.linked_group, Person.id != person.id)
    return [person, *session.scalars(same.order_by(Person.id))]


def conversations(session: Session, conversation_id: int) -> list[int]:
    """The ids of this conversation and of all that are linked to it, this one first."""
    group = (
        select(Person.linked_group)
        .join(Conversation, Conversation.person_id == Person.id)
        .where(Conversation.id == conversation_id)
        .scalar_subquery()
    )
    linked = (
        select(Conversation.id)
        .join(Person, Conversation.person_id == Person.id)
        .where(Person.linked_group == group, Conversation.id != conversation_id)
    )
    return [conversation_id, *session.scalars(linked.order_by(Conversation.id))]


def _join(session: Session, one: Person, other: Person) -> None:
    both = {person.id: person for each in (one, other) for person in people(session, each)}
    if len(both) > MOST:
        raise TooMany
    group = secrets.token_hex(16)
    for person in both.values():
        person.linked_group = group
    session.flush()


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
