"""What the senders of outside channels share: pacing, and going on after a half-sent message."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from connectors.limits import Rate, RateLimiter
from conversations.messages import OutboundMessage

T = TypeVar("T")

_REMEMBERED = 1_000


class Pacer:
    """Waits so that neither the whole channel nor one person gets more than their rate."""

    def __init__(self, overall: Rate, each: Rate) -> None:
        self._overall = RateLimiter(overall)
        self._each = RateLimiter(each)

    async def wait(self, external_user_id: str) -> None:
        """Return when one more message may go to that person."""
        while seconds := self._each.wait(external_user_id):
            await asyncio.sleep(seconds)
        while seconds := self._overall.wait(""):
            await asyncio.sleep(seconds)


class Progress:
    """Remembers, in this process, which parts of a message arrived, so that a retry sends the rest only."""

    def __init__(self) -> None:
        self._arrived: OrderedDict[tuple[str, str], int] = OrderedDict()

    async def deliver(
        self,
        external_user_id: str,
        message: OutboundMessage,
        parts: Sequence[T],
        send: Callable[[T], Awaitable[None]],
    ) -> None:
        """Send the parts in order, from the first that has not arrived yet; errors of `send` go through."""
        key = (external_user_id, message.model_dump_json())
        arrived = self._arrived.pop(key, 0)
        try:
            for part in parts[arrived:]:
                await send(part)
                arrived += 1
        finally:
            if 0 < arrived < len(parts):
                self._arrived[key] = arrived
                if len(self._arrived) > _REMEMBERED:
                    self._arrived.popitem(last=False)
