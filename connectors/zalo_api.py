"""Calls Zalo's OpenAPI: the token in its header, errors read from the body of a 200."""

from __future__ import annotations

from typing import Any

import httpx

from connectors.base import ssl_context
from connectors.zalo_tokens import ZaloTokens

TIMEOUT = 10.0

TOKEN_REFUSED = {-216, -220}
RATE_LIMITED = {-32}
WORTH_A_RETRY = {-100, -211}
NEEDS_PERSON = {-204, -205, -209, -212, -219, -221, -223, -224}
"""An administrator must look: rights, package or state of the OA."""
PARAMETER_REFUSED = {-201}


class ZaloError(Exception):
    """Zalo refused a call.

    Args:
        code: Zalo's error number.
        retry_after: seconds that Zalo asks to wait, if it says so.
    """

    def __init__(self, code: int, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.retry_after = retry_after


class ZaloApi:
    """The OpenAPI of one OA."""

    def __init__(self, url: str, tokens: ZaloTokens) -> None:
        self._tokens = tokens
        self._client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT, verify=ssl_context())

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post JSON and return `data`; a refused token is refreshed once and the call made once more.

        Raises:
            ZaloError: Zalo refused the call.
            TokenUnavailable: there is no token that works.
            httpx.HTTPError: no clear answer.
        """
        return await self._call(path, json=body)

    async def upload(self, path: str, name: str, content: bytes, media_type: str) -> dict[str, Any]:
        """Post a file and return `data`, which names it for messages of the next seven days.

        Raises:
            ZaloError, TokenUnavailable, httpx.HTTPError: as `post`.
        """
        return await self._call(path, files={"file": (name, content, media_type)})

    async def _call(self, path: str, **body: Any) -> dict[str, Any]:
        token = await self._tokens.current()
        try:
            return await self._post(path, body, token)
        except ZaloError as error:
            if error.code not in TOKEN_REFUSED:
                raise
        return await self._post(path, body, await self._tokens.refresh(token))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, path: str, body: dict[str, Any], token: str) -> dict[str, Any]:
        answer = await self._client.post(path, **body, headers={"access_token": token})
        if answer.status_code == 401:
            raise ZaloError(-216, "HTTP 401")
        if answer.status_code == 429:
            raise ZaloError(-32, "HTTP 429", retry_after=_retry_after(answer))
        answer.raise_for_status()
        try:
            content: Any = answer.json()
            code = int(content["error"])
        except (ValueError, KeyError, TypeError) as error:
            raise httpx.DecodingError(f"no answer of Zalo: {error!r}", request=answer.request) from error
        if code != 0:
            raise ZaloError(code, str(content.get("message", "")), retry_after=_retry_after(answer))
        data = content.get("data")
        return data if isinstance(data, dict) else {}


def _retry_after(answer: httpx.Response) -> float | None:
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isdecimal() else None
