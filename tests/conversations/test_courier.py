from __future__ import annotations

import asyncio
import time
from collections import defaultdict

from conversation_support import answer_next, queued, reply, say
from sqlalchemy import update

from conversations.bus import Notifier
from conversations.courier import Courier, RetryLater, Undeliverable
from conversations.database import Database
from conversations.messages import Channel, OutboundMessage
from conversations.models import OutboxItem, now


class Recorder:
    """A channel that keeps what it is given, after raising the errors planned for it."""

    def __init__(self, *errors: Exception, channel: Channel = Channel.WEB) -> None:
        self.channel = channel
        self.errors = list(errors)
        self.got: list[tuple[str, str]] = []

    async def send(self, external_user_id: str, message: OutboundMessage) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.got.append((external_user_id, message.text))


def queue(db: Database, *texts: str, user: str = "u1", channel: Channel = Channel.WEB) -> None:
    say(db, user=user, channel=channel)
    answer_next(db, *(reply(text) for text in texts))


async def deliver_all(courier: Courier, sender: Recorder) -> None:
    while await courier.deliver_next(sender):
        pass


async def test_messages_are_delivered_in_order(db: Database) -> None:
    queue(db, "a", "b")
    sender = Recorder()
    await deliver_all(Courier(db, Notifier(db), [sender]), sender)
    assert sender.got == [("u1", "a"), ("u1", "b")]
    assert [item.attempts for item in queued(db, "sent")] == [1, 1]


async def test_an_error_is_tried_again_later_and_keeps_the_order(db: Database) -> None:
    queue(db, "a", "b")
    sender = Recorder(ConnectionError("reset"))
    courier = Courier(db, Notifier(db), [sender])
    await deliver_all(courier, sender)
    assert sender.got == []
    first, _ = queued(db)
    assert first.next_attempt_at > now()
    assert "reset" in (first.error or "")
    make_due(db)
    await deliver_all(courier, sender)
    assert sender.got == [("u1", "a"), ("u1", "b")]


async def test_what_can_never_arrive_is_dead_and_the_next_goes_on(db: Database) -> None:
    queue(db, "a", "b")
    sender = Recorder(Undeliverable("blocked"))
    await deliver_all(Courier(db, Notifier(db), [sender]), sender)
    assert [(item.body["text"], item.error) for item in queued(db, "dead")] == [("a", "blocked")]
    assert sender.got == [("u1", "b")]


async def test_a_channel_that_asks_for_patience_gets_nothing_meanwhile(db: Database) -> None:
    queue(db, "a", user="u1")
    queue(db, "b", user="u2")
    queue(db, "c", user="u3", channel=Channel.ZALO)
    sender, other = Recorder(RetryLater(0.3)), Recorder(channel=Channel.ZALO)
    courier = Courier(db, Notifier(db), [sender, other])
    start = time.monotonic()
    await deliver_all(courier, sender)
    assert sender.got == []
    await deliver_all(courier, other)
    assert other.got == [("u3", "c")]
    while len(sender.got) < 2:
        await deliver_all(courier, sender)
        await asyncio.sleep(0.01)
    assert time.monotonic() - start >= 0.3
    assert all(item.attempts == 1 for item in queued(db, "sent"))


async def test_a_running_courier_delivers_conversations_side_by_side(db: Database) -> None:
    meeting = asyncio.Barrier(2)

    class Meeting(Recorder):
        async def send(self, external_user_id: str, message: OutboundMessage) -> None:
            async with asyncio.timeout(20):
                await meeting.wait()
            await super().send(external_user_id, message)
            if len(self.got) == 4:
                courier.stop()

    sender = Meeting()
    courier = Courier(db, Notifier(db), [sender], poll=60)
    running = asyncio.create_task(courier.run())
    for user in ("u1", "u2"):
        await asyncio.to_thread(queue, db, "a", "b", user=user)
    async with asyncio.timeout(30):
        await running
    by_user = defaultdict(list)
    for user, text in sender.got:
        by_user[user].append(text)
    assert by_user == {"u1": ["a", "b"], "u2": ["a", "b"]}
    assert len(queued(db, "sent")) == 4


def make_due(db: Database) -> None:
    with db.session() as session:
        session.execute(update(OutboxItem).values(next_attempt_at=now()))
