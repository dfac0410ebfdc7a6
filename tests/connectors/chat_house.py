"""The house around a chat channel: real inbox, outbox, worker and courier, and a tiny dialogue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from conversations.bus import Notifier
from conversations.courier import Courier, Sender
from conversations.database import Database
from conversations.inbox import Claimed
from conversations.journal import Journal
from conversations.messages import Choice, InboundMessage, OutboundMessage
from conversations.models import Conversation, InboxItem, Message, OutboxItem, now
from conversations.worker import Worker

CHOICES = (Choice(title="Lệ phí", payload="/fee"), Choice(title="Nộp ở đâu?", payload="/where" + "?" * 200))
SKIP = (Choice(title="Bỏ qua", payload="/deny"),)


class House:
    """Handles and delivers when told to, so that tests see each step."""

    def __init__(self, db: Database, sender: Sender, journal: Journal | None = None) -> None:
        self.db = db
        self.journal = journal
        self.sender = sender
        self.handled: list[InboundMessage] = []
        notifier = Notifier(db)
        self.worker = Worker(db, notifier, self._answer)
        self.courier = Courier(db, notifier, [sender])

    async def work(self) -> None:
        """Take in, answer all that waits, and deliver all that is due."""
        if self.journal:
            await self.journal.take_all()
        while await self.worker.work_next():
            pass
        while await self.courier.deliver_next(self.sender):
            pass

    async def _answer(self, claimed: Claimed) -> Sequence[OutboundMessage]:
        self.handled.append(claimed.message)
        if "số" in claimed.message.text:
            return [OutboundMessage(text="Anh/chị cho tôi xin số.", choices=SKIP, asks_contact=True)]
        if "chọn" in claimed.message.text:
            return [OutboundMessage(text="Anh/chị chọn giúp tôi.", choices=CHOICES)]
        return [OutboundMessage(text=f"Anh/chị nói: {claimed.message.text[:50]}")]

    def said(self) -> list[tuple[str, str]]:
        """Sender and text of every message, in order."""
        with self.db.session(read_only=True) as session:
            return [(m.sender, m.text) for m in session.scalars(select(Message).order_by(Message.id))]

    def outbox(self) -> list[tuple[str, str | None]]:
        """Status and error of every message to deliver."""
        with self.db.session(read_only=True) as session:
            return [(i.status, i.error) for i in session.scalars(select(OutboxItem).order_by(OutboxItem.id))]

    def events(self) -> list[tuple[str, str]]:
        """Event id and status of every inbox item."""
        with self.db.session(read_only=True) as session:
            return [(i.event_id, i.status) for i in session.scalars(select(InboxItem).order_by(InboxItem.id))]

    def floor(self) -> str:
        """Who has the floor in the only conversation."""
        with self.db.session(read_only=True) as session:
            return session.scalars(select(Conversation.floor)).one()

    def let_time_pass(self) -> None:
        """Let what came in be a minute old, and due."""
        with self.db.session() as session:
            for item in session.scalars(select(InboxItem)):
                item.received_at -= timedelta(minutes=1)
                item.claimed_until = None

    def make_due(self) -> None:
        """Let what waits for its next attempt, or for a dead courier's lease, be due now."""
        with self.db.session() as session:
            session.execute(update(OutboxItem).values(next_attempt_at=now(), claimed_until=now()))
