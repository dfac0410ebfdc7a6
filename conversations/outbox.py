"""What citizens will be told: in order per conversation, delivered at least once, or visibly dead."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from conversations import audit
from conversations.database import Database, announce
from conversations.history import add_message, clean_text, lock_conversation
from conversations.messages import Channel, OutboundMessage
from conversations.models import Conversation, Message, OutboxItem, Person, now
from conversations.queues import next_claimable

MAX_ATTEMPTS = 10
"""After so many failed deliveries a message is dead; with the back-off that is about half an hour."""
MAX_BACKOFF = 600.0
"""Longest pause between two attempts, seconds."""


@dataclass(frozen=True)
class OutboxClaim:
    """A message that this courier alone may deliver, until its lease ends."""

    item_id: int
    attempt: int
    """Greater than 1: an earlier attempt failed, or was cut off and may have arrived."""
    conversation_id: int
    message_id: int
    channel: Channel
    external_user_id: str
    message: OutboundMessage


def enqueue(
    session: Session, conversation: Conversation, message: OutboundMessage, officer_id: int | None = None
) -> Message:
    """Add a message to the conversation and queue its delivery, in the session's transaction."""
    lock_conversation(session, conversation.id)
    message = message.model_copy(update={"text": clean_text(message.text)})
    body = message.model_dump(mode="json")
    stored = add_message(session, conversation, message.sender, message.text, body, officer_id)
    _queue(session, conversation, stored.id, body)
    return stored


def claim(db: Database, *, channels: Collection[Channel], lease: timedelta) -> OutboxClaim | None:
    """Take the oldest due message whose conversation has none before it; atomic across processes.

    Args:
        channels: only messages of these.
        lease: after this time without an outcome the message may be claimed again.
    """
    with db.session() as session:
        mine = OutboxItem.channel.in_([channel.value for channel in channels])
        is_due = OutboxItem.next_attempt_at <= now()
        item = session.scalars(next_claimable(OutboxItem, ("pending", "claimed"), mine, is_due)).first()
        if item is None:
            return None
        item.status = "claimed"
        item.attempts += 1
        item.claimed_until = now() + lease
        return OutboxClaim(
            item_id=item.id,
            attempt=item.attempts,
            conversation_id=item.conversation_id,
            message_id=item.message_id,
            channel=Channel(item.channel),
            external_user_id=item.external_user_id,
            message=OutboundMessage.model_validate(item.body),
        )


def sent(db: Database, claim: OutboxClaim) -> bool:
    """Mark as delivered; returns False if the claim had lapsed and went to another courier."""
    with db.session() as session:
        item = _held(session, claim)
        if item is None:
            return False
        item.status = "sent"
        item.sent_at = now()
        item.claimed_until = None
        item.error = None
        announce(session, f"outbox:{item.channel}")
        return True


def last_sent(session: Session, channel: Channel, external_user_id: str) -> OutboundMessage | None:
    """What reached a person last, or None."""
    query = (
        select(OutboxItem.body)
        .join(Conversation, OutboxItem.conversation_id == Conversation.id)
        .join(Person, Conversation.person_id == Person.id)
        .where(
            Person.channel == channel.value,
            Person.external_id == external_user_id,
            OutboxItem.status == "sent",
        )
        .order_by(OutboxItem.id.desc())
    )
    body = session.scalar(query.limit(1))
    return OutboundMessage.model_validate(body) if body else None


def retry(db: Database, claim: OutboxClaim, error: str, delay: float, *, counts: bool = True) -> bool:
    """Give back for another attempt after `delay` seconds, or make it dead after `MAX_ATTEMPTS`.

    Args:
        counts: False when the channel only asked for patience.

    Returns:
        False if the claim had lapsed.
    """
    if counts and claim.attempt >= MAX_ATTEMPTS:
        return dead(db, claim, error)
    with db.session() as session:
        item = _held(session, claim)
        if item is None:
            return False
        item.status = "pending"
        item.error = error
        item.claimed_until = None
        item.next_attempt_at = now() + timedelta(seconds=delay)
        if not counts:
            item.attempts -= 1
        return True


def dead(db: Database, claim: OutboxClaim, error: str) -> bool:
    """Give up on a message; staff see it. Returns False if the claim had lapsed."""
    with db.session() as session:
        item = _held(session, claim)
        if item is None:
            return False
        item.status = "dead"
        item.error = error
        item.claimed_until = None
        announce(session, "cases", f"outbox:{item.channel}", f"conversation:{item.conversation_id}")
        return True


def backoff(attempt: int) -> float:
    """Seconds to wait after a failed attempt: doubling, with jitter so that retries spread out."""
    return random.uniform(0.5, 1.0) * min(MAX_BACKOFF, 2.0**attempt)


def dead_letters(
    session: Session, limit: int = 100, only: ColumnElement[bool] | None = None
) -> list[OutboxItem]:
    """Messages that could not be delivered, newest first; `only` narrows them down."""
    query = select(OutboxItem).where(OutboxItem.status == "dead").order_by(OutboxItem.id.desc())
    if only is not None:
        query = query.where(only)
    return list(session.scalars(query.limit(limit)))


def resend(session: Session, item_id: int, actor: str) -> OutboxItem | None:
    """Queue a dead message again, after those that wait already.

    Returns:
        The new item; None if the old one is not dead (any more).
    """
    found = session.get(OutboxItem, item_id)
    if found is None:
        return None
    conversation = lock_conversation(session, found.conversation_id)
    item = session.get_one(OutboxItem, item_id, populate_existing=True)
    if item.status != "dead" or not item.body:
        return None
    item.status = "resent"
    fresh = _queue(session, conversation, item.message_id, item.body)
    audit.record(session, actor, "outbox.resend", f"message:{item.message_id}", {"item": item.id})
    return fresh


def _queue(session: Session, conversation: Conversation, message_id: int, body: dict[str, Any]) -> OutboxItem:
    item = OutboxItem(
        conversation_id=conversation.id,
        message_id=message_id,
        channel=conversation.person.channel,
        external_user_id=conversation.person.external_id,
        body=body,
    )
    session.add(item)
    session.flush()
    announce(session, f"outbox:{item.channel}")
    return item


def _held(session: Session, claim: OutboxClaim) -> OutboxItem | None:
    query = select(OutboxItem).where(OutboxItem.id == claim.item_id).with_for_update()
    item = session.scalars(query).one()
    return item if item.status == "claimed" and item.attempts == claim.attempt else None
