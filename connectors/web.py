"""The web channel: sessions, messages over a socket or long polling, files and thumbs.

The protocol is written down in docs/WIDGET.md and docs/asyncapi.yaml.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from connectors.base import Refusal, parse_object, refusing
from connectors.limits import MAX_FILE, MAX_JSON, SESSIONS, UPLOADS, Rate, RateLimiter, TooLarge, read_body
from connectors.origins import ALLOWED_HEADERS, API_HEADERS, PORTAL_HEADERS, AddHeaders, OriginGuard
from connectors.uploads import AttachmentStore, WrongType
from connectors.web_desk import MAX_ID, Desk, Visitor, allow, find_visitor
from connectors.web_socket import POLL, SocketEndpoint
from conversations.bus import Notifier
from conversations.calendar import Calendar
from conversations.database import Database
from conversations.history import clean_text
from conversations.messages import Channel, OutboundMessage

HERE = Path(__file__).parent
WIDGET = HERE / "widget" / "dist" / "widget.js"
PORTAL = HERE / "portal"
MAX_WAIT = 25
"""Seconds that a long poll may last; below the idle limit of common proxies."""

_BUILT = StaticFiles(directory=WIDGET.parent)


class WebSender:
    """Delivers to the web channel: clients read the message table, so they are only woken."""

    channel = Channel.WEB

    def __init__(self, db: Database, notifier: Notifier) -> None:
        self._db = db
        self._notifier = notifier

    async def send(self, external_user_id: str, message: OutboundMessage) -> None:
        """Wake the person's open clients; those that are closed read it when they come back."""
        visitor = await run_in_threadpool(find_visitor, self._db, external_user_id)
        if visitor is not None:
            self._notifier.publish(visitor.topic)


def routes(
    db: Database,
    notifier: Notifier,
    *,
    store: AttachmentStore,
    allowed_origins: Collection[str] = (),
    calendar: Calendar | None = None,
    session_rate: Rate = SESSIONS,
) -> list[BaseRoute]:
    """The web channel under `/web`.

    Args:
        db: migrated database.
        notifier: wakes the open clients.
        store: for files that citizens attach.
        allowed_origins: pages besides our own host that may embed the widget, such as
            `https://dichvucong.angiang.gov.vn`; `*` for any.
        calendar: when officers work.
        session_rate: new sessions that one address may open.
    """
    desk = Desk(db, store, notifier, calendar or Calendar())
    http = _HttpEndpoints(desk, store, notifier, session_rate)
    middleware = [
        Middleware(AddHeaders, headers=API_HEADERS),
        Middleware(OriginGuard, origins=allowed_origins),
        Middleware(
            CORSMiddleware,
            allow_origins=list(allowed_origins),
            allow_methods=["GET", "POST"],
            allow_headers=ALLOWED_HEADERS,
            max_age=3600,
        ),
    ]
    endpoints: list[BaseRoute] = [
        Route("/widget.js", _widget, middleware=[Middleware(GZipMiddleware)]),
        Route("/session", refusing(http.open_session), methods=["POST"]),
        Route("/messages", refusing(http.get_messages), methods=["GET"]),
        Route("/messages", refusing(http.post_message), methods=["POST"]),
        Route("/attachments", refusing(http.post_attachment), methods=["POST"]),
        Route("/typing", refusing(http.post_typing), methods=["POST"]),
        Route("/votes", refusing(http.post_vote), methods=["POST"]),
        WebSocketRoute("/socket", SocketEndpoint(desk, notifier).handle),
    ]
    return [Mount("/web", routes=endpoints, middleware=middleware)]


def portal_routes(path: str = "/portal") -> list[BaseRoute]:
    """The demo page of a provincial portal that embeds the widget, with a strict content policy."""
    pages = StaticFiles(directory=PORTAL, html=True)
    middleware = [Middleware(AddHeaders, headers=PORTAL_HEADERS), Middleware(GZipMiddleware)]
    return [Mount(path, app=pages, middleware=middleware)]


async def _widget(request: Request) -> Response:
    answer = await _BUILT.get_response(WIDGET.name, request.scope)
    answer.headers["Cache-Control"] = "public, max-age=300, stale-while-revalidate=86400"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


class _HttpEndpoints:
    def __init__(self, desk: Desk, store: AttachmentStore, notifier: Notifier, session_rate: Rate) -> None:
        self._desk = desk
        self._store = store
        self._notifier = notifier
        self._sessions = RateLimiter(session_rate)
        self._uploads = RateLimiter(UPLOADS)

    async def open_session(self, request: Request) -> Response:
        allow(self._sessions, request.client.host if request.client else "")
        body = await _read_object(request)
        token = await self._desk.open(consent=body.get("consent") is True)
        return _private({"token": token}, 201)

    async def get_messages(self, request: Request) -> Response:
        """Waits up to `wait` seconds for a message, a status other than `state`, or an officer's typing."""
        visitor = await self._visitor(request)
        after = _number(request, "after", MAX_ID)
        wait = _number(request, "wait", MAX_WAIT)
        state = request.query_params.get("state")
        clock = asyncio.get_running_loop().time
        deadline = clock() + wait
        typed = False
        with self._notifier.subscribe(visitor.topic, visitor.typing_topic) as wake:
            while True:
                news = await self._desk.news(visitor, after)
                left = deadline - clock()
                if news.messages or str(news.status) != state or typed or left <= 0:
                    break
                typed = visitor.typing_topic in await wake.wait(min(left, POLL))
        status = {**news.status.body(), "state": str(news.status)}
        return _private({"messages": news.messages, "more": news.more, "typing": typed, **status})

    async def post_message(self, request: Request) -> Response:
        visitor = await self._visitor(request)
        return _private(await self._desk.take(visitor, await _read_object(request)))

    async def post_attachment(self, request: Request) -> Response:
        """The body is the file; `X-File-Name`, percent-encoded, is its name."""
        visitor = await self._visitor(request)
        allow(self._uploads, visitor.external_id)
        name = clean_text(unquote(request.headers.get("x-file-name", "")))[-100:]
        try:
            content = await read_body(request, MAX_FILE)
            kept = await run_in_threadpool(self._store.save, content, name or None)
        except TooLarge:
            raise Refusal(413, "file_too_large") from None
        except WrongType:
            raise Refusal(415, "file_wrong_type") from None
        return _private({"id": kept.remote_id, "name": kept.name, "media_type": kept.media_type}, 201)

    async def post_typing(self, request: Request) -> Response:
        await self._desk.types(await self._visitor(request))
        return Response(status_code=204)

    async def post_vote(self, request: Request) -> Response:
        visitor = await self._visitor(request)
        return _private(await self._desk.vote(visitor, await _read_object(request)))

    async def _visitor(self, request: Request) -> Visitor:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refusal(401, "no_token")
        return await self._desk.visitor(token)


def _private(body: dict[str, Any], status: int = 200) -> JSONResponse:
    return JSONResponse(body, status, {"Cache-Control": "no-store"})


def _number(request: Request, name: str, most: int) -> int:
    value = request.query_params.get(name, "0")
    if not (value.isascii() and value.isdecimal() and len(value) < 20):
        raise Refusal(400, "bad_message")
    return min(int(value), most)


async def _read_object(request: Request) -> dict[str, Any]:
    try:
        return parse_object(await read_body(request, MAX_JSON))
    except TooLarge:
        raise Refusal(413, "too_long") from None
