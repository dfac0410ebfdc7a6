"""Whether a message is ever lost, doubled or put out of order: `python -m bench.channels`.

Sends webhook calls to the real app, as Zalo and Telegram do: signed, some twice, some in the wrong
order, some forged, each again until it is acknowledged. Meanwhile the app is killed (-9) and started
again, Rasa is killed, and one send call in ten fails. Then compares what each person was told with
what they wrote.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import aiohttp
import httpx
import typer
from sqlalchemy import func, select

from bench.supervised import ROOT, Supervised
from bench.traffic import WEBHOOK_SECRET, Call, traffic
from bench.verdict import Heard, Verdict, judge
from bot.launch import free_port
from bot.settings import settings
from connectors.zalo_oauth import TokenPair, ZaloOAuth
from connectors.zalo_tokens import ZaloTokens
from conversations.database import Database
from conversations.models import InboxItem, JournalEntry, OutboxItem
from tests.fakes.telegram_api import TOKEN
from tests.fakes.zalo_api import APP_ID, APP_SECRET, OA_ID, OA_SECRET

SECRET_KEY = "only for this measurement"
PATIENCE = {"zalo": 2.0, "telegram": 10.0}
"""Seconds in which a platform wants its 200."""
RETRIES = {
    "zalo": (1.5, 15.0, 45.0, 90.0, 180.0),
    "telegram": (1.0, 2.0, 4.0, 8.0, 8.0, 8.0, *(15.0,) * 20),
}
"""Seconds between attempts: Zalo's ladder (30 s, 5, 15, 30 min, 1 h) twenty times faster."""
CONNECTIONS = 40
"""Of each platform to the app, at most: Telegram's default."""
ACKNOWLEDGED_WITHIN = 200.0
"""Milliseconds from the sending of a call to its 200: the bar, at the 99th percentile."""


@dataclass
class Delivery:
    """What became of the calls."""

    statuses: dict[int, int] = field(default_factory=dict)
    """Number of a call → its final status."""
    milliseconds: list[float] = field(default_factory=list)
    """Of each answered attempt while the app was up."""
    cut_off: int = 0
    """Attempts that met no app, or one that was killed meanwhile."""


def main(
    events: Annotated[int, typer.Option(help="Webhook calls.")] = 10_000,
    rate: Annotated[float, typer.Option(help="A second.")] = 200.0,
    kills: Annotated[int, typer.Option(help="Of the app.")] = 20,
    rasa_kills: Annotated[int, typer.Option(help="Of Rasa.")] = 3,
    seed: int = 7,
    keep: Annotated[Path | None, typer.Option(help="Folder for data and logs, kept.")] = None,
    most: Annotated[float, typer.Option(help="Seconds after which to give up.")] = 1_500.0,
) -> None:
    """Run it; the exit status is 1 when a bar is missed."""
    with TemporaryDirectory() as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder, events, rate, kills, rasa_kills, seed, most)
        passed = asyncio.run(bench.run())
    raise typer.Exit(0 if passed else 1)


