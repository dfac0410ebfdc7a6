"""Typing: a signal for who has the conversation open now, and for nobody later."""

from __future__ import annotations

import asyncio

import pytest

from conversations import typing
from conversations.bus import Notifier
from conversations.database import Database

SOON = 0.05
LONG = 20.0


async def test_each_side_hears_only_that_the_other_types(db: Database) -> None:
    notifier = Notifier(db)
    topics = typing.officer_topic(7), typing.citizen_topic(7)
    with notifier.subscribe(topics[0]) as citizen, notifier.subscribe(topics[1]) as officer:
        typing.officer_types(notifier, 7)
        assert await citizen.wait(LONG) == {topics[0]}
        typing.citizen_types(notifier, 7)
        assert await officer.wait(LONG) == {topics[1]}
        assert not await citizen.wait(SOON)


async def test_a_wake_up_names_all_topics_that_came_meanwhile(db: Database) -> None:
    notifier = Notifier(db)
    with notifier.subscribe("conversation:7", typing.officer_topic(7), "cases") as wake_up:
        notifier.publish("conversation:7")
        typing.officer_types(notifier, 7)
        assert await wake_up.wait(LONG) == {"conversation:7", typing.officer_topic(7)}
        assert not await wake_up.wait(SOON)


async def test_who_subscribes_later_hears_nothing_of_it(db: Database) -> None:
    notifier = Notifier(db)
    typing.officer_types(notifier, 7)
    with notifier.subscribe(typing.officer_topic(7)) as citizen:
        assert not await citizen.wait(SOON)


@pytest.mark.parametrize("db", [pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)
async def test_postgresql_carries_it_between_processes(db: Database, database_url: str) -> None:
    elsewhere = Database(database_url)
    topic = typing.officer_topic(7)
    async with Notifier(db) as notifier:
        with notifier.subscribe("inbox", topic) as citizen:
            assert await citizen.wait(LONG) == {"inbox"}, "once connected: look again, nobody types"
            await asyncio.to_thread(typing.officer_types, Notifier(elsewhere), 7)
            assert await citizen.wait(LONG) == {topic}
    elsewhere.close()
