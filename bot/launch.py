"""From nothing to answering: database, index, model, Rasa, app; each made only if it is not current."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import uvicorn
from sqlalchemy import select
from starlette.applications import Starlette

from actions.turn import Services
from bot import training
from bot.assistant import ActionsEndpoint, library_of, services_of
from bot.indexing import open_searcher
from bot.knowledge import bring_over
from bot.rasa_server import RasaServer, answers
from bot.server import App
from bot.settings import Settings
from bot.texts import say
from conversations import officers
from conversations.database import Database
from conversations.models import Officer


def tell(text: str) -> None:
    """Progress, for the person at the terminal."""
    print(text, file=sys.stderr, flush=True)


class PortTaken(RuntimeError):
    """Something else listens there; says which setting to change."""


def prepare(settings: Settings, db: Database) -> tuple[Services, Path]:
    """Migrate, index and train what is not current; what actions need, and the model."""
    db.migrate()
    bring_over(db, settings)
    library = library_of(settings)
    services = services_of(settings, db, library, open_searcher(settings, progress=tell))
    if not training.is_current(settings, library, services.places):
        tell(say("training"))
    return services, training.train(settings, library, services.places)


def run(settings: Settings) -> None:
    """Start everything and serve until Ctrl-C.

    Raises:
        PortTaken: a port of the settings is in use.
        RasaError: Rasa cannot be trained or started.
    """
    for port, name in ((settings.port, "PORT"), (settings.rasa_port, "RASA_PORT")):
        _require_free(port, name)
    began = time.monotonic()
    db = Database(settings.database)
    services, model = prepare(settings, db)
    actions = ActionsEndpoint(services)
    rasa = RasaServer(
        settings,
        model=model,
        actions_url=f"{settings.local_url}/actions",
        actions_token=actions.token,
        port=settings.rasa_port,
        tracker_db=tracker_file(settings),
    )
    tell(say("starting"))
    # uvicorn stops on SIGTERM, then raises it again: it must not end this process before Rasa is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with rasa:
        app = App(settings, services, actions, rasa)
        announcer = threading.Thread(
            target=_announce_ready, args=(settings, rasa, first_administrator(db), began), daemon=True
        )
        announcer.start()
        uvicorn.run(
            app.asgi,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            ws="websockets-sansio",
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=3,
        )
    db.close()
    tell(say("stopped"))


def tracker_file(settings: Settings) -> Path:
    """Where Rasa keeps its dialogues: one file a database, since each counts its conversations from 1."""
    database = hashlib.sha256(settings.database.encode()).hexdigest()[:12]
    return settings.data_dir / "rasa" / f"tracker-{database}.db"


def _announce_ready(settings: Settings, rasa: RasaServer, password: str | None, began: float) -> None:
    while not (answers(rasa.url) and _app_answers(settings)):
        if not rasa.running:
            tell(say("rasa_failed", log=settings.data_dir / "log"))
        time.sleep(0.3)
    tell(say("ready", base=settings.base_url, seconds=round(time.monotonic() - began)))
    if password:
        tell(say("ready_password", password=password))
    tell(say("ready_stop"))


def _app_answers(settings: Settings) -> bool:
    try:
        return httpx.get(f"{settings.local_url}/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def first_administrator(db: Database) -> str | None:
    """Make the account `admin` when there is none at all; its password, to be shown once."""
    with db.session() as session:
        if session.scalars(select(Officer.id)).first() is not None:
            return None
        password = secrets.token_urlsafe(12)
        officers.create(
            session, username="admin", full_name=say("administrator"), password=password,
            role="administrator", actor="system",
        )  # fmt: skip
        return password


@contextlib.contextmanager
def assistant_without_channels(settings: Settings, db: Database) -> Iterator[tuple[Services, RasaServer]]:
    """The real Rasa server and actions, on free ports, without inbox and channels: for `ask` and `eval`."""
    services, model = prepare(settings, db)
    actions = ActionsEndpoint(services)
    port = free_port()
    config = uvicorn.Config(
        Starlette(routes=[actions.route()]), host="127.0.0.1", port=port, log_level="error"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    rasa = RasaServer(
        settings,
        model=model,
        actions_url=f"http://127.0.0.1:{port}/actions",
        actions_token=actions.token,
        port=free_port(),
        tracker_db=settings.data_dir / "rasa" / f"tracker-{port}.db",
    )
    with rasa:
        thread.start()
        rasa.wait_ready()
        try:
            yield services, rasa
        finally:
            server.should_exit = True
            thread.join(5)
    (settings.data_dir / "rasa" / f"tracker-{port}.db").unlink(missing_ok=True)


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _require_free(port: int, name: str) -> None:
    """Wait a moment for a port: after a kill, Rasa needs one to notice that the app is gone."""
    deadline = time.monotonic() + 3.0
    while not _is_free(port):
        if time.monotonic() > deadline:
            raise PortTaken(say("port_taken", port=port, name=name))
        time.sleep(0.1)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