class Bench:
    """One run."""

    def __init__(
        self, folder: Path, events: int, rate: float, kills: int, rasa_kills: int, seed: int, most: float
    ) -> None:
        self._chance = random.Random(seed)
        self._calls = traffic(events, seed)
        self._rate = rate
        self._most = most
        self._app_port, self._rasa_port, self._fake_port = free_port(), free_port(), free_port()
        self._fakes = f"http://127.0.0.1:{self._fake_port}"
        self._folder = folder
        self._seed = seed
        self._delivery = Delivery()
        self._lines = {channel: asyncio.Semaphore(CONNECTIONS) for channel in RETRIES}
        self._due = {c.event_id for c in self._calls if c.needs_answer}
        self._accepted: set[str] = set()
        self._heard: list[Heard] = []
        self._kill_at = sorted(self._chance.uniform(0.01, 0.97) for _ in range(kills))
        self._kill_rasa_at = sorted(self._chance.uniform(0.1, 0.9) for _ in range(rasa_kills))
        url = f"http://127.0.0.1:{self._app_port}"
        self._app = Supervised(self._environment(url), url, folder / "app.log")
        self._url = url

    async def run(self) -> bool:
        """Everything; returns whether every bar is met."""
        self._prepare()
        arguments = ["--port", str(self._fake_port), "--seed", str(self._seed)]
        fakes = subprocess.Popen([sys.executable, "-m", "bench.platforms", *arguments], cwd=ROOT)
        try:
            await self._grant()
            self._app.start()
            await self._until(lambda: self._app.up, 300.0)
            if not self._app.up:
                raise RuntimeError(f"the app does not start; see {self._folder / 'app.log'}")
            began = time.monotonic()
            first = self._app.starts[0]
            print(f"{len(self._calls)} calls at {self._rate:g}/s; the app started in {first:.1f} s")
            watching = [asyncio.create_task(self._listen()), asyncio.create_task(self._break_things())]
            await self._send()
            sent = time.monotonic() - began
            await self._until(self._done, self._most - sent)
            await asyncio.sleep(3)
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
            await self._fetch_ledger()
            took = time.monotonic() - began
        finally:
            self._app.stop()
            fakes.kill()
            fakes.wait()
        return self._report(sent, took)

    def _environment(self, url: str) -> dict[str, str]:
        ours = {
            "HOST": "127.0.0.1",
            "PORT": str(self._app_port),
            "RASA_PORT": str(self._rasa_port),
            "PUBLIC_URL": url,
            "DATA_DIR": str(self._folder),
            "DATABASE_URL": self._database_url(),
            "SECRET_KEY": SECRET_KEY,
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_MODE": "webhook",
            "TELEGRAM_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "TELEGRAM_API_URL": f"{self._fakes}/telegram",
            "ZALO_APP_ID": APP_ID,
            "ZALO_OA_ID": OA_ID,
            "ZALO_APP_SECRET": APP_SECRET,
            "ZALO_OA_SECRET": OA_SECRET,
            "ZALO_API_URL": f"{self._fakes}/zalo",
            "ZALO_OAUTH_URL": f"{self._fakes}/zalo",
        }
        return os.environ | ours | {"PYTHONDONTWRITEBYTECODE": ""}

    def _database_url(self) -> str:
        return f"sqlite:///{self._folder / 'bench.db'}"

    def _prepare(self) -> None:
        """A folder of its own, with the index and model that exist already."""
        for name in ("index", "models"):
            made = settings().data_dir / name
            if made.exists() and not (self._folder / name).exists():
                shutil.copytree(made, self._folder / name, symlinks=True)
        for old in self._folder.glob("bench.db*"):
            old.unlink()

    async def _grant(self) -> None:
        async with httpx.AsyncClient(base_url=self._fakes) as client:
            while True:
                try:
                    pair = (await client.get("/grant")).json()
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
        db = Database(self._database_url())
        db.migrate()
        oauth = ZaloOAuth(url=self._fakes, app_id=APP_ID, app_secret=APP_SECRET)
        await ZaloTokens(db, oauth, secret_key=SECRET_KEY).store(
            TokenPair(pair["access_token"], pair["refresh_token"], int(pair["expires_in"]))
        )
        await oauth.close()
        db.close()

    async def _send(self) -> None:
        # httpx would take as much of the machine as the app that it measures.
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(self._url, connector=connector) as client:
            began = time.monotonic()
            async with asyncio.TaskGroup() as group:
                for number, call in enumerate(self._calls):
                    await asyncio.sleep(began + number / self._rate - time.monotonic())
                    group.create_task(self._deliver(client, number, call))

    async def _deliver(self, client: aiohttp.ClientSession, number: int, call: Call) -> None:
        for pause in (*RETRIES[call.channel], None):
            status = await self._attempt(client, call)
            if status is not None:
                self._delivery.statuses[number] = status
                if status == 200:
                    self._accepted.add(call.event_id)
                if status < 500:
                    return
            if pause is not None:
                await asyncio.sleep(pause * self._chance.uniform(0.8, 1.2))

    async def _attempt(self, client: aiohttp.ClientSession, call: Call) -> int | None:
        async with self._lines[call.channel]:
            return await self._send_once(client, call)

    async def _send_once(self, client: aiohttp.ClientSession, call: Call) -> int | None:
        kills, up, began = len(self._app.kills), self._app.up, time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE[call.channel]):
                async with client.post(call.path, data=call.body, headers=call.headers) as answer:
                    await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            if up and kills == len(self._app.kills) and self._app.up:
                self._delivery.milliseconds.append((time.monotonic() - began) * 1_000)
            else:
                self._delivery.cut_off += 1
            return None
        self._delivery.milliseconds.append((time.monotonic() - began) * 1_000)
        return answer.status

    async def _listen(self) -> None:
        while True:
            await asyncio.sleep(1)
            await self._fetch_ledger()

    async def _fetch_ledger(self) -> None:
        async with httpx.AsyncClient(base_url=self._fakes, timeout=30) as client:
            news: list[Any] = (await client.get("/ledger", params={"after": len(self._heard)})).json()
        self._heard += [Heard(**one) for one in news]

    async def _break_things(self) -> None:
        """Kill at moments of the whole run, which lasts as long as the answering."""
        last = 0.0
        while self._kill_at or self._kill_rasa_at:
            await asyncio.sleep(0.05)
            done = len(self._heard) / len(self._due)
            if self._kill_at and done >= self._kill_at[0] and self._app.up:
                await asyncio.sleep(self._chance.uniform(0.0, 1.5))
                self._kill_at.pop(0)
                self._app.kill()
            elif (
                self._kill_rasa_at
                and done >= self._kill_rasa_at[0]
                and self._app.up
                and self._app.kill_rasa()
            ):
                self._kill_rasa_at.pop(0)
            if time.monotonic() - last > 20:
                last = time.monotonic()
                accepted, told = len(self._accepted), len(self._heard)
                print(f"  accepted {accepted}, told {told}, kills {len(self._app.kills)}", flush=True)

    def _done(self) -> bool:
        return len(self._heard) >= len(self._due) and not self._unfinished()

    def _unfinished(self) -> int:
        db = Database(self._database_url())
        with db.session(read_only=True) as session:
            waiting = session.scalar(
                select(func.count()).select_from(InboxItem).where(InboxItem.status.in_(("new", "claimed")))
            )
            going = session.scalar(
                select(func.count())
                .select_from(OutboxItem)
                .where(OutboxItem.status.in_(("pending", "claimed")))
            )
            unread = session.scalar(select(func.count()).select_from(JournalEntry))
        db.close()
        return (waiting or 0) + (going or 0) + (unread or 0)

    async def _until(self, done: Any, most: float) -> None:
        deadline = time.monotonic() + most
        while not done() and time.monotonic() < deadline:
            await asyncio.sleep(0.5)

    def _order(self) -> tuple[list[str], Counter[str]]:
        """Event ids in the order of their acceptance, and how many items are dead."""
        db = Database(self._database_url())
        with db.session(read_only=True) as session:
            order = list(session.scalars(select(InboxItem.event_id).order_by(InboxItem.id)))
            dead: Counter[str] = Counter()
            for name, table in (("inbox", InboxItem), ("outbox", OutboxItem)):
                dead[name] = len(list(session.scalars(select(table.id).where(table.status == "dead"))))
        db.close()
        return order, dead

    def _report(self, sent: float, took: float) -> bool:
        order, dead = self._order()
        verdict = judge(self._calls, self._accepted, order, self._heard, self._app.kills)
        delivery = self._delivery
        times = sorted(delivery.milliseconds)
        p50, p95, p99 = (times[int(len(times) * share)] for share in (0.5, 0.95, 0.99))
        forged = [
            delivery.statuses[n] for n, c in enumerate(self._calls) if c.forged and n in delivery.statuses
        ]
        refused = sum(status in (401, 403) for status in forged)
        reached = {c.event_id for n, c in enumerate(self._calls) if n in delivery.statuses}
        unaccepted = {c.event_id for c in self._calls if not c.forged} - self._accepted
        never = len(unaccepted & reached)
        starts = sorted(self._app.starts)
        lines = [
            f"took {took:.0f} s: the last call acknowledged after {sent:.0f} s; "
            f"{len(self._heard)} messages delivered, {len(self._heard) / took:.1f}/s",
            f"app killed {len(self._app.kills)}×, up again after {starts[len(starts) // 2]:.1f} s (median), "
            f"{starts[-1]:.1f} s at most; Rasa killed {len(self._app.rasa_kills)}×; "
            f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
            f"acknowledgement p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms "
            f"({len(times)} answered attempts; {delivery.cut_off} met no app)",
            f"never accepted {never}, given up by the platform after attempts that all met no app "
            f"{len(unaccepted - reached)}; forged {len(forged)}, refused with 401/403 {refused}, "
            f"answered {verdict.answered_forged}",
            *verdict.lines(),
            f"dead: inbox {dead['inbox']}, outbox {dead['outbox']}",
        ]
        bars = {
            "none lost": verdict.lost == 0 and never == 0,
            "none answered twice that could be known": verdict.twice == 0,
            "order kept": verdict.out_of_order == 0,
            "forged refused": refused == len(forged) and verdict.answered_forged == 0,
            f"p99 < {ACKNOWLEDGED_WITHIN:.0f} ms": p99 < ACKNOWLEDGED_WITHIN,
        }
        lines += [f"{'✓' if met else '✗'} {bar}" for bar, met in bars.items()]
        print("\n".join(lines), flush=True)
        return all(bars.values())


__all__ = ["Bench", "Verdict", "main"]

if __name__ == "__main__":
    typer.run(main)
