"""The loop that worker and courier share: take work while there are free hands, then wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from conversations.bus import Subscription

T = TypeVar("T")

_log = structlog.get_logger()


async def dispatch(
    take: Callable[[], Awaitable[T | None]],
    do: Callable[[T], Awaitable[None]],
    *,
    parallel: int,
    wake_up: Subscription,
    poll: float,
    stopping: asyncio.Event,
) -> None:
    """Take and do work until `stopping` is set and the work under way is done; errors are logged.

    Args:
        take: returns None when there is nothing to do.
        parallel: how much is done at a time.
        poll: seconds after which to look again without a wake-up.
    """
    hands = asyncio.Semaphore(parallel)
    async with asyncio.TaskGroup() as group:
        while not stopping.is_set():
            await hands.acquire()
            work = None if stopping.is_set() else await _logged(take())
            if work is None:
                hands.release()
                await wake_up.wait(poll)
            else:
                task = group.create_task(_logged(do(work)))
                task.add_done_callback(lambda _: hands.release())


async def _logged(work: Awaitable[T]) -> T | None:
    try:
        return await work
    except Exception:
        _log.exception("work_failed")
        return None
