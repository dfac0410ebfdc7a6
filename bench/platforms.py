"""Zalo's and Telegram's servers for `bench.channels`, in a process of their own: they fail on purpose.

One call in ten that the app makes goes wrong: refused with HTTP 500 or 429, refused with an error in
the body (Zalo), or taken while the answer is lost, at once or by a time-out. What was taken is kept,
with the moment and whether the app could know: `GET /ledger`.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import asdict, dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs

import typer
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.fakes.telegram_api import FakeTelegram
from tests.fakes.zalo_api import FakeZalo

FAULTS = {"500": 3, "429": 2, "body": 3, "cut": 1, "hang": 1}
"""Share of each, in hundredths of all calls."""
HANG = 12.0
"""Seconds; the app waits 10."""


@dataclass(frozen=True)
class Taken:
    """A message that reached a person."""

    channel: str
    user: str
    text: str
    at: float
    answer_lost: bool
    """The app was not told that it arrived."""


class Flaky:
    """Lets calls of a fake go wrong, and notes the messages that it took."""

    def __init__(self, app: ASGIApp, channel: str, ledger: list[Taken], chance: random.Random) -> None:
        self._app = app
        self._channel = channel
        self._ledger = ledger
        self._chance = chance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith(("/sendMessage", "/message/cs")):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        fault = self._fault()
        if fault in ("500", "429", "body"):
            await self._refusal(fault)(scope, receive, send)
            return
        answer = await self._answer(scope, body)
        if answer.get("ok") or answer.get("error") == 0:
            user, text = self._words(body)
            lost = fault is not None
            self._ledger.append(Taken(self._channel, user, text, time.time(), lost))
        if fault == "hang":
            await asyncio.sleep(HANG)
        response = JSONResponse(answer) if fault is None else Response("", 502)
        await response(scope, receive, send)

    def _fault(self) -> str | None:
        at = self._chance.uniform(0, 100)
        for name, share in FAULTS.items():
            at -= share
            if at < 0:
                return name
        return None

    def _refusal(self, fault: str) -> Response:
        if fault == "500":
            return Response("<html>Internal Server Error</html>", 500)
        if fault == "429":
            body = {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 1"}
            return JSONResponse(body | {"parameters": {"retry_after": 1}}, 429, {"Retry-After": "1"})
        if self._channel == "zalo":
            return JSONResponse({"error": -100, "message": "System error, try again later"})
        return JSONResponse({"ok": False, "error_code": 502, "description": "Bad Gateway"}, 502)

    async def _answer(self, scope: Scope, body: bytes) -> dict[str, Any]:
        sent: list[bytes] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message.get("body", b""))

        await self._app(scope, receive, send)
        answer: dict[str, Any] = json.loads(b"".join(sent))
        return answer

    def _words(self, body: bytes) -> tuple[str, str]:
        if self._channel == "telegram":
            form = parse_qs(body.decode())
            return form["chat_id"][0], form["text"][0]
        message = json.loads(body)
        return message["recipient"]["user_id"], message["message"]["text"]


def platforms(seed: int) -> Starlette:
    """Both fakes under `/telegram` and `/zalo`, and what they took under `/ledger`."""
    ledger: list[Taken] = []
    zalo = FakeZalo()

    async def taken(request: Request) -> Response:
        return JSONResponse([asdict(one) for one in ledger[int(request.query_params.get("after", 0)) :]])

    async def grant(request: Request) -> Response:
        return JSONResponse(zalo.grant())

    chance = random.Random(seed)
    return Starlette(
        routes=[
            Route("/ledger", taken),
            Route("/grant", grant),
            Mount("/telegram", app=Flaky(FakeTelegram().app, "telegram", ledger, chance)),
            Mount("/zalo", app=Flaky(zalo.app, "zalo", ledger, chance)),
        ]
    )


def main(port: Annotated[int, typer.Option()], seed: Annotated[int, typer.Option()] = 7) -> None:
    """Serve until killed."""
    uvicorn.run(platforms(seed), host="127.0.0.1", port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    typer.run(main)
