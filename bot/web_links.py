"""Looks at the web addresses of the documents in use, beside everything else and a few at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from actions.turn import Services
from bot.settings import Settings
from conversations import web_links
from conversations.bus import Notifier
from conversations.database import Database
from knowledge_base.documents import Library
from knowledge_base.fetching import web_client
from knowledge_base.web_links import Checked, LinkState, check, links_of

FIRST_AFTER = 600.0
"""Seconds after the start until the first round, so that a start is quick and quiet."""
EVERY = 3600.0
"""Seconds between rounds; an editor may ask for one sooner."""
PER_ROUND = 100
"""Addresses looked at in one round."""

_log = structlog.get_logger()


def link_watch(settings: Settings, services: Services) -> LinkWatch | None:
    """The watch that the settings ask for, if they do."""
    days = settings.link_check_days
    return LinkWatch(services.db, services.library, timedelta(days=days)) if days else None


@dataclass
class LinkWatch:
    """Keeps `conversations.web_links` true."""

    db: Database
    library: Library
    age: timedelta
    """How long a look holds."""
    private: bool = False
    """Also look at addresses in private networks; for tests."""

    async def run(self, notifier: Notifier) -> None:
        """Go round for as long as the app runs."""
        with notifier.subscribe(web_links.TOPIC) as asked:
            pause = FIRST_AFTER
            while True:
                await asked.wait(pause)
                pause = EVERY
                try:
                    await self.look(PER_ROUND)
                except Exception as error:
                    _log.error("links_not_checked", error=repr(error))

    async def look(self, most: int | None = None) -> list[Checked]:
        """Look at the addresses that are due, at most so many of them, and note what was found.

        Where not one site can be reached it is our own network that is down: nothing is noted.
        """
        urls = await asyncio.to_thread(self._due)
        async with web_client(private=self.private) as client:
            found = await check(urls[:most], client)
        if any(one.state is not LinkState.UNREACHABLE for one in found):
            await asyncio.to_thread(self._note, found)
        return found

    def _due(self) -> list[str]:
        named = [url for document in self.library for url in links_of(document)]
        with self.db.session(read_only=True) as session:
            return web_links.due(session, named, self.age)

    def _note(self, found: list[Checked]) -> None:
        with self.db.session() as session:
            for one in found:
                web_links.note(session, one.url, one.state, one.status)
