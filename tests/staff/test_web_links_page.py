"""Addresses in documents that lead nowhere: found by looking at real pages, listed, looked at again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from staff_support import Desk
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from test_knowledge_pages import PROCEDURE, document

from bot.web_links import LinkWatch
from conversations import web_links
from knowledge_base.documents import Library
from knowledge_base.fetching import NotPublic, fetch_public
from knowledge_base.web_links import LinkState
from staff.knowledge import no_knowledge
from tests.fakes.serving import serving

STATUS = {"good": 200, "login": 403, "gone": 404, "broken": 500}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    def page(request: Request) -> Response:
        name = request.path_params["name"]
        return RedirectResponse("/good") if name == "moved" else PlainTextResponse("", STATUS[name])

    with serving(Starlette(routes=[Route("/{name}", page)])) as address:
        yield address


def library(*urls: str) -> Library:
    source = {"title": "Cổng", "checked": "2026-11-01"}
    return Library(
        document(PROCEDURE | {"code": f"1.00000{n}", "source": source | {"url": url}})
        for n, url in enumerate(urls)
    )


def look(desk: Desk, found: Library) -> dict[str, LinkState]:
    watch = LinkWatch(desk.db, found, timedelta(days=7), private=True)
    return {one.url.rsplit("/", 1)[-1]: one.state for one in asyncio.run(watch.look())}


def test_what_became_of_each_address(desk: Desk, site: str) -> None:
    names = ["good", "login", "moved", "gone", "broken"]
    found = look(desk, library(*(f"{site}/{name}" for name in names), "http://127.0.0.1:9/nobody"))
    assert found == {
        "good": "good",
        "login": "good",
        "moved": "good",
        "gone": "gone",
        "broken": "failing",
        "nobody": "unreachable",
    }


def test_a_look_holds_for_its_time_until_an_editor_asks_again(desk: Desk, site: str) -> None:
    documents = library(f"{site}/good", f"{site}/gone")
    console = desk.app.routes[0].app.state.console  # type: ignore[attr-defined]
    console.knowledge = replace(no_knowledge(), documents=lambda: list(documents))
    look(desk, documents)
    assert look(desk, documents) == {}

    page = desk.browser("bien").get("/knowledge/links").text
    assert f"{site}/gone" in page
    assert f"{site}/good" not in page
    assert "Trang không còn" in page
    desk.browser("bien").post("/knowledge/links/again")
    assert look(desk, documents) == {"gone": LinkState.GONE}


def test_a_network_that_is_down_says_nothing_about_links(desk: Desk) -> None:
    look(desk, library("http://127.0.0.1:9/one", "http://127.0.0.1:9/two"))
    with desk.db.session(read_only=True) as session:
        assert web_links.bad(session) == []


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/"])
def test_addresses_of_this_machine_are_never_asked(address: str) -> None:
    with pytest.raises(NotPublic):
        fetch_public(address)


def test_what_is_no_web_address_is_refused() -> None:
    with pytest.raises(httpx.RequestError):
        fetch_public("file:///etc/passwd")
