"""Who hears news unasked: whoever follows a feedback, and whoever subscribed to an area's announcements.

The filer follows their own feedback unless they stop it; nothing else is sent without having been asked
for, and every piece of news carries a way out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from conversations import linking, outbox
from conversations.database import insert_new
from conversations.history import lock_conversation
from conversations.messages import Choice, OutboundMessage
from conversations.models import Announced, Case, Subscription, now
from conversations.texts import say

STOP = "/stop_news"
"""Payload of the way out: a space and the topic follow."""
PROVINCE = "area:all"
"""Topic of announcements for everyone."""


def topic_of_case(case: Case) -> str:
    """The topic of a feedback's news."""
    return f"case:{case.id}"


def topic_of_area(unit_code: str) -> str:
    """The topic of a commune's announcements."""
    return f"area:{unit_code}"


def start(session: Session, conversation_id: int, topic: str) -> None:
    """Send news of that topic to that conversation from now on."""
    _set(session, conversation_id, topic, True)


def stop(session: Session, conversation_id: int, topic: str) -> None:
    """Send none of that topic any more, not even to the filer."""
    _set(session, conversation_id, topic, False)


def stop_all(session: Session, conversation_id: int) -> None:
    """Send no news at all any more: neither what was asked for nor of the person's own feedback."""
    mine = select(Case.id).where(Case.conversation_id == conversation_id, Case.kind == "feedback")
    for case_id in session.scalars(mine):
        _set(session, conversation_id, f"case:{case_id}", False)
    session.execute(
        update(Subscription).where(Subscription.conversation_id == conversation_id).values(active=False)
    )


def forget(session: Session, conversation_id: int) -> None:
    """Remove every trace, for the erasure of a person."""
    for table in (Subscription, Announced):
        session.execute(delete(table).where(table.conversation_id == conversation_id))


def listeners(session: Session, case: Case) -> list[int]:
    """Conversations that hear of a feedback, the filer's first, each with those linked to it."""
    topic = topic_of_case(case)
    rows = session.execute(
        select(Subscription.conversation_id, Subscription.active).where(Subscription.topic == topic)
    )
    chosen = dict(rows.all())
    hearing = [id for id, active in ({case.conversation_id: True} | chosen).items() if active]
    linked = [id for one in hearing for id in linking.conversations(session, one)]
    return [id for id in dict.fromkeys([*hearing, *linked]) if chosen.get(id, True)]


def tell_listeners(session: Session, case: Case, message: OutboundMessage) -> None:
    """Send news of a feedback to all who follow it, each with the way out."""
    news = with_way_out(message, topic_of_case(case))
    for conversation_id in listeners(session, case):
        outbox.enqueue(session, lock_conversation(session, conversation_id), news)


def announce_to_subscribers(
    session: Session, announcement: str, topics: Collection[str] | None, message: OutboundMessage, limit: int
) -> int:
    """Send an announcement to subscribers who have not had it, each once, in the session's transaction.

    Args:
        announcement: its id.
        topics: of its areas; None reaches the subscribers of every area.
        limit: people at a time.

    Returns:
        To how many it was sent; 0 when all have it.
    """
    had = exists().where(
        Announced.announcement == announcement, Announced.conversation_id == Subscription.conversation_id
    )
    wanted: Sequence[str] | None = None if topics is None else sorted({*topics, PROVINCE})
    which = Subscription.topic.startswith("area:") if wanted is None else Subscription.topic.in_(wanted)
    rows = session.execute(
        select(Subscription.conversation_id, Subscription.topic)
        .where(which, Subscription.active.is_(True), ~had)
        .order_by(Subscription.conversation_id)
        .limit(limit)
    )
    people = dict(rows.all())
    for conversation_id, topic in people.items():
        session.add(Announced(announcement=announcement, conversation_id=conversation_id))
        conversation = lock_conversation(session, conversation_id)
        outbox.enqueue(session, conversation, with_way_out(message, topic))
    session.flush()
    return len(people)


def with_way_out(message: OutboundMessage, topic: str) -> OutboundMessage:
    """The message with a button that stops this news."""
    button = Choice(title=say("stop_news_button"), payload=f"{STOP} {topic}")
    return message.model_copy(update={"choices": (*message.choices, button)})


def _set(session: Session, conversation_id: int, topic: str, active: bool) -> None:
    key = {"conversation_id": conversation_id, "topic": topic}
    if not insert_new(session, Subscription, **key, active=active, created_at=now()):
        session.execute(update(Subscription).filter_by(**key).values(active=active))
