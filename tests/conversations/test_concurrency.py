"""Many hands on one database, some of them killed: nothing lost, nothing twice, all in order."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conversation_support import LEASE, conversation_of, event, queued, reply, say, texts
from sqlalchemy import func, select

from conversations import handoffs, inbox, outbox
from conversations.database import Database
from conversations.messages import Channel
from conversations.models import Case, InboxItem, Message, Person

ROOT = Path(__file__).parents[2]
USERS = [f"u{number}" for number in range(5)]


def test_repeats_that_arrive_together_are_stored_once(db: Database) -> None:
    events = [event(f"{number}", random.choice(USERS)) for number in range(20)]

    def deliver(seed: int) -> int:
        accepted = 0
        for inbound in random.Random(seed).sample(events, len(events)):
            with db.session() as session:
                accepted += inbox.receive(session, inbound)
        return accepted

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(deliver, range(6))) == 20
    with db.session(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(InboxItem)) == 20
        assert session.scalar(select(func.count()).select_from(Message)) == 20
        people = session.scalars(select(Person.external_id)).all()
        assert len(people) == len(set(people))


def test_many_workers_never_share_a_conversation_and_keep_its_order(db: Database) -> None:
    for number in range(8):
        for user in USERS:
            say(db, str(number), user)
    guard = threading.Lock()
    active: set[int] = set()
    together: list[int] = []
    seen: list[tuple[str, str]] = []

    def work(_: int) -> None:
        while len(seen) < 8 * len(USERS):
            claimed = inbox.claim(db, lease=LEASE)
            if claimed is None:
                continue
            with guard:
                if claimed.conversation_id in active:
                    together.append(claimed.item_id)
                active.add(claimed.conversation_id)
                seen.append((claimed.external_user_id, claimed.message.text))
            with guard:
                active.discard(claimed.conversation_id)
            with db.session() as session:
                inbox.finish(session, claimed, [reply(claimed.message.text)])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert together == []
    for user in USERS:
        assert [text for who, text in seen if who == user] == [str(number) for number in range(8)]
        with db.session(read_only=True) as session:
            conversation_id = conversation_of(session, user).id
        assert texts(db, conversation_id, "bot") == [str(number) for number in range(8)]


def test_many_couriers_deliver_each_message_once_and_in_order(db: Database) -> None:
    for user in USERS:
        say(db, user=user)
        with db.session() as session:
            for number in range(8):
                outbox.enqueue(session, conversation_of(session, user), reply(str(number)))
    delivered: list[tuple[str, str]] = []

    def deliver(_: int) -> None:
        while len(delivered) < 8 * len(USERS):
            claim = outbox.claim(db, channels=[Channel.WEB], lease=LEASE)
            if claim is not None:
                delivered.append((claim.external_user_id, claim.message.text))
                outbox.sent(db, claim)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(deliver, range(6)))
    for user in USERS:
        assert [text for who, text in delivered if who == user] == [str(number) for number in range(8)]


def test_readers_see_message_ids_in_the_order_of_their_commits(db: Database) -> None:
    """A web client resumes after the last id it saw: no smaller id may appear later."""
    conversation_id = say(db)
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        while True:
            last_look = done.is_set()
            with db.session(read_only=True) as session:
                newer = select(Message.id).where(Message.id > max(seen, default=0)).order_by(Message.id)
                seen.extend(session.scalars(newer))
            if last_look:
                return

    def write(_: int) -> None:
        for _ in range(10):
            with db.session() as session:
                outbox.enqueue(session, conversation_of(session), reply("x"))

    with ThreadPoolExecutor(5) as pool:
        reading = pool.submit(read)
        list(pool.map(write, range(4)))
        done.set()
        reading.result()
    assert len(seen) == len(texts(db, conversation_id)) == 41


def test_officers_who_take_a_case_together_get_it_once(db: Database) -> None:
    conversation_id = say(db)
    with ThreadPoolExecutor(4) as pool:
        codes = set(pool.map(lambda _: _open(db, conversation_id), range(4)))
    assert len(codes) == 1
    with db.session(read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1


def _open(db: Database, conversation_id: int) -> str:
    with db.session() as session:
        return handoffs.request(session, conversation_id, "requested").code


class Programs:
    """Starts `killable.py` and kills what is left at the end."""

    def __init__(self, url: str, log: Path) -> None:
        self._url, self._log = url, log
        self._started: list[subprocess.Popen[str]] = []

    def start(self, *options: str) -> subprocess.Popen[str]:
        command = [
            sys.executable,
            str(Path(__file__).with_name("killable.py")),
            self._url,
            str(self._log),
            *options,
        ]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        program = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self._started.append(program)
        return program

    def wait_until_handling(self, program: subprocess.Popen[str]) -> None:
        assert program.stdout is not None
        assert program.stdout.readline() == "handling\n"

    def deliveries(self) -> list[tuple[str, str]]:
        lines = self._log.read_text().splitlines()
        return [(user, text) for user, _, text in (line.partition("\t") for line in lines)]

    def kill(self, program: subprocess.Popen[str]) -> None:
        program.send_signal(signal.SIGKILL)
        program.wait()

    def kill_all(self) -> None:
        for program in self._started:
            self.kill(program)
            assert program.stdout is not None
            program.stdout.close()


@pytest.fixture
def programs(database_url: str, tmp_path: Path) -> Iterator[Programs]:
    log = tmp_path / "deliveries.log"
    log.touch()
    started = Programs(database_url, log)
    yield started
    started.kill_all()


def wait_for(db: Database, sent: int) -> None:
    deadline = time.monotonic() + 180
    while len(queued(db, "sent")) < sent:
        assert time.monotonic() < deadline, "not everything was delivered in time"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing(
    db: Database, programs: Programs
) -> None:
    conversation_id = say(db, "một", "u0")
    say(db, "hai", "u0")
    stuck = programs.start("stuck")
    programs.wait_until_handling(stuck)
    programs.kill(stuck)
    programs.start()
    wait_for(db, sent=4)
    assert texts(db, conversation_id, "bot") == ["một.1", "một.2", "hai.1", "hai.2"]
    assert programs.deliveries() == [("u0", text) for text in ("một.1", "một.2", "hai.1", "hai.2")]


@pytest.mark.slow
def test_workers_and_couriers_killed_at_any_moment(db: Database, programs: Programs) -> None:
    dice = random.Random(7)
    kills = 4
    running = [programs.start(), programs.start()]
    for number in range(30):
        for user in USERS:
            say(db, str(number), user)
        if number % 7 == 6:
            victim = running.pop(0)
            programs.wait_until_handling(victim)
            time.sleep(dice.uniform(0, 0.1))
            programs.kill(victim)
            running.append(programs.start())
    wait_for(db, sent=30 * len(USERS) * 2)
    expected = [f"{number}.{part}" for number in range(30) for part in (1, 2)]
    for user in USERS:
        with db.session(read_only=True) as session:
            conversation_id = conversation_of(session, user).id
        assert texts(db, conversation_id, "bot") == expected, "each reply committed once, in order"
        arrived = [text for who, text in programs.deliveries() if who == user]
        assert list(dict.fromkeys(arrived)) == expected, "each reply delivered, in order"
    # Between giving a message to a channel and noting it, a kill cannot be told from a failure: it is
    # delivered again. Only what was under way in the killed couriers may be doubled.
    doubled = sum(count - 1 for count in Counter(programs.deliveries()).values())
    assert doubled <= kills * 2
