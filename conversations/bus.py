"""Wake-ups: who waits for a topic is told when a transaction that announced it has committed.

Topics: `inbox`, `outbox:<channel>`, `conversation:<id>`, `cases`. A wake-up only says "look again":
it carries nothing, may come twice, and may be lost between processes on SQLite, so whoever waits
also looks again after a short time-out.

Signals are topics of what happens now and is stored nowhere (`conversations.typing`): there is nothing
to look at later, so a lost one is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from types import TracebackType
from typing import Self

import psycopg
import structlog
from psycopg import sql
from sqlalchemy import text

from conversations.database import POSTGRES_TOPIC_CHANNEL, Database

SIGNAL = "signal:"
"""What the topics of signals begin with."""

_RECONNECT = 1.0
_log = structlog.get_logger()


class Subscription:
    """Remembers wake-ups from its creation on, so that none is lost between looking and waiting.

    Use as a context manager: subscribe first, then loop over "look, then wait".
    """

    def __init__(self, notifier: Notifier, topics: tuple[str, ...]) -> None:
        self._notifier = notifier
        self._topics = topics
        self._event = asyncio.Event()
        self._woken: set[str] = set()
        self._loop = asyncio.get_running_loop()

    async def wait(self, timeout: float) -> frozenset[str]:
        """The topics of the next (or remembered) wake-ups; none after `timeout` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._event.wait()
        woken = frozenset(self._woken)
        self._event.clear()
        self._woken.clear()
        return woken

    def close(self) -> None:
        """Stop listening."""
        self._notifier._remove(self, self._topics)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _wake(self, topic: str) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._remember, topic)

    def _remember(self, topic: str) -> None:
        self._woken.add(topic)
        self._event.set()


class Notifier:
    """Hands out wake-ups to the tasks of this process.

    Hears every commit made through `db` in this process at once. On PostgreSQL, `async with` also
    listens to those of other processes. Commits may happen in any thread; waiting happens in asyncio.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._subscriptions: defaultdict[str, set[Subscription]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None
        db.listeners.append(lambda topics: self.publish(*topics))

    def publish(self, *topics: str) -> None:
        """Wake up the waiters of this process; callable from any thread."""
        for topic in topics:
            for subscription in list(self._subscriptions.get(topic, ())):
                subscription._wake(topic)

    def signal(self, topic: str) -> None:
        """Wake up the waiters of every process, with nothing to commit; blocks on PostgreSQL."""
        self.publish(topic)
        if not self._db.is_sqlite:
            with self._db.engine.begin() as connection:
                notify = text("SELECT pg_notify(:channel, :topic)")
                connection.execute(notify, {"channel": POSTGRES_TOPIC_CHANNEL, "topic": topic})

    def subscribe(self, *topics: str) -> Subscription:
        """Start remembering wake-ups of any of these topics; to be called where an event loop runs."""
        subscription = Subscription(self, topics)
        for topic in topics:
            self._subscriptions[topic].add(subscription)
        return subscription

    async def wait(self, *topics: str, timeout: float) -> frozenset[str]:
        """Wait once; a wake-up before the call is missed, so prefer `subscribe` in loops."""
        with self.subscribe(*topics) as subscription:
            return await subscription.wait(timeout)

    async def __aenter__(self) -> Self:
        if not self._db.is_sqlite:
            self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening

    def _remove(self, subscription: Subscription, topics: tuple[str, ...]) -> None:
        for topic in topics:
            self._subscriptions[topic].discard(subscription)
            if not self._subscriptions[topic]:
                del self._subscriptions[topic]

    async def _listen(self) -> None:
        url = self._db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                    await connection.execute(
                        sql.SQL("LISTEN {}").format(sql.Identifier(POSTGRES_TOPIC_CHANNEL))
                    )
                    missed = [topic for topic in self._subscriptions if not topic.startswith(SIGNAL)]
                    self.publish(*missed)  # what may have been said while we were not listening
                    async for notification in connection.notifies():
                        self.publish(notification.payload)
            except psycopg.Error as error:
                _log.warning("listen_failed", error=type(error).__name__)
                await asyncio.sleep(_RECONNECT)
