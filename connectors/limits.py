"""Limits that protect the app from floods and oversized bodies; every number has a name."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

MAX_JSON = 32 * 1024
"""Bytes of a JSON body or socket frame."""
MAX_FILE = 5 * 1024 * 1024
"""Bytes of one uploaded file."""


@dataclass(frozen=True)
class Rate:
    """`burst` events at once, then `per_second` events a second."""

    burst: int
    per_second: float


SESSIONS = Rate(burst=60, per_second=1)
"""New web sessions from one address; generous, since mobile networks share addresses."""
MESSAGES = Rate(burst=10, per_second=1)
"""Messages of one person."""
TYPING = Rate(burst=1, per_second=0.5)
"""Signs that one person is typing."""
UPLOADS = Rate(burst=10, per_second=0.1)
"""Files of one person."""
SOCKETS_A_PERSON = 10
"""Open sockets (tabs) of one person."""


class RateLimiter:
    """A token bucket a key, in memory; the least recently used keys are forgotten."""

    def __init__(
        self, rate: Rate, *, clock: Callable[[], float] = time.monotonic, max_keys: int = 50_000
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._max_keys = max_keys
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Count one event of `key`; returns 0 if allowed, else the seconds to wait (nothing is counted)."""
        now = self._clock()
        level, then = self._buckets.pop(key, (float(self._rate.burst), now))
        level = min(self._rate.burst, level + (now - then) * self._rate.per_second)
        allowed = level >= 1
        self._buckets[key] = (level - 1 if allowed else level, now)
        if len(self._buckets) > self._max_keys:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - level) / self._rate.per_second


class TooLarge(Exception):
    """A body is larger than its limit."""


async def read_body(request: Request, limit: int) -> bytes:
    """Read a body of at most `limit` bytes, whatever its declared length.

    Raises:
        TooLarge: it is longer; the rest is not read.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > limit:
        raise TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge
    return bytes(body)
