"""The files that citizens attach on Zalo, which names an address for each in its signed event."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from connectors.base import ssl_context
from connectors.limits import MAX_FILE
from connectors.remote_files import FetchFailed, NotGiven, RemoteFiles
from conversations.messages import Attachment

TIMEOUT = 20.0


class ZaloFiles(RemoteFiles):
    """The files of one OA.

    Args:
        api_url: of the OpenAPI; files may lie there, else only behind https.
    """

    def __init__(self, api_url: str) -> None:
        self._api = _origin(api_url)
        self._client = httpx.AsyncClient(timeout=TIMEOUT, verify=ssl_context())

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _fetch(self, attachment: Attachment) -> bytes | None:
        if not attachment.url:
            return None
        origin = _origin(attachment.url)
        if origin[0] != "https" and origin != self._api:
            raise NotGiven(f"not taken from {origin[0]}://{origin[1]}")
        try:
            return await self._read(attachment.url)
        except httpx.HTTPError as error:
            raise FetchFailed(repr(error)) from error

    async def _read(self, url: str) -> bytes:
        """The content, cut off just above the largest that is kept; redirects are not followed."""
        content = bytearray()
        async with self._client.stream("GET", url) as answer:
            if answer.status_code >= 500 or answer.status_code == 429:
                raise FetchFailed(f"HTTP {answer.status_code}")
            if answer.status_code != 200:
                raise NotGiven(f"HTTP {answer.status_code}")
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > MAX_FILE:
                    break
        return bytes(content)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()
