"""Live updates: a stream that says "look again"; pages also look by themselves now and then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from conversations import typing
from conversations.bus import SIGNAL
from conversations.models import Case
from staff.access import allowed
from staff.context import Console
from staff.scope import visible
from staff.sessions import Login
from staff.visit import Visit

HEARTBEAT = 15.0
"""Seconds after which a silent stream shows that it lives, and is checked again."""
GATHER = 0.2
"""Seconds in which several changes become one."""
CHANGE = "event: change\ndata: 1\n\n"
TYPING = "event: typing\ndata: 1\n\n"


def events(visit: Visit) -> Response:
    """The stream for cases and, with `conversation`, that conversation and who is typing in it."""
    topics, conversation = ["cases"], visit.number("conversation")
    if conversation is not None and _sees(visit, conversation):
        topics += [f"conversation:{conversation}", typing.citizen_topic(conversation)]
    return StreamingResponse(
        _stream(visit.console, visit.login, topics),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def _stream(console: Console, login: Login, topics: list[str]) -> AsyncIterator[str]:
    with console.notifier.subscribe(*topics) as subscription:
        yield f"retry: 3000\n{CHANGE}"
        while True:
            woken = await subscription.wait(HEARTBEAT)
            if not await run_in_threadpool(_may_listen, console, login):
                return
            typed = {topic for topic in woken if topic.startswith(SIGNAL)}
            if typed:
                yield TYPING
            if woken - typed:
                await asyncio.sleep(GATHER)
                yield CHANGE
            if not woken:
                yield ": still here\n\n"


def _sees(visit: Visit, conversation_id: int) -> bool:
    query = select(Case.id).where(Case.conversation_id == conversation_id, visible(visit.officer))
    return visit.session.scalar(query.limit(1)) is not None


def _may_listen(console: Console, login: Login) -> bool:
    with console.db.session(read_only=True) as session:
        current = console.current(session, login)
        return current is not None and allowed("events", current.officer.role)
