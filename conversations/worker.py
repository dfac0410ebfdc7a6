"""Handles the inbox: gives each message to the assistant, unless a human has the floor."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog

from conversations import cases, inbox
from conversations.bus import Notifier
from conversations.database import Database, announce
from conversations.inbox import Claimed, ClaimLost
from conversations.messages import Floor, OutboundMessage
from conversations.texts import RETURN_TO_BOT

Handler = Callable[[Claimed], Awaitable[Sequence[OutboundMessage]]]
"""Answers one message. It may be called again for the same message after a crash or an error."""

_log = structlog.get_logger()


class Worker:
    """Several loops that claim, handle and finish; one conversation is never in two of them.

    Args:
        handler: not called while an officer has, or is to take, the floor.
        parallel: conversations handled at a time.
        lease: a message that takes longer may be handled again by another worker.
        poll: seconds after which the inbox is looked at without a wake-up.
    """

    def __init__(
        self,
        db: Database,
        notifier: Notifier,
        handler: Handler,
        *,
        parallel: int = 2,
        lease: timedelta = timedelta(seconds=60),
        poll: float = 1.0,
    ) -> None:
        self._db = db
        self._notifier = notifier
        self._handler = handler
        self._parallel = parallel
        self._lease = lease
        self._poll = poll
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until `stop`; returns when the messages under way are handled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._parallel):
                group.create_task(self._serve())

    def stop(self) -> None:
        """Take no more messages."""
        self._stopping.set()
        self._notifier.publish("inbox")

    async def work_next(self) -> bool:
        """Handle the next message; returns False if none was waiting."""
        claimed = await asyncio.to_thread(inbox.claim, self._db, lease=self._lease)
        if claimed is None:
            return False
        try:
            await self._handle(claimed)
        except ClaimLost:
            _log.warning("claim_lost", item=claimed.item_id)
        except Exception as error:
            _log.exception("handler_failed", item=claimed.item_id, attempt=claimed.attempt)
            await asyncio.to_thread(inbox.fail, self._db, claimed, type(error).__name__)
        return True

    async def _serve(self) -> None:
        with self._notifier.subscribe("inbox") as wake_up:
            while not self._stopping.is_set():
                try:
                    found = await self.work_next()
                except Exception:
                    _log.exception("worker_failed")
                    found = False
                if not found:
                    await wake_up.wait(self._poll)

    async def _handle(self, claimed: Claimed) -> None:
        if claimed.floor != Floor.BOT:
            await asyncio.to_thread(self._leave_to_officer, claimed)
            return
        async with asyncio.timeout(self._lease.total_seconds() * 0.8):
            replies = await self._handler(claimed)
        await asyncio.to_thread(self._finish, claimed, replies)

    def _finish(self, claimed: Claimed, replies: Sequence[OutboundMessage]) -> None:
        with self._db.session() as session:
            inbox.finish(session, claimed, replies)

    def _leave_to_officer(self, claimed: Claimed) -> None:
        with self._db.session() as session:
            inbox.finish(session, claimed)
            if claimed.message.payload == RETURN_TO_BOT:
                cases.cancel_handoff(session, claimed.conversation_id)
            else:
                announce(session, "cases", f"conversation:{claimed.conversation_id}")
