"""Delivers the outbox: one loop a channel, conversations side by side, each in its own order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Protocol

import structlog

from conversations import outbox
from conversations.bus import Notifier
from conversations.database import Database
from conversations.dispatch import dispatch
from conversations.messages import Channel, OutboundMessage
from conversations.outbox import OutboxClaim

_log = structlog.get_logger()


class RetryLater(Exception):
    """The channel asks for patience: nothing more is sent there for that time.

    Args:
        seconds: how long.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"retry in {seconds:g} s")
        self.seconds = seconds


class Undeliverable(Exception):
    """This message can never arrive (blocked, window closed, refused); staff will see it.

    Args:
        reason: for staff; no personal data.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Sender(Protocol):
    """What a channel offers: raise `RetryLater`, `Undeliverable`, or anything else to try again."""

    @property
    def channel(self) -> Channel: ...

    async def send(self, external_user_id: str, message: OutboundMessage) -> None: ...


class Courier:
    """Takes messages from the outbox and gives them to the channels' senders.

    Args:
        senders: one a channel; messages of other channels stay in the outbox.
        parallel: deliveries under way at a time, a channel.
        lease: a delivery that takes longer may be made again by another courier.
        poll: seconds after which the outbox is looked at without a wake-up.
    """

    def __init__(
        self,
        db: Database,
        notifier: Notifier,
        senders: Iterable[Sender],
        *,
        parallel: int = 8,
        lease: timedelta = timedelta(seconds=60),
        poll: float = 1.0,
    ) -> None:
        self._db = db
        self._notifier = notifier
        self._senders = {sender.channel: sender for sender in senders}
        self._parallel = parallel
        self._lease = lease
        self._poll = poll
        self._stopping = asyncio.Event()
        self._paused_until = dict.fromkeys(self._senders, 0.0)

    async def run(self) -> None:
        """Deliver until `stop`; returns when the deliveries under way are done."""
        async with asyncio.TaskGroup() as group:
            for sender in self._senders.values():
                group.create_task(self._serve(sender))

    def stop(self) -> None:
        """Take no more messages."""
        self._stopping.set()
        self._notifier.publish(*(f"outbox:{channel}" for channel in self._senders))

    async def deliver_next(self, sender: Sender) -> bool:
        """Deliver the next message of that channel; returns False if none was due."""
        claim = await self._claim(sender.channel)
        if claim is None:
            return False
        await self._deliver(sender, claim)
        return True

    async def _serve(self, sender: Sender) -> None:
        with self._notifier.subscribe(f"outbox:{sender.channel}") as wake_up:
            await dispatch(
                lambda: self._claim(sender.channel),
                lambda claim: self._deliver(sender, claim),
                parallel=self._parallel,
                wake_up=wake_up,
                poll=self._poll,
                stopping=self._stopping,
            )

    async def _claim(self, channel: Channel) -> OutboxClaim | None:
        if time.monotonic() < self._paused_until[channel]:
            return None
        return await asyncio.to_thread(outbox.claim, self._db, channels=[channel], lease=self._lease)

    async def _deliver(self, sender: Sender, claim: OutboxClaim) -> None:
        try:
            async with asyncio.timeout(self._lease.total_seconds() * 0.8):
                await sender.send(claim.external_user_id, claim.message)
        except RetryLater as error:
            self._paused_until[sender.channel] = time.monotonic() + error.seconds
            await asyncio.to_thread(outbox.retry, self._db, claim, str(error), error.seconds, counts=False)
        except Undeliverable as error:
            _log.warning("undeliverable", channel=claim.channel.value, message_id=claim.message_id)
            await asyncio.to_thread(outbox.dead, self._db, claim, error.reason)
        except Exception as error:
            _log.warning("delivery_failed", channel=claim.channel.value, error=repr(error))
            delay = outbox.backoff(claim.attempt)
            await asyncio.to_thread(outbox.retry, self._db, claim, repr(error), delay)
        else:
            await asyncio.to_thread(outbox.sent, self._db, claim)
