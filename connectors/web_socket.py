"""The socket of the web channel: resume, news as it comes, messages and their acknowledgements."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from typing import Any, Literal

from pydantic import BaseModel, Field
from starlette.websockets import WebSocket, WebSocketDisconnect

from connectors.base import OUT_OF_ORDER, Refusal, language, log, parse_object
from connectors.limits import MAX_JSON, SOCKETS_A_PERSON
from connectors.web_desk import MAX_ID, Desk, Visitor, validate
from connectors.web_status import Status
from conversations.bus import Notifier

POLL = 10.0
"""Seconds after which a client looks for news even if no wake-up came."""
RESUME_WITHIN = 15.0
"""Seconds in which a new socket must say who it is."""
MAX_ERRORS = 20
"""Bad frames after which a socket is closed."""

CLOSE_BAD_RESUME = 4400
CLOSE_WRONG_TOKEN = 4401
CLOSE_TOO_MANY = 4429


class Resume(BaseModel):
    """The first frame of a client: who it is, and the last message that it has."""

    type: Literal["resume"]
    token: str = Field(max_length=200)
    after: int = Field(default=0, ge=0, le=MAX_ID)
    lang: str = Field(default="vi", max_length=10)


class Line:
    """A socket that sends one frame at a time and reads frames up to the limit."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._lock = asyncio.Lock()
        self.language = "vi"

    async def receive(self) -> dict[str, Any]:
        """The next frame.

        Raises:
            Refusal: it is too large or no JSON object.
            WebSocketDisconnect: the client left.
        """
        event = await self._websocket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1006))
        data: bytes | str = event.get("text") or event.get("bytes") or b""
        if len(data) > MAX_JSON:
            raise Refusal(413, "too_long")
        return parse_object(data)

    async def send(self, frame: dict[str, Any]) -> None:
        """Send one frame."""
        async with self._lock:
            await self._websocket.send_json(frame)

    async def refuse(self, error: Refusal, client_id: object = None) -> None:
        """Tell the client why a frame, or its message of that id, was not taken."""
        about = {"id": client_id} if isinstance(client_id, str) else {}
        await self.send({"type": "error", **about, **error.body(self.language)})

    async def close(self, code: int, error: Refusal | None = None) -> None:
        """Say why, and close; a client that is gone already is no error."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            if error is not None:
                await self.refuse(error)
            await self._websocket.close(code)


class SocketEndpoint:
    """Serves the sockets of one process."""

    def __init__(self, desk: Desk, notifier: Notifier) -> None:
        self._desk = desk
        self._notifier = notifier
        self._open: Counter[str] = Counter()

    async def handle(self, websocket: WebSocket) -> None:
        """One client, until it leaves."""
        await websocket.accept()
        line = Line(websocket)
        try:
            async with asyncio.timeout(RESUME_WITHIN):
                resume = validate(Resume, await line.receive())
                line.language = language(resume.lang)
                visitor = await self._desk.visitor(resume.token)
        except Refusal as error:
            await line.close(CLOSE_WRONG_TOKEN if error.status == 401 else CLOSE_BAD_RESUME, error)
            return
        except (TimeoutError, *OUT_OF_ORDER):
            await line.close(1013, Refusal(503, "unavailable", retry_after=5))
            return
        except WebSocketDisconnect:
            return
        if self._open[visitor.external_id] >= SOCKETS_A_PERSON:
            await line.close(CLOSE_TOO_MANY, Refusal(429, "too_many_tabs", retry_after=60))
            return
        self._open[visitor.external_id] += 1
        try:
            await self._serve(line, visitor, resume.after)
        finally:
            self._open[visitor.external_id] -= 1
            self._open += Counter()  # forgets those at zero

    async def _serve(self, line: Line, visitor: Visitor, after: int) -> None:
        tasks = [
            asyncio.create_task(self._listen(line, visitor)),
            asyncio.create_task(self._tell(line, visitor, after)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception) and not isinstance(end, WebSocketDisconnect):
                log.error("socket_failed", error=type(end).__name__)
                await line.close(1011)

    async def _listen(self, line: Line, visitor: Visitor) -> None:
        errors = 0
        while errors < MAX_ERRORS:
            client_id = None
            try:
                frame = await line.receive()
                client_id = frame.get("id")
                if answer := await self._answer(frame, visitor):
                    await line.send(answer)
            except Refusal as error:
                errors += error.code != "too_fast"
                await line.refuse(error, client_id)
            except OUT_OF_ORDER as error:
                log.error("storage_failed", path="/web/socket", error=type(error).__name__)
                await line.refuse(Refusal(503, "unavailable", retry_after=5), client_id)
        await line.close(1008)

    async def _answer(self, frame: dict[str, Any], visitor: Visitor) -> dict[str, Any] | None:
        match frame.get("type"):
            case "ping":
                return {"type": "pong"}
            case "message":
                return {"type": "ack", **await self._desk.take(visitor, frame)}
            case "typing":
                await self._desk.types(visitor)
                return None
            case _:
                raise Refusal(400, "bad_message")

    async def _tell(self, line: Line, visitor: Visitor, after: int) -> None:
        told: Status | None = None
        with self._notifier.subscribe(visitor.topic, visitor.typing_topic) as wake:
            while True:
                news = await self._desk.news(visitor, after)
                for message in news.messages:
                    await line.send({"type": "message", "message": message})
                    after = message["id"]
                if news.more:
                    continue
                if news.status != told:
                    kind = "ready" if told is None else "status"
                    await line.send({"type": kind, **news.status.body()})
                    told = news.status
                woken = typing = frozenset({visitor.typing_topic})
                while woken == typing:
                    woken = await wake.wait(POLL)
                    if typing <= woken:
                        await line.send({"type": "typing"})
