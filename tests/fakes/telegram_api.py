"""A Bot API server as far as our bot needs it: strict about what it is sent, able to fail on demand.

Updates given to `add_update` wait in a queue, as at Telegram: `getUpdates` confirms with its offset
and is refused while a webhook is set; `deliver_webhooks` posts them in order and repeats one that is
not answered with 2xx.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "123456:AAfake-token-of-the-test-bot"
BOT_ID = 123456
USERNAME = "kiengiang_test_bot"

_JSON = ("reply_markup", "commands", "allowed_updates", "link_preview_options")


class ApiError(Exception):
    """An error as the Bot API answers it."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


@dataclass
class Call:
    """One call of the bot, with the moment it came."""

    method: str
    values: dict[str, Any]
    at: float = field(default_factory=time.monotonic)


class FakeTelegram:
    """The server; `app` is its ASGI application."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.planned: list[tuple[str, ApiError | None]] = []
        """Errors for the next calls of a method; None takes the message and answers with 502."""
        self.blocked: set[int] = set()
        self.webhook: dict[str, Any] = {}
        self.updates: list[dict[str, Any]] = []
        self.polls = 0
        self._next_update = 1
        self._next_message = 1
        self._lock = threading.Lock()
        self.shown: dict[tuple[int, int], tuple[str, Any]] = {}
        """Text and keyboard of every message of the bot, by chat and message id."""
        self.keyboards: dict[int, list[list[dict[str, Any]]]] = {}
        """Keys in place of a person's own keyboard, by chat, until they are taken away."""
        self.files: dict[str, bytes] = {}
        """Contents by file id."""
        routes = [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{file_id}", self._file),
        ]
        self.app = Starlette(routes=routes)

    def forget(self) -> None:
        """Keep nothing of what was called, planned, queued, blocked or shown in place of a keyboard."""
        for kept in (self.calls, self.planned, self.updates, self.blocked, self.keyboards):
            kept.clear()

    def plan(self, method: str, *errors: ApiError | None) -> None:
        """Let the next calls of a method fail, one each."""
        self.planned += [(method, error) for error in errors]

    def add_update(self, **content: Any) -> dict[str, Any]:
        """Queue an update; returns it."""
        with self._lock:
            update = {"update_id": self._next_update, **content}
            self._next_update += 1
            self.updates.append(update)
        return update

    def sent(self, method: str = "sendMessage") -> list[dict[str, Any]]:
        """The successful calls of a method."""
        return [call.values for call in self.calls if call.method == method]

    async def deliver_webhooks(self, client: httpx.AsyncClient) -> list[int]:
        """Post the waiting updates to the webhook as Telegram does; returns each answer's status."""
        statuses = []
        while self.updates and len(statuses) < 100:
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
            answer = await client.post(self.webhook["url"], json=self.updates[0], headers=headers)
            statuses.append(answer.status_code)
            if answer.is_success:
                self.updates.pop(0)
        return statuses

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        form = await request.form()
        given = {**request.query_params, **form}
        values = {key: json.loads(value) if key in _JSON else value for key, value in given.items()}
        try:
            if request.path_params["token"] != TOKEN:
                raise ApiError(401, "Unauthorized")
            planned = next((plan for plan in self.planned if plan[0] == method), None)
            if planned is not None:
                self.planned.remove(planned)
                if planned[1] is not None:
                    raise planned[1]
            result = await self._run(method, values)
            if planned is not None:
                return Response("<html>Bad Gateway</html>", 502)
        except ApiError as error:
            body = {"ok": False, "error_code": error.code, "description": error.description}
            if error.parameters:
                body["parameters"] = error.parameters
            return JSONResponse(body, error.code)
        return JSONResponse({"ok": True, "result": result})

    async def _file(self, request: Request) -> Response:
        content = self.files.get(request.path_params["file_id"])
        return Response("", 404) if content is None else Response(content)

    async def _run(self, method: str, values: dict[str, Any]) -> Any:
        if method == "getUpdates":
            return await self._get_updates(values)
        result = self._answer(method, values)
        with self._lock:
            self.calls.append(Call(method, values))
        return result

    def _answer(self, method: str, values: dict[str, Any]) -> Any:
        match method:
            case "getMe":
                return {"id": BOT_ID, "is_bot": True, "first_name": "Trợ lý", "username": USERNAME}
            case "setMyCommands":
                for command in values["commands"]:
                    _require(re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]), "BOT_COMMAND_INVALID")
                    _require(3 <= len(command["description"]) <= 256, "BOT_COMMAND_DESCRIPTION_INVALID")
                return True
            case "setWebhook":
                _require(re.fullmatch(r"[\w-]{1,256}", values["secret_token"], re.ASCII), "secret token")
                self.webhook = values
                return True
            case "deleteWebhook":
                self.webhook = {}
                return True
            case "getFile":
                content = self.files.get(values["file_id"])
                _require(content is not None, "invalid file_id")
                unique = {"file_unique_id": values["file_id"], "file_path": values["file_id"]}
                return {"file_id": values["file_id"], "file_size": len(content or b""), **unique}
            case "answerCallbackQuery":
                return True
            case "sendChatAction":
                return self._reachable(values) and True
            case "sendMessage":
                return self._message(values, values["text"])
            case "editMessageText":
                return self._edited(values)
            case "sendDocument":
                _require(isinstance(values["document"], UploadFile), "there is no document in the request")
                return self._message(values, None)
            case "sendPhoto":
                return self._message(values, None)
        raise ApiError(404, "Not Found: method not found")

    def _edited(self, values: dict[str, Any]) -> dict[str, Any]:
        at = int(values["chat_id"]), int(values["message_id"])
        _require(at in self.shown, "message to edit not found")
        now = values["text"], values.get("reply_markup")
        for markup in (self.shown[at][1], now[1]):
            _require(not markup or "inline_keyboard" in markup, "message can't be edited")
        _require(self.shown[at] != now, "message is not modified: specified new message content is the same")
        return self._message(values, values["text"], at[1])

    def _message(self, values: dict[str, Any], text: str | None, id: int | None = None) -> dict[str, Any]:
        self._reachable(values)
        if text is not None:
            shown = visible(text) if values.get("parse_mode") == "HTML" else text
            _require(shown.strip(), "message text is empty")
            units = len(shown.encode("utf-16-le")) // 2
            _require(units <= 4_096, "message is too long")
        markup = values.get("reply_markup") or {}
        if keys := markup.get("keyboard"):
            _require(all(key["text"].strip() for row in keys for key in row), "keyboard button text is empty")
            self.keyboards[int(values["chat_id"])] = keys
        elif markup.get("remove_keyboard"):
            self.keyboards.pop(int(values["chat_id"]), None)
        for row in markup.get("inline_keyboard", ()):
            for button in row:
                if "callback_data" in button:
                    _require(1 <= len(button["callback_data"].encode()) <= 64, "BUTTON_DATA_INVALID")
                else:
                    _require(re.match(r"https?://[^/]*\.", button["url"]), "Wrong HTTP URL in button url")
        if id is None:
            self._next_message += 1
            id = self._next_message
        chat = {"id": int(values["chat_id"]), "type": "private"}
        self.shown[chat["id"], id] = text or "", values.get("reply_markup")
        return {"message_id": id, "date": int(time.time()), "chat": chat, "text": text or ""}

    def _reachable(self, values: dict[str, Any]) -> bool:
        if int(values["chat_id"]) in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return True

    async def _get_updates(self, values: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook:
            raise ApiError(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(values.get("offset", 0))
        deadline = time.monotonic() + float(values.get("timeout", 0))
        with self._lock:
            self.updates = [update for update in self.updates if update["update_id"] >= offset]
        while not self.updates and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        self.polls += 1
        return self.updates[:100]


def user(id: int = 501, name: str = "Bé Năm") -> dict[str, Any]:
    """A person as Telegram describes them."""
    return {"id": id, "is_bot": False, "first_name": name}


def message(text: str | None = None, *, id: int = 501, **more: Any) -> dict[str, Any]:
    """A message in a private chat; `chat` and other fields may be replaced."""
    base = {"message_id": 7, "date": 1_795_000_000, "chat": {"id": id, "type": "private"}, "from": user(id)}
    if text is not None:
        base["text"] = text
    return base | more


def visible(text: str) -> str:
    """The text of a message without its markup.

    Raises:
        ApiError: it is no HTML that Telegram reads.
    """
    reader = _Html()
    reader.feed(text)
    reader.close()
    _require(not reader.open, "can't parse entities: unclosed tag")
    return "".join(reader.text)


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.open: list[str] = []

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        _require(tag in ("b", "i", "u", "s", "a", "code", "pre", "blockquote"), f"can't parse: <{tag}>")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        _require(self.open and self.open.pop() == tag, f"can't parse entities: </{tag}>")


def _require(condition: object, description: str) -> None:
    if not condition:
        raise ApiError(400, f"Bad Request: {description}")
