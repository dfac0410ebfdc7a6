"""What every channel needs: refusals that people understand, parsed JSON."""

from __future__ import annotations

import functools
import json
import ssl
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import structlog
import yaml
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from connectors.uploads import StoreUnavailable

log = structlog.get_logger(__name__)

OUT_OF_ORDER = (SQLAlchemyError, StoreUnavailable)
"""The database or the files cannot be reached: the caller is asked to try again."""
_TEXTS = Path(__file__).parent / "texts.yaml"


@cache
def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = yaml.safe_load(_TEXTS.read_text("utf-8"))
    return texts


class Refusal(Exception):
    """A request that cannot be served, told in the citizen's language.

    Args:
        status: HTTP status, 4xx or 503.
        code: key of `texts.yaml`, also the machine-readable reason.
        retry_after: seconds after which it may work.
    """

    def __init__(self, status: int, code: str, *, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.retry_after = retry_after

    def body(self, language: str = "vi") -> dict[str, Any]:
        """`code`, `message` and, where known, `retry_after` in seconds."""
        words = _texts()[self.code]
        body: dict[str, Any] = {"code": self.code, "message": words.get(language, words["vi"])}
        if self.retry_after is not None:
            body["retry_after"] = round(self.retry_after, 1)
        return body


def language(accepted: str | None) -> str:
    """`en` for readers who ask for English first, else `vi`."""
    return "en" if (accepted or "").strip().lower().startswith("en") else "vi"


@cache
def ssl_context() -> ssl.SSLContext:
    """Of all our clients: reading the authorities' certificates takes a while."""
    return httpx.create_ssl_context()


Endpoint = Callable[[Request], Awaitable[Response]]


def refusing(endpoint: Endpoint) -> Endpoint:
    """Turn `Refusal` into its JSON answer, and a database or file store that fails into 503.

    Nobody is left to answer when the caller hung up before its body was read.
    """

    @functools.wraps(endpoint)
    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ClientDisconnect:
            return Response(status_code=499)
        except Refusal as error:
            refusal = error
        except OUT_OF_ORDER as error:
            log.error("storage_failed", path=request.url.path, error=type(error).__name__)
            refusal = Refusal(503, "unavailable", retry_after=5)
        headers = {} if refusal.retry_after is None else {"Retry-After": str(int(refusal.retry_after) + 1)}
        reader = language(request.headers.get("accept-language"))
        return JSONResponse(refusal.body(reader), refusal.status, headers)

    return guarded


def parse_object(raw: bytes | str) -> dict[str, Any]:
    """The JSON object in `raw`.

    Raises:
        Refusal: it is no JSON, nested too deeply, or no object.
    """
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refusal(400, "bad_json") from None
    if not isinstance(value, dict):
        raise Refusal(400, "bad_json")
    return value


def is_blank(text: str) -> bool:
    """Whether nothing in the text can be seen: spaces, control characters and invisible marks only."""
    return not any(c.isprintable() and not c.isspace() for c in text)
