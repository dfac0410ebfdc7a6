"""The journal: what a platform was told is kept is never lost, doubled or put out of order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from conversations import inbox
from conversations.database import Database
from conversations.journal import BATCH, Afterwards, Journal
from conversations.messages import Channel, InboundMessage
from conversations.models import InboxItem, JournalEntry


def take(session: Session, body: bytes) -> Afterwards | None:
    words = body.decode()
    if words == "unreadable":
        raise ValueError(words)
    inbox.receive(
        session, InboundMessage(channel=Channel.ZALO, event_id=words, external_user_id="u1", text=words)
    )
    return None


@pytest.fixture
def journal(db: Database) -> Journal:
    return Journal(db, Channel.ZALO, take)


def received(db: Database) -> list[str]:
    with db.session(read_only=True) as session:
        return list(session.scalars(select(InboxItem.event_id).order_by(InboxItem.id)))


def left(db: Database) -> list[tuple[bytes, str | None]]:
    with db.session(read_only=True) as session:
        return [(e.body, e.error) for e in session.scalars(select(JournalEntry).order_by(JournalEntry.id))]


async def append(journal: Journal, words: Sequence[str]) -> None:
    await asyncio.gather(*(journal.append(word.encode()) for word in words))


async def test_many_events_at_once_are_taken_in_their_order(db: Database, journal: Journal) -> None:
    words = [str(number) for number in range(2 * BATCH + 3)]
    await append(journal, words)
    await journal.take_all()
    assert received(db) == words
    assert left(db) == []


async def test_an_event_is_kept_when_append_returns(db: Database, journal: Journal) -> None:
    await journal.append(b"1")
    assert left(db) == [(b"1", None)]


async def test_a_process_that_starts_takes_what_an_earlier_one_left(db: Database, journal: Journal) -> None:
    await journal.append(b"1")
    later = asyncio.create_task(Journal(db, Channel.ZALO, take).run())
    async with asyncio.timeout(10):
        while left(db):
            await asyncio.sleep(0.01)
    later.cancel()
    assert received(db) == ["1"]


async def test_an_event_that_no_one_can_read_is_set_aside(db: Database, journal: Journal) -> None:
    await append(journal, ["1", "unreadable", "2"])
    await journal.take_all()
    await journal.take_all()
    assert received(db) == ["1", "2"]
    assert left(db) == [(b"unreadable", "ValueError")]


async def test_channels_take_only_their_own(db: Database, journal: Journal) -> None:
    await journal.append(b"1")
    await Journal(db, Channel.TELEGRAM, take).take_all()
    assert len(left(db)) == 1


async def test_nothing_is_acknowledged_that_the_database_does_not_keep(
    db: Database, journal: Journal
) -> None:
    with db.session() as session:
        session.execute(text("ALTER TABLE journal RENAME TO away"))
    with pytest.raises(SQLAlchemyError):
        await journal.append(b"1")


async def test_what_fails_for_the_database_is_taken_when_it_is_back(db: Database, journal: Journal) -> None:
    await append(journal, ["1", "2"])
    with db.session() as session:
        session.execute(text("ALTER TABLE inbox RENAME TO away"))
    with pytest.raises(SQLAlchemyError):
        await journal.take_all()
    with db.session() as session:
        session.execute(text("ALTER TABLE away RENAME TO inbox"))
    await journal.take_all()
    assert received(db) == ["1", "2"]


async def test_two_processes_keep_the_order_together(db: Database, journal: Journal) -> None:
    words = [str(number) for number in range(3 * BATCH)]
    await append(journal, words)
    await asyncio.gather(journal.take_all(), Journal(db, Channel.ZALO, take).take_all())
    assert received(db) == words


async def test_what_an_event_leaves_to_do_is_done_when_it_is_committed(db: Database) -> None:
    seen: list[list[str]] = []

    def take_and_look(session: Session, body: bytes) -> Afterwards:
        take(session, body)
        return lambda: seen.append(received(db))

    journal = Journal(db, Channel.ZALO, take_and_look)
    await journal.append(b"1")
    await journal.take_all()
    assert seen == [["1"]]


async def test_a_rehearsal_leaves_nothing(db: Database, journal: Journal) -> None:
    await journal.rehearse()
    assert left(db) == []
    await journal.append(b"1")
    assert left(db) == [(b"1", None)]
