"""Small steps that the tests of this room share."""

from __future__ import annotations

import itertools
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from conversations import inbox
from conversations.database import Database
from conversations.inbox import Claimed
from conversations.messages import Channel, InboundMessage, OutboundMessage
from conversations.models import Conversation, Message, Officer, OutboxItem, Person

LEASE = timedelta(seconds=60)
LAPSED = timedelta(seconds=-1)
_event_ids = itertools.count(1)


def event(text: str = "xin chào", user: str = "u1", **fields: object) -> InboundMessage:
    values = {
        "channel": Channel.WEB,
        "event_id": f"e{next(_event_ids)}",
        "external_user_id": user,
        "text": text,
    }
    return InboundMessage.model_validate(values | fields)


def say(db: Database, text: str = "xin chào", user: str = "u1", **fields: object) -> int:
    """Receive a message; returns the id of its conversation."""
    inbound = event(text, user, **fields)
    with db.session() as session:
        assert inbox.receive(session, inbound)
        return conversation_of(session, user, inbound.channel).id


def conversation_of(session: Session, user: str = "u1", channel: Channel = Channel.WEB) -> Conversation:
    query = (
        select(Conversation).join(Person).where(Person.external_id == user, Person.channel == channel.value)
    )
    return session.scalars(query).one()


def reply(text: str, **fields: object) -> OutboundMessage:
    return OutboundMessage.model_validate({"text": text} | fields)


def must_claim(db: Database, lease: timedelta = LEASE) -> Claimed:
    claimed = inbox.claim(db, lease=lease)
    assert claimed is not None
    return claimed


def answer_next(db: Database, *replies: OutboundMessage) -> Claimed:
    claimed = must_claim(db)
    with db.session() as session:
        inbox.finish(session, claimed, replies)
    return claimed


def texts(db: Database, conversation_id: int, sender: str | None = None) -> list[str]:
    with db.session(read_only=True) as session:
        query = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.id)
        return [m.text for m in session.scalars(query) if sender in (None, m.sender)]


def queued(db: Database, status: str = "pending") -> list[OutboxItem]:
    with db.session(read_only=True) as session:
        return list(session.scalars(select(OutboxItem).filter_by(status=status).order_by(OutboxItem.id)))


def officer(db: Database, username: str = "lan", full_name: str = "Trần Thị Lan") -> Officer:
    with db.session() as session:
        found = session.scalars(select(Officer).filter_by(username=username)).first()
        if found is None:
            found = Officer(username=username, full_name=full_name, password_hash="-")
            session.add(found)
        return found
