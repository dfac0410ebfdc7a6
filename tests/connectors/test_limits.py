from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from connectors.limits import Rate, RateLimiter, TooLarge, read_body


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_burst_is_allowed_and_the_next_must_wait(clock: Clock) -> None:
    limiter = RateLimiter(Rate(burst=3, per_second=0.5), clock=clock)
    assert [limiter.wait("a") for _ in range(4)] == [0, 0, 0, 2]


def test_waiting_refills(clock: Clock) -> None:
    limiter = RateLimiter(Rate(burst=1, per_second=0.5), clock=clock)
    limiter.wait("a")
    clock.now += 1
    assert limiter.wait("a") == 1
    clock.now += 1
    assert limiter.wait("a") == 0


def test_a_refused_event_is_not_counted(clock: Clock) -> None:
    limiter = RateLimiter(Rate(burst=1, per_second=1), clock=clock)
    limiter.wait("a")
    waits = {limiter.wait("a") for _ in range(5)}
    assert waits == {1}


def test_people_do_not_share_a_limit(clock: Clock) -> None:
    limiter = RateLimiter(Rate(burst=1, per_second=1), clock=clock)
    assert (limiter.wait("a"), limiter.wait("b")) == (0, 0)


def test_memory_is_bounded(clock: Clock) -> None:
    limiter = RateLimiter(Rate(burst=1, per_second=1), clock=clock, max_keys=2)
    for key in "abc":
        limiter.wait(key)
    assert limiter.wait("a") == 0, "the oldest key was forgotten"
    assert limiter.wait("c") > 0


async def _measure(request: Request) -> Response:
    try:
        return PlainTextResponse(str(len(await read_body(request, 10))))
    except TooLarge:
        return PlainTextResponse("too large", 413)


@pytest.mark.parametrize(("content", "status"), [(b"x" * 10, 200), (b"x" * 11, 413)])
def test_body_is_limited_by_its_declared_length(content: bytes, status: int) -> None:
    client = TestClient(Starlette(routes=[Route("/", _measure, methods=["POST"])]))
    assert client.post("/", content=content).status_code == status


def test_body_is_limited_without_a_declared_length() -> None:
    client = TestClient(Starlette(routes=[Route("/", _measure, methods=["POST"])]))
    chunks = (b"x" * 4 for _ in range(5))
    assert client.post("/", content=chunks).status_code == 413
