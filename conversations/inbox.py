"""What citizens sent, waiting to be handled: each event once, in order, one of a conversation at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from conversations import handoffs, outbox
from conversations.database import Database, announce, insert_new
from conversations.history import (
    add_message,
    clean_text,
    dialogue_sender_id,
    lock_conversation,
    recent_messages,
    rotate_after_silence,
)
from conversations.messages import (
    MAX_TEXT,
    AnswerStatus,
    Attachment,
    Channel,
    Floor,
    InboundMessage,
    OutboundMessage,
    Sender,
)
from conversations.models import Conversation, InboxItem, Person, now
from conversations.queues import next_claimable
from conversations.texts import notice

MAX_ATTEMPTS = 5
"""After so many claims without success an item is dead and people are asked to look."""

_UNHELPFUL = {AnswerStatus.UNANSWERABLE, AnswerStatus.OUT_OF_SCOPE, AnswerStatus.ERROR}
_NEUTRAL = {AnswerStatus.CLARIFICATION, AnswerStatus.CHITCHAT}


class ClaimLost(Exception):
    """The claim lapsed and the item went to another worker, or is finished: drop the work."""


@dataclass(frozen=True)
class Claimed:
    """An inbox item that this worker alone may handle, until its lease ends."""

    item_id: int
    attempt: int
    """1 for the first; a later one may repeat what an earlier one half did."""
    conversation_id: int
    channel: Channel
    external_user_id: str
    display_name: str | None
    message: InboundMessage
    floor: Floor
    failures: int
    """Answers in a row that did not help."""
    dialogue_sender_id: str
    """The sender id to use at Rasa."""
    received_at: datetime


def receive(session: Session, inbound: InboundMessage) -> bool:
    """Store an event with its person, conversation and message, all in the session's transaction.

    Control characters are removed; text longer than `MAX_TEXT` is cut and the citizen is told.

    Returns:
        False for a repeat (same channel and event id), which changes nothing.

    Raises:
        ValueError: an id of the event consists of control characters alone.
    """
    cleaned = _cleaned(inbound)
    conversation = _locked_conversation_of(session, cleaned)
    text = cleaned.text[:MAX_TEXT]
    message = cleaned.model_copy(update={"text": text})
    body = message.model_dump(mode="json")
    is_new = insert_new(
        session,
        InboxItem,
        channel=message.channel.value,
        event_id=message.event_id,
        conversation_id=conversation.id,
        body=body,
        received_at=now(),
    )
    if not is_new:
        return False
    if cleaned.display_name:
        conversation.person.display_name = cleaned.display_name
    rotate_after_silence(conversation)
    add_message(session, conversation, Sender.CITIZEN, text, body)
    if len(cleaned.text) > MAX_TEXT:
        outbox.enqueue(session, conversation, notice("text_cut", limit=f"{MAX_TEXT:,}".replace(",", ".")))
    announce(session, "inbox")
    return True


def settle(session: Session, inbound: InboundMessage, replies: Sequence[OutboundMessage] = ()) -> bool:
    """Store an event that its channel answers itself: as `receive`, but done at once, with its replies.

    Returns:
        False for a repeat, which changes nothing.
    """
    if not receive(session, inbound):
        return False
    key = {"channel": inbound.channel.value, "event_id": clean_text(inbound.event_id)}
    item = session.scalars(select(InboxItem).filter_by(**key)).one()
    item.status = "done"
    conversation = session.get_one(Conversation, item.conversation_id)
    for reply in replies:
        outbox.enqueue(session, conversation, reply)
    return True


def claim(db: Database, *, lease: timedelta) -> Claimed | None:
    """Take the oldest item whose conversation has none under way; atomic across processes.

    Args:
        lease: after this time without `finish` or `fail` the item may be claimed again.

    Returns:
        The claim, or None when nothing is waiting.
    """
    while True:
        with db.session() as session:
            item = session.scalars(next_claimable(InboxItem, ("new", "claimed"))).first()
            if item is None:
                return None
            if item.attempts < MAX_ATTEMPTS:
                item.status = "claimed"
                item.attempts += 1
                item.claimed_until = now() + lease
                return _claimed(session, item)
            _bury(session, item, item.error or "the worker died each time")


def keep_attachments(session: Session, claimed: Claimed, attachments: Sequence[Attachment]) -> Claimed:
    """Write what became of a message's attachments, here and in the conversation."""
    message = claimed.message.model_copy(update={"attachments": tuple(attachments)})
    body = message.model_dump(mode="json")
    lock_conversation(session, claimed.conversation_id)
    held(session, claimed.item_id, claimed.attempt).body = body
    for said in recent_messages(session, claimed.conversation_id):
        if said.body.get("event_id") == message.event_id:
            said.body = body
    announce(session, f"conversation:{claimed.conversation_id}")
    return replace(claimed, message=message)


