"""Messages that their sender sees as one: a channel gives an album's pictures one by one.

The parts of an album come within a moment. The first of them, once claimed, waits for the others and
takes them in; they are done with it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from conversations.database import announce
from conversations.history import lock_conversation, recent_messages
from conversations.inbox import Claimed, held
from conversations.messages import InboundMessage
from conversations.models import InboxItem, Message, now

SETTLED = timedelta(seconds=1)
"""Without another part for so long an album is whole."""


def is_whole(session: Session, claimed: Claimed) -> bool:
    """Whether no further part of the message's album is to be expected; so of a message without one."""
    if claimed.message.album is None:
        return True
    newest = max(item.received_at for item in (_parts(session, claimed)))
    return now() - newest >= SETTLED


def gather(session: Session, claimed: Claimed) -> Claimed:
    """The message with the words and files of the whole album; it stands for all in the conversation.

    Raises:
        ClaimLost: the claim lapsed meanwhile; nothing may be committed then.
    """
    lock_conversation(session, claimed.conversation_id)
    first = held(session, claimed.item_id, claimed.attempt)
    others = [item for item in _parts(session, claimed) if item.id != first.id]
    if not others:
        return claimed
    messages = [InboundMessage.model_validate(item.body) for item in (first, *others)]
    message = claimed.message.model_copy(
        update={
            "text": "\n".join(one.text for one in messages if one.text),
            "attachments": tuple(file for one in messages for file in one.attachments),
        }
    )
    body = message.model_dump(mode="json")
    first.body = body
    for item in others:
        item.status = "done"
    taken_in = {one.event_id for one in messages[1:]}
    for said in recent_messages(session, claimed.conversation_id):
        event_id = said.body.get("event_id")
        if event_id == message.event_id:
            said.text, said.body = message.text, body
        elif event_id in taken_in:
            session.execute(delete(Message).where(Message.id == said.id))
    announce(session, f"conversation:{claimed.conversation_id}")
    return replace(claimed, message=message)


def _parts(session: Session, claimed: Claimed) -> list[InboxItem]:
    """The unfinished parts of the album, in order, the claimed one first."""
    unfinished = select(InboxItem).where(
        InboxItem.conversation_id == claimed.conversation_id,
        InboxItem.id >= claimed.item_id,
        InboxItem.status.in_(("new", "claimed")),
    )
    items = session.scalars(unfinished.order_by(InboxItem.id))
    return [item for item in items if item.body.get("album") == claimed.message.album]
