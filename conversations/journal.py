"""Events as their platforms sent them, kept before anything else is done: acknowledged in milliseconds.

A platform wants its 200 at once, also when two hundred events come in a second and the assistant is
busy answering. So the bytes of many events are written down in one commit; reading what they mean,
and putting it in the inbox, follows right after, in the same order, at its own pace.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import structlog
from sqlalchemy import insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from conversations.database import Database
from conversations.messages import Channel
from conversations.models import JournalEntry, now

BATCH = 2
"""Events read in one transaction: other writers wait for it, so it must stay short."""
SETTLE = 1.0
"""Seconds after the start in which events are only kept: after an outage all that waits comes at once."""
GIVE_WAY = 0.1
"""Seconds, at most, in which the next batch waits for events that are being written down."""
POLL = 5.0
"""Seconds after which to look for entries of a process that has ended."""

Afterwards = Callable[[], None]
"""What to do, in the event loop, when an event was taken and committed."""
Taker = Callable[[Session, bytes], Afterwards | None]
"""Does what an event asks for, in the session's transaction; one that was taken before changes nothing."""

_log = structlog.get_logger()


class _Undone(Exception):
    """Rolls a rehearsal back."""


class Journal:
    """The events of one channel.

    Args:
        take: called once for each event, in a thread. An event at which it raises is set aside, with
            its error, for staff; when the database fails, everything is tried again.
    """

    def __init__(self, db: Database, channel: Channel, take: Taker) -> None:
        self._db = db
        self._channel = channel.value
        self._take = take
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    async def append(self, body: bytes) -> None:
        """Keep an event; returns when it can no longer be lost.

        Raises:
            SQLAlchemyError: it is not kept.
        """
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((body, kept))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        await kept

    async def rehearse(self) -> None:
        """Do once, without a trace, what keeping the first event takes: connect, compile."""
        with contextlib.suppress(_Undone):
            await asyncio.to_thread(self._insert, [b""], undo=True)

    async def run(self) -> None:
        """Take what is in the journal, until cancelled."""
        await asyncio.sleep(SETTLE)
        while True:
            try:
                await self.take_all()
            except SQLAlchemyError as error:
                _log.error("journal_failed", channel=self._channel, error=type(error).__name__)
                await asyncio.sleep(1)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await self._news.wait()

    async def take_all(self) -> None:
        """Take every event that is in the journal now.

        Raises:
            SQLAlchemyError: the database fails; what is not taken stays.
        """
        self._news.clear()
        while taken := await asyncio.to_thread(self._take_some):
            for afterwards in filter(None, taken):
                afterwards()
            if self._writing is not None:
                await asyncio.wait({self._writing}, timeout=GIVE_WAY)

    async def _write(self) -> None:
        """Write what waits, as much together as there is, until nothing does."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                try:
                    await asyncio.to_thread(self._insert, [body for body, _ in batch])
                except SQLAlchemyError as error:
                    outcome: SQLAlchemyError | None = error
                else:
                    outcome = None
                    self._news.set()
                for _, kept in batch:
                    if kept.done():  # the caller hung up
                        continue
                    kept.set_result(None) if outcome is None else kept.set_exception(outcome)
        finally:
            self._writing = None

    def _insert(self, bodies: list[bytes], *, undo: bool = False) -> None:
        at = now()
        rows = [{"channel": self._channel, "body": body, "received_at": at} for body in bodies]
        with self._db.session(urgent=True) as session:
            session.execute(insert(JournalEntry), rows)
            if undo:
                raise _Undone

    def _take_some(self) -> list[Afterwards | None]:
        """Take the oldest events; returns what each leaves to do."""
        oldest = (
            select(JournalEntry)
            .where(JournalEntry.channel == self._channel, JournalEntry.error.is_(None))
            .order_by(JournalEntry.id)
            .limit(BATCH)
            .with_for_update()  # another process waits here: the order is kept
        )
        with self._db.session() as session:
            return [self._take_one(session, entry) for entry in session.scalars(oldest).all()]

    def _take_one(self, session: Session, entry: JournalEntry) -> Afterwards | None:
        try:
            with session.begin_nested():
                afterwards = self._take(session, entry.body)
        except SQLAlchemyError:
            raise
        except Exception as error:
            _log.exception("event_set_aside", channel=self._channel, entry=entry.id)
            entry.error = type(error).__name__
            return None
        session.delete(entry)
        return afterwards