def finish(session: Session, claimed: Claimed, replies: Sequence[OutboundMessage] = ()) -> None:
    """Mark an item done and queue its replies, in the session's transaction.

    Raises:
        ClaimLost: the claim lapsed meanwhile; nothing may be committed then.
    """
    conversation = lock_conversation(session, claimed.conversation_id)
    item = held(session, claimed.item_id, claimed.attempt)
    item.status = "done"
    item.claimed_until = None
    item.error = None
    for reply in replies:
        outbox.enqueue(session, conversation, reply)
        _count_failure(conversation, reply)
    announce(session, "inbox")


def fail(db: Database, claimed: Claimed, error: str) -> bool:
    """Give an item back after an error, for another attempt a little later.

    Args:
        error: for staff and logs; no personal data.

    Returns:
        Whether it is dead now: `MAX_ATTEMPTS` were made, and the conversation was handed to officers.
    """
    with db.session() as session:
        lock_conversation(session, claimed.conversation_id)
        try:
            item = held(session, claimed.item_id, claimed.attempt)
        except ClaimLost:
            return False
        if item.attempts >= MAX_ATTEMPTS:
            _bury(session, item, error)
            return True
        item.status = "new"
        item.error = error
        item.claimed_until = now() + timedelta(seconds=2 ** (item.attempts - 1))
        announce(session, "inbox")
        return False


def put_off(db: Database, claimed: Claimed, delay: timedelta) -> None:
    """Give an item back until a little later, as if it had not been claimed.

    Raises:
        ClaimLost: the claim lapsed.
    """
    with db.session() as session:
        lock_conversation(session, claimed.conversation_id)
        item = held(session, claimed.item_id, claimed.attempt)
        item.status = "new"
        item.attempts -= 1
        item.claimed_until = now() + delay


def _claimed(session: Session, item: InboxItem) -> Claimed:
    conversation = session.get_one(Conversation, item.conversation_id)
    return Claimed(
        item_id=item.id,
        attempt=item.attempts,
        conversation_id=conversation.id,
        channel=Channel(item.channel),
        external_user_id=conversation.person.external_id,
        display_name=conversation.person.display_name,
        message=InboundMessage.model_validate(item.body),
        floor=Floor(conversation.floor),
        failures=conversation.failures,
        dialogue_sender_id=dialogue_sender_id(conversation),
        received_at=item.received_at,
    )


def held(session: Session, item_id: int, attempt: int) -> InboxItem:
    """The item behind a claim.

    Raises:
        ClaimLost: the claim lapsed.
    """
    item = session.scalars(select(InboxItem).where(InboxItem.id == item_id).with_for_update()).one()
    if item.status != "claimed" or item.attempts != attempt:
        raise ClaimLost(f"inbox item {item_id}, attempt {attempt}")
    return item


def _bury(session: Session, item: InboxItem, error: str) -> None:
    item.status = "dead"
    item.error = error
    item.claimed_until = None
    handoffs.request(session, item.conversation_id, "error", announce_citizen=True)
    announce(session, "inbox")


def _count_failure(conversation: Conversation, reply: OutboundMessage) -> None:
    if reply.meta is None or reply.meta.status in _NEUTRAL:
        return
    conversation.failures = conversation.failures + 1 if reply.meta.status in _UNHELPFUL else 0


def _locked_conversation_of(session: Session, inbound: InboundMessage) -> Conversation:
    key = {"channel": inbound.channel.value, "external_id": inbound.external_user_id}
    of_person = select(Conversation.id).join(Person).filter_by(**key)
    conversation_id = session.scalar(of_person)
    if conversation_id is None:
        insert_new(session, Person, **key, display_name=inbound.display_name, created_at=now())
        person_id = session.scalars(select(Person.id).filter_by(**key)).one()
        insert_new(session, Conversation, person_id=person_id, created_at=now(), last_message_at=now())
        conversation_id = session.scalars(of_person).one()
    return lock_conversation(session, conversation_id)


def _cleaned(inbound: InboundMessage) -> InboundMessage:
    fields = inbound.model_dump()
    for name in ("event_id", "external_user_id", "text", "payload", "display_name"):
        if fields[name] is not None:
            fields[name] = clean_text(fields[name])
    return InboundMessage.model_validate(fields)
