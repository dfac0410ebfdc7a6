from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from conversation_support import conversation_of, officer, queued, reply, say, texts
from sqlalchemy import select

from conversations import cases, handoffs
from conversations.bus import Notifier
from conversations.database import Database
from conversations.inbox import Claimed
from conversations.messages import Floor, OutboundMessage
from conversations.models import Case, InboxItem
from conversations.texts import RETURN_TO_BOT
from conversations.texts import say as words
from conversations.worker import Worker


async def echo(claimed: Claimed) -> Sequence[OutboundMessage]:
    return [reply(f"trả lời {claimed.message.text}")]


def statuses(db: Database) -> list[str]:
    with db.session(read_only=True) as session:
        return list(session.scalars(select(InboxItem.status).order_by(InboxItem.id)))


async def work_all(worker: Worker) -> None:
    while await worker.work_next():
        pass


async def test_a_message_is_answered_through_the_outbox(db: Database) -> None:
    conversation_id = say(db, "một")
    await work_all(Worker(db, Notifier(db), echo))
    assert texts(db, conversation_id) == ["một", "trả lời một"]
    assert [item.body["text"] for item in queued(db)] == ["trả lời một"]


async def test_while_an_officer_is_awaited_or_there_the_handler_is_not_called(db: Database) -> None:
    async def fail_the_test(claimed: Claimed) -> Sequence[OutboundMessage]:
        raise AssertionError("called")

    conversation_id = say(db, "gặp cán bộ")
    notifier = Notifier(db)
    await work_all(Worker(db, notifier, echo))
    with db.session() as session:
        case_id = handoffs.request(session, conversation_id, "requested").id
    say(db, "alo?")
    with notifier.subscribe("cases") as wake_up:
        await work_all(Worker(db, notifier, fail_the_test))
        assert await wake_up.wait(20)
    lan = officer(db)
    with db.session() as session:
        cases.take(session, case_id, lan)
    say(db, "có ai không?")
    await work_all(Worker(db, notifier, fail_the_test))
    assert statuses(db) == ["done"] * 3
    assert texts(db, conversation_id, "bot") == ["trả lời gặp cán bộ"]


async def test_after_the_hand_over_the_handler_answers_again(db: Database) -> None:
    conversation_id = say(db, "gặp cán bộ")
    lan = officer(db)
    with db.session() as session:
        handoffs.give_back(session, handoffs.request(session, conversation_id, "requested").id, lan)
    await work_all(Worker(db, Notifier(db), echo))
    assert texts(db, conversation_id, "bot") == ["trả lời gặp cán bộ"]


@pytest.mark.parametrize(
    ("text", "payload"),
    [("Quay lại trợ lý", RETURN_TO_BOT), ("quay lai tro ly.", None)],
    ids=["button", "words"],
)
async def test_the_citizen_brings_the_assistant_back(db: Database, text: str, payload: str | None) -> None:
    conversation_id = say(db)
    with db.session() as session:
        handoffs.request(session, conversation_id, "requested")
    say(db, text, payload=payload)
    worker = Worker(db, Notifier(db), echo)
    await work_all(worker)
    with db.session() as session:
        assert conversation_of(session).floor == Floor.BOT
        assert session.scalars(select(Case.outcome)).one() == "cancelled"


async def test_an_error_is_tried_again_later(db: Database) -> None:
    async def broken(claimed: Claimed) -> Sequence[OutboundMessage]:
        raise ValueError("0912345678")

    say(db)
    await work_all(Worker(db, Notifier(db), broken))
    with db.session() as session:
        item = session.scalars(select(InboxItem)).one()
        assert (item.status, item.attempts, item.error) == ("new", 1, "ValueError")


async def test_a_handler_that_hangs_is_cut_off(db: Database) -> None:
    async def hang(claimed: Claimed) -> Sequence[OutboundMessage]:
        await asyncio.Event().wait()
        return []

    say(db)
    await work_all(Worker(db, Notifier(db), hang, lease=timedelta(seconds=0.2)))
    with db.session() as session:
        assert session.scalars(select(InboxItem.error)).one() == "TimeoutError"


async def test_conversations_go_side_by_side_and_each_in_order(db: Database) -> None:
    meeting = asyncio.Barrier(2)
    seen: list[tuple[str, str]] = []

    async def meet(claimed: Claimed) -> Sequence[OutboundMessage]:
        async with asyncio.timeout(20):
            await meeting.wait()  # passes only when two conversations are handled together
        seen.append((claimed.external_user_id, claimed.message.text))
        if len(seen) == 6:
            worker.stop()
        return []

    for text in "abc":
        say(db, text, "u1")
        say(db, text, "u2")
    worker = Worker(db, Notifier(db), meet, parallel=2)
    async with asyncio.timeout(60):
        await worker.run()
    assert [text for user, text in seen if user == "u1"] == ["a", "b", "c"]
    assert [text for user, text in seen if user == "u2"] == ["a", "b", "c"]
    assert statuses(db) == ["done"] * 6


async def test_a_running_worker_is_woken_by_a_new_message(db: Database) -> None:
    worker = Worker(db, Notifier(db), echo, poll=60)
    running = asyncio.create_task(worker.run())
    notifier = Notifier(db)
    with notifier.subscribe("outbox:web") as wake_up:
        await asyncio.to_thread(say, db, "một")
        assert await wake_up.wait(20)
    worker.stop()
    async with asyncio.timeout(20):
        await running
    assert [item.body["text"] for item in queued(db)] == ["trả lời một"]


async def test_an_answer_that_takes_long_is_announced_once_and_then_given(db: Database) -> None:
    async def slow(claimed: Claimed) -> Sequence[OutboundMessage]:
        while not queued(db):
            await asyncio.sleep(0.01)
        return [reply("trả lời")]

    say(db, "một")
    await work_all(Worker(db, Notifier(db), slow, patience=0.01))
    assert [item.body["text"] for item in queued(db)] == [words("working"), "trả lời"]
