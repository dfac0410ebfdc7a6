"""The app: every channel, the console and Rasa's call-backs in one ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from actions.service import state_of
from actions.turn import Services
from bot.assistant import ActionsEndpoint
from bot.attachments import Attachments, open_store
from bot.channels import open_channels
from bot.dialogue import Dialogue
from bot.knowledge import Knowledge
from bot.links import Links
from bot.rasa_server import RasaServer, answers
from bot.settings import Settings
from bot.subscriptions import Subscriptions
from bot.web_links import link_watch
from bot.zalo_desk import zalo_desk
from connectors import web
from connectors.signed_files import SignedFiles
from connectors.zalo import ZaloChannel
from conversations import handoffs, privacy, recovery, tally, waiting
from conversations.bus import Notifier
from conversations.courier import Courier, Sender
from conversations.inbox import Claimed
from conversations.journal import SETTLE
from conversations.messages import OutboundMessage
from conversations.models import now
from conversations.worker import Worker
from knowledge_base.schema import Announcement, Procedure
from staff import OidcProvider, Suggestion, create_console

HANDOFF_PATIENCE = timedelta(hours=24)
"""A citizen whom no officer answered for so long is given back to the assistant, and told."""
RASA_PATIENCE = 60.0
"""Seconds after the start in which messages wait for Rasa; after that retrieval alone answers."""
UPKEEP_AFTER = 5.0
"""Seconds after the start: what came in meanwhile goes first."""
UPKEEP_EVERY = 30.0
"""Seconds between rounds of upkeep: expired hand-overs, erasure, daily counts; retention once a day."""
THREADS = 32
"""For work that blocks; asyncio's own default is six on two cores, which webhooks alone would fill."""

_log = structlog.get_logger()


