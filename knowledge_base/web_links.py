"""The web addresses that documents name, and whether they still lead somewhere."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx

from knowledge_base.schema import AnyDocument, ListedProcedure

AT_ONCE = 6
"""Sites that are asked side by side; of one site one page at a time."""
LIMIT = 600.0
"""Seconds after which a round ends, whatever is left."""
_ADDRESS = re.compile(r"https?://\S+")
_KEPT_OUT = frozenset({401, 403, 405, 406, 429})
"""The page is there, but not for us."""


class LinkState(StrEnum):
    """What became of an address."""

    GOOD = "good"
    GONE = "gone"
    """The site says that there is no such page."""
    FAILING = "failing"
    """The site answers with an error."""
    UNREACHABLE = "unreachable"
    """No answer: no such site, or it is down."""


@dataclass(frozen=True)
class Checked:
    """One address after a look."""

    url: str
    state: LinkState
    status: int | None = None
    """Of HTTP, where there was an answer."""


def links_of(document: AnyDocument) -> list[str]:
    """Every web address that is a field of a document, each once; of those only listed, none."""
    if isinstance(document, ListedProcedure):
        return []  # two thousand pages of one site, which the national import brings anew
    return list(dict.fromkeys(_addresses(document.model_dump())))


async def check(urls: Iterable[str], client: httpx.AsyncClient, *, limit: float = LIMIT) -> list[Checked]:
    """Look at addresses; those that the time did not suffice for are left out."""
    by_site: defaultdict[str, list[str]] = defaultdict(list)
    for url in dict.fromkeys(urls):
        by_site[url.split("/", 3)[2]].append(url)
    found: list[Checked] = []
    free = asyncio.Semaphore(AT_ONCE)

    async def visit(site: Sequence[str]) -> None:
        async with free:
            for url in site:
                found.append(await _look(url, client))

    visits = [asyncio.create_task(visit(site)) for site in by_site.values()]
    if visits:
        _, late = await asyncio.wait(visits, timeout=limit)
        for task in late:
            task.cancel()
        await asyncio.gather(*visits, return_exceptions=True)
    return found


async def _look(url: str, client: httpx.AsyncClient) -> Checked:
    try:
        async with client.stream("GET", url) as response:
            status = response.status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        return Checked(url, LinkState.UNREACHABLE)
    if status < 400 or status in _KEPT_OUT:
        return Checked(url, LinkState.GOOD, status)
    return Checked(url, LinkState.GONE if status in (404, 410) else LinkState.FAILING, status)


def _addresses(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if _ADDRESS.fullmatch(value):
            yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _addresses(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _addresses(inner)
