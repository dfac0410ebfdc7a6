"""Live updates: a stream that says "look again"; pages also look by themselves now and then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from staff.access import allowed
from staff.context import Console
from staff.sessions import Login
from staff.visit import Visit

HEARTBEAT = 15.0
"""Seconds after which a silent stream shows that it lives, and is checked again."""
GATHER = 0.2
"""Seconds in which several changes become one."""
CHANGE = "event: change\ndata: 1\n\n"


def events(visit: Visit) -> Response:
    """The stream for cases and, with `conversation`, that conversation."""
    conversation = visit.number("conversation")
    topics = ["cases"] if conversation is None else ["cases", f"conversation:{conversation}"]
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
            if woken:
                await asyncio.sleep(GATHER)
            yield CHANGE if woken else ": still here\n\n"


def _may_listen(console: Console, login: Login) -> bool:
    with console.db.session(read_only=True) as session:
        current = console.current(session, login)
        return current is not None and allowed("events", current.officer.role)