class App:
    """Holds what runs beside the requests: worker, courier, Rasa's watch, upkeep."""

    def __init__(
        self, settings: Settings, services: Services, actions: ActionsEndpoint, rasa: RasaServer
    ) -> None:
        self.settings = settings
        self.services = services
        self.rasa = rasa
        self.notifier = Notifier(services.db)
        self.knowledge = Knowledge(settings, services)
        self.links = Links(services)
        self.subscriptions = Subscriptions(services)
        self.web_links = link_watch(settings, services)
        self.dialogue = Dialogue(rasa.url, services, timeout=settings.rasa_timeout)
        self.store = open_store(settings)
        self.channels = open_channels(services.db, settings, secret_key(settings), read_file=self.store.read)
        self.attachments = Attachments(
            services.db, self.store, {one.sender.channel: one.files for one in self.channels}
        )
        senders: list[Sender] = [
            web.WebSender(services.db, self.notifier),
            *(channel.sender for channel in self.channels),
        ]
        self.worker = Worker(
            services.db,
            self.notifier,
            self._answer,
            watch=self.dialogue.while_waiting,
            prepare=self.attachments.take,
            parallel=settings.inbox_workers,
        )
        self.courier = Courier(services.db, self.notifier, senders)
        self._stopping = False
        self.asgi = Starlette(routes=self._routes(actions), lifespan=self._lifespan)

    async def _answer(self, claimed: Claimed) -> Sequence[OutboundMessage]:
        claimed = await asyncio.to_thread(self.dialogue.with_choice, claimed)
        for desk in (self.links, self.subscriptions):
            replies = await asyncio.to_thread(desk.answer, claimed)
            if replies is not None:
                return replies
        return await self.dialogue.answer(claimed)

    def _routes(self, actions: ActionsEndpoint) -> list[BaseRoute]:
        settings = self.settings
        sent_files = SignedFiles(self.store, secret_key=secret_key(settings), base_url=settings.base_url)
        console = create_console(
            self.services.db,
            self.notifier,
            secret_key=secret_key(settings),
            suggest=self._suggest,
            announcements=lambda: self.services.library.of(Announcement),
            title_of=self._title_of,
            knowledge=self.knowledge.desk(),
            read_file=self.store.read,
            keep_file=sent_files.keep,
            calendar=self.services.calendar,
            citizen_view=state_of,
            oidc=_single_sign_on(settings),
            zalo=next(
                (zalo_desk(one.consent) for one in self.channels if isinstance(one, ZaloChannel)), None
            ),
        )
        origins = [origin.strip() for origin in settings.allowed_origins.split(",") if origin.strip()]
        return [
            Route("/", _home),
            Route("/health", self._health),
            actions.route(),
            *(route for channel in self.channels for route in channel.routes()),
            *web.routes(
                self.services.db,
                self.notifier,
                store=self.store,
                allowed_origins=origins,
                calendar=self.services.calendar,
            ),
            sent_files.route(),
            *web.portal_routes(),
            Mount("/staff", app=console),
        ]

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
        if self.services.db.is_sqlite:  # nobody else works on it
            await asyncio.to_thread(recovery.free_claims, self.services.db)
        await asyncio.gather(*(channel.journal.rehearse() for channel in self.channels))
        async with self.notifier, asyncio.TaskGroup() as group:
            background = [
                group.create_task(self._work()),
                group.create_task(self._deliver()),
            ]
            endless = [
                group.create_task(self._watch_rasa()),
                group.create_task(self._keep_up()),
                group.create_task(self.knowledge.watch(self.notifier)),
                *([group.create_task(self.web_links.run(self.notifier))] if self.web_links else []),
                *(group.create_task(channel.run()) for channel in self.channels),
            ]
            yield
            self._stopping = True
            self.worker.stop()
            self.courier.stop()
            for task in endless:
                task.cancel()
            await asyncio.gather(*background)
            for channel in self.channels:
                await channel.close()
            await self.dialogue.close()

    async def _work(self) -> None:
        """Answer messages; those that waited while everything was down wait for Rasa too, for a while."""
        deadline = time.monotonic() + RASA_PATIENCE
        while time.monotonic() < deadline and not self._stopping:
            if await asyncio.to_thread(answers, self.rasa.url):
                break
            await asyncio.sleep(0.2)
        await self.worker.run()

    async def _deliver(self) -> None:
        """Send what waits, once those who come in the first moment were let in."""
        await asyncio.sleep(SETTLE)
        await self.courier.run()

    async def _watch_rasa(self) -> None:
        """Start Rasa again whenever it ends; the app answers by retrieval meanwhile."""
        pause = 1.0
        while True:
            await asyncio.sleep(pause)
            if self.rasa.running:
                pause = 1.0
                continue
            _log.warning("rasa_restarted")
            await asyncio.to_thread(self.rasa.start)
            pause = min(pause * 2, 30.0)

    async def _keep_up(self) -> None:
        purged_on = None
        await asyncio.sleep(UPKEEP_AFTER)
        while True:
            try:
                await asyncio.to_thread(handoffs.expire, self.services.db, HANDOFF_PATIENCE)
                if self.services.calendar.is_open(now()):
                    patience = timedelta(minutes=self.settings.reminder_minutes)
                    await asyncio.to_thread(waiting.remind, self.services.db, patience)
                erased = await asyncio.to_thread(privacy.erase_requested, self.services.db)
                await asyncio.to_thread(self.subscriptions.send_announcements)
                await asyncio.to_thread(tally.refresh, self.services.db, ZoneInfo(self.settings.timezone))
                if purged_on != self.services.today():
                    kept = timedelta(days=self.settings.retention_days)
                    await asyncio.to_thread(privacy.purge, self.services.db, kept)
                    purged_on, erased = self.services.today(), erased + 1
                if erased:
                    await asyncio.to_thread(self.attachments.remove_unused)
            except Exception as error:
                _log.error("upkeep_failed", error=repr(error))
            await asyncio.sleep(UPKEEP_EVERY)

    async def _health(self, request: Request) -> Response:
        """200 while the app can take messages; says whether Rasa lives."""
        with self.services.db.session(read_only=True):
            pass
        return JSONResponse({"status": "ok", "rasa": "ok" if self.rasa.running else "down"})

    def _suggest(self, text: str) -> Sequence[Suggestion]:
        hits = self.services.searcher.search(text, as_of=self.services.today(), limit=5)
        return [
            Suggestion(
                title=hit.title, text=hit.text, source=hit.id, url=self._url_of(hit.id), score=hit.score
            )
            for hit in hits
        ]

    def _url_of(self, id: str) -> str | None:
        document = self.services.library.get(id)
        return document.source.url if document else None

    def _title_of(self, code: str) -> str | None:
        document = self.services.library.get(code)
        return document.short_name if isinstance(document, Procedure) else None


def _single_sign_on(settings: Settings) -> OidcProvider | None:
    if settings.oidc_issuer is None:
        return None
    return OidcProvider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        settings.oidc_username_claim,
    )


async def _home(request: Request) -> Response:
    return RedirectResponse("/portal/")


def secret_key(settings: Settings) -> str:
    """The key that signs sessions: from the settings, else made once and kept for the owner alone."""
    if settings.secret_key:
        return settings.secret_key.get_secret_value()
    path = settings.data_dir / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()
