"""Zalo's OAuth and OpenAPI servers as far as our OA needs them, and its webhook with its retries.

Faithful where it hurts: errors come with HTTP 200, refresh tokens work once, access tokens expire,
only interested people within their window can be reached, and a webhook that does not answer 200 in
two seconds is called again on Zalo's schedule.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import threading
import time
import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

APP_ID = "4012345678901234567"
OA_ID = "2998877665544332211"
APP_SECRET = "app-secret-of-the-test"
OA_SECRET = "oa-secret-of-the-test"
RETRY_SCHEDULE = (30, 300, 900, 1_800, 3_600)
"""Seconds after which Zalo repeats an event that was not acknowledged."""


class FakeZalo:
    """The servers; `app` is their ASGI application.

    Args:
        app_id, oa_secret: what webhooks are signed with.
    """

    def __init__(self, *, app_id: str = APP_ID, oa_secret: str = OA_SECRET) -> None:
        self.app_id = app_id
        self.oa_secret = oa_secret
        self.sent: list[dict[str, Any]] = []
        """Bodies of the messages that were taken."""
        self.templates: list[dict[str, Any]] = []
        """Bodies of the template messages that were taken."""
        self.refreshes = 0
        self.planned: list[tuple[int, str] | Response] = []
        """Errors, or whole answers, for the next messages."""
        self.refuse_buttons = False
        self.not_followers: set[str] = set()
        self.outside_window: set[str] = set()
        self.slow_refresh = 0.0
        self.uploads: dict[str, tuple[str, bytes]] = {}
        """Name and content of what was uploaded, by attachment id or token; each expires after 7 days."""
        self.files: dict[str, bytes] = {}
        """What citizens sent, by the name under which `/files/` gives it."""
        self.registered: tuple[str, str] | None = None
        """Redirect address and challenge as the developer console has them; None takes any."""
        self.oa_id = OA_ID
        """Whose administrator consents."""
        self._access: set[str] = set()
        self._refresh: dict[str, bool] = {}
        self._consents: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        routes = [
            Route("/v4/oa/permission", self._permission),
            Route("/v4/oa/access_token", self._token, methods=["POST"]),
            Route("/v3.0/oa/message/cs", self._message, methods=["POST"]),
            Route("/v2.0/oa/upload/image", self._upload_image, methods=["POST"]),
            Route("/v2.0/oa/upload/file", self._upload_file, methods=["POST"]),
            Route("/files/{name}", self._file),
            Route("/v3.0/oa/message/template", self._template, methods=["POST"]),
        ]
        self.app = Starlette(routes=routes)

    def grant(self) -> dict[str, Any]:
        """A fresh pair, as the token call returns it."""
        number = next(self._numbers)
        pair = {"access_token": f"access-{number}", "refresh_token": f"refresh-{number}"}
        self._access.add(pair["access_token"])
        self._refresh[pair["refresh_token"]] = False
        return {**pair, "expires_in": "90000"}

    def consent(self, challenge: str) -> str:
        """What an administrator's consent redirects with: a code for that challenge."""
        code = f"code-{next(self._numbers)}"
        self._consents[code] = challenge
        return code

    def expire_access_tokens(self) -> None:
        """No access token granted so far works any more."""
        self._access.clear()

    def event(self, name: str, **content: Any) -> dict[str, Any]:
        """An event of a person, with the fields that Zalo always sets."""
        user = content.pop("user", "8765432109876543210")
        people = (
            {"sender": {"id": OA_ID}, "recipient": {"id": user}}
            if name.startswith("oa_")
            else {"follower": {"id": user}}
            if name in ("follow", "unfollow")
            else {"sender": {"id": user}, "recipient": {"id": OA_ID}}
        )
        base = {"event_name": name, "app_id": self.app_id, "user_id_by_app": "55", **people}
        return base | {"timestamp": str(1_795_000_000_000 + next(self._numbers))} | content

    def text(self, text: str, **more: Any) -> dict[str, Any]:
        """A text of a person."""
        message = {"text": text, "msg_id": f"m{next(self._numbers)}"}
        return self.event("user_send_text", message=message, **more)

    def signed(self, event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """Body and headers of a webhook call."""
        body = json.dumps(event, ensure_ascii=False).encode()
        plain = self.app_id.encode() + body + str(event["timestamp"]).encode() + self.oa_secret.encode()
        signature = f"mac={hashlib.sha256(plain).hexdigest()}"
        return body, {"X-ZEvent-Signature": signature, "Content-Type": "application/json"}

    async def deliver(
        self,
        client: httpx.AsyncClient,
        url: str,
        event: dict[str, Any],
        *,
        schedule: Sequence[float] = (0,) * len(RETRY_SCHEDULE),
    ) -> list[int]:
        """Call the webhook until it answers 200 within two seconds; returns each answer's status.

        Args:
            schedule: seconds between attempts; none by default, `RETRY_SCHEDULE` in earnest.
        """
        body, headers = self.signed(event)
        statuses = []
        for wait in (0.0, *schedule):
            time.sleep(wait)
            start = time.monotonic()
            answer = await client.post(url, content=body, headers=headers)
            statuses.append(answer.status_code)
            if answer.status_code == 200 and time.monotonic() - start < 2:
                break
        return statuses

    async def _permission(self, request: Request) -> Response:
        """The consent page, where the administrator agrees at once."""
        asked = request.query_params
        if asked.get("app_id") != self.app_id:
            return _oauth_error(-14001, "Invalid app id")
        given = asked["redirect_uri"], asked["code_challenge"]
        if self.registered not in (None, given):
            return _oauth_error(-14003, "Invalid redirect uri")
        query = {"code": self.consent(given[1]), "oa_id": self.oa_id, "state": asked["state"]}
        return RedirectResponse(f"{given[0]}?{urlencode(query)}", 302)

    async def _token(self, request: Request) -> Response:
        form = {key: str(value) for key, value in (await request.form()).items()}
        if request.headers.get("secret_key") != APP_SECRET:
            return _oauth_error(-14002, "Invalid secret key")
        if form.get("app_id") != self.app_id:
            return _oauth_error(-14001, "Invalid app id")
        match form.get("grant_type"):
            case "refresh_token":
                return self._refreshed(form.get("refresh_token", ""))
            case "authorization_code":
                return self._exchanged(form.get("code", ""), form.get("code_verifier", ""))
        return _oauth_error(-14010, "Invalid grant type")

    def _refreshed(self, token: str) -> Response:
        with self._lock:
            used = self._refresh.get(token)
            if used is None:
                return _oauth_error(-14014, "Invalid refresh token")
            if used:
                return _oauth_error(-14020, "Refresh token has been used")
            self._refresh[token] = True
            self.refreshes += 1
        time.sleep(self.slow_refresh)
        return JSONResponse(self.grant())

    def _exchanged(self, code: str, verifier: str) -> Response:
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if len(verifier) != 43 or self._consents.pop(code, None) != challenge:
            return _oauth_error(-14004, "Invalid code or code verifier")
        return JSONResponse(self.grant())

    async def _message(self, request: Request) -> Response:
        if "authorization" in request.headers or "access_token" not in request.headers:
            return _error(-216, "Access token is invalid")
        if request.headers["access_token"] not in self._access:
            return _error(-216, "Access token has expired")
        body = json.loads(await request.body())
        if self.planned:
            planned = self.planned.pop(0)
            return planned if isinstance(planned, Response) else _error(*planned)
        refused = self._refused(body)
        if refused:
            return _error(*refused)
        self.sent.append(body)
        data = {"message_id": f"oa{next(self._numbers)}", "user_id": body["recipient"]["user_id"]}
        return JSONResponse({"data": data, "error": 0, "message": "Success"})

    async def _upload_image(self, request: Request) -> Response:
        return await self._uploaded(request, "attachment_id", (b"\xff\xd8\xff", b"\x89PNG"), 1024 * 1024)

    async def _upload_file(self, request: Request) -> Response:
        return await self._uploaded(request, "token", (b"%PDF", b"PK"), 5 * 1024 * 1024)

    async def _uploaded(
        self, request: Request, key: str, beginnings: tuple[bytes, ...], limit: int
    ) -> Response:
        if request.headers.get("access_token") not in self._access:
            return _error(-216, "Access token is invalid")
        async with request.form() as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                return _error(-201, "file is invalid")
            content = await file.read()
            if not content.startswith(beginnings) or len(content) > limit:
                return _error(-210, "File is invalid or exceeds the limit")
            id = f"upload-{next(self._numbers)}"
            self.uploads[id] = str(file.filename), content
        return JSONResponse({"data": {key: id}, "error": 0, "message": "Success"})

    async def _file(self, request: Request) -> Response:
        content = self.files.get(request.path_params["name"])
        return Response("", 404) if content is None else Response(content)

    async def _template(self, request: Request) -> Response:
        if request.headers.get("access_token") not in self._access:
            return _error(-216, "Access token is invalid")
        body = json.loads(await request.body())
        if not {"user_id", "template_id", "template_data"} <= body.keys():
            return _error(-201, "Params is invalid")
        self.templates.append(body)
        return JSONResponse({"data": {"message_id": "t1"}, "error": 0, "message": "Success"})

    def _refused(self, body: dict[str, Any]) -> tuple[int, str] | None:
        user = body["recipient"]["user_id"]
        text = body["message"].get("text", "")
        buttons = body["message"].get("attachment", {}).get("payload", {}).get("buttons", ())
        if user in self.not_followers:
            return -213, "User has not followed OA"
        if user in self.outside_window:
            return -230, "User has not interacted with the OA in the past 7 days"
        attachment = body["message"].get("attachment", {})
        if not text and attachment and not buttons:
            return self._refused_attachment(attachment)
        if not text.strip() or len(unicodedata.normalize("NFC", text)) > 2_000:
            return -201, "Invalid text length"
        bad = len(buttons) > 5 or any(
            len(one["title"]) > 100 or len(one["payload"]) > 1_000 or one["type"] != "oa.query.hide"
            for one in buttons
        )
        if bad or (buttons and self.refuse_buttons):
            return -201, "Params is invalid"
        return None

    def _refused_attachment(self, attachment: dict[str, Any]) -> tuple[int, str] | None:
        payload = attachment["payload"]
        if attachment["type"] == "file":
            return None if payload.get("token") in self.uploads else (-100, "Invalid token")
        [element] = payload["elements"]
        match payload["template_type"]:
            case "media":
                known = element["media_type"] == "image" and element["attachment_id"] in self.uploads
                return None if known else (-100, "Invalid attachment")
            case "request_user_info":
                whole = {"title", "subtitle", "image_url"} <= element.keys()
                fits = len(element["title"]) <= 100 and len(element["subtitle"]) <= 500
                return None if whole and fits else (-201, "Params is invalid")
        return -201, "Params is invalid"


def _error(code: int, message: str) -> Response:
    return JSONResponse({"error": code, "message": message})


def _oauth_error(code: int, message: str) -> Response:
    return JSONResponse({"error": code, "error_name": message, "error_description": message})
