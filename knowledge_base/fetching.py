"""Fetches public web pages: bounded in time and size, and never from this machine or a private network."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address

import httpx

TIMEOUT = 10.0
"""Seconds for each step of a request."""
MAX_BYTES = 2 * 1024 * 1024
AGENT = "Mozilla/5.0 (compatible; tro-ly-hanh-chinh link check)"


class NotPublic(httpx.RequestError):
    """The address leads to this machine or a private network."""


class TooLarge(httpx.RequestError):
    """More than `MAX_BYTES` came back."""


def web_client(*, private: bool = False) -> httpx.AsyncClient:
    """A client that follows redirects, each step of them checked.

    Args:
        private: also reach private networks; for tests.
    """
    return httpx.AsyncClient(
        timeout=TIMEOUT,
        follow_redirects=True,
        headers={"User-Agent": AGENT},
        event_hooks={"request": [] if private else [_require_public]},
    )


async def fetch(address: str, client: httpx.AsyncClient) -> bytes:
    """The content of a page.

    Raises:
        httpx.HTTPError: it cannot be reached, answers with an error, is too large or not public.
        httpx.InvalidURL: it is no address.
    """
    content = b""
    async with asyncio.timeout(3 * TIMEOUT), client.stream("GET", address) as response:
        response.raise_for_status()
        async for part in response.aiter_bytes():
            content += part
            if len(content) > MAX_BYTES:
                raise TooLarge(address, request=response.request)
    return content


def fetch_public(address: str) -> bytes:
    """As `fetch`, for a thread that may block."""

    async def get() -> bytes:
        async with web_client() as client:
            return await fetch(address, client)

    return asyncio.run(get())


async def _require_public(request: httpx.Request) -> None:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(request.url.host, None)
    except OSError as error:
        raise httpx.ConnectError(str(error), request=request) from error
    if not all(ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in found):
        raise NotPublic(request.url.host, request=request)
