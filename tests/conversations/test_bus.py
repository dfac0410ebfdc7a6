from __future__ import annotations

import asyncio

import pytest

from conversations.bus import Notifier
from conversations.database import Database, announce

SOON = 0.05
LONG = 20.0


def commit(db: Database, *topics: str) -> None:
    with db.session() as session:
        announce(session, *topics)


async def test_a_commit_in_a_thread_wakes_who_waits(db: Database) -> None:
    async with Notifier(db) as notifier:
        with notifier.subscribe("inbox") as wake_up:
            waiting = asyncio.create_task(wake_up.wait(LONG))
            await asyncio.to_thread(commit, db, "inbox")
            assert await waiting


async def test_a_wake_up_before_waiting_is_remembered_once(db: Database) -> None:
    notifier = Notifier(db)
    with notifier.subscribe("conversation:1", "cases") as wake_up:
        commit(db, "cases")
        assert await wake_up.wait(LONG)
        assert not await wake_up.wait(SOON)


async def test_other_topics_and_closed_subscriptions_do_not_wake(db: Database) -> None:
    notifier = Notifier(db)
    with notifier.subscribe("conversation:1") as wake_up:
        commit(db, "conversation:11", "inbox")
        assert not await wake_up.wait(SOON)
    commit(db, "conversation:1")
    assert not await wake_up.wait(SOON)


async def test_a_rolled_back_session_wakes_nobody(db: Database) -> None:
    notifier = Notifier(db)
    with notifier.subscribe("inbox") as wake_up:
        with pytest.raises(LookupError):
            announce_then_fail(db)
        assert not await wake_up.wait(SOON)


def announce_then_fail(db: Database) -> None:
    with db.session() as session:
        announce(session, "inbox")
        raise LookupError


async def test_waiting_once_works_without_a_subscription(db: Database) -> None:
    notifier = Notifier(db)
    waiting = asyncio.create_task(notifier.wait("inbox", timeout=LONG))
    await asyncio.sleep(0)
    notifier.publish("inbox")
    assert await waiting


@pytest.mark.parametrize("db", [pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)
async def test_postgresql_carries_wake_ups_between_processes(db: Database, database_url: str) -> None:
    other = Database(database_url)
    async with Notifier(db) as notifier:
        with notifier.subscribe("inbox") as wake_up:
            assert await wake_up.wait(LONG)  # once connected, it says: look again
            await asyncio.to_thread(commit, other, "inbox")
            assert await wake_up.wait(LONG)
    other.close()
