"""From an editor's draft to the citizen's answer: real database, real index, real console."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.answering import answer
from actions.turn import Services, Turn
from bot import training
from bot.assistant import library_of, services_of
from bot.indexing import open_searcher
from bot.knowledge import Knowledge
from bot.settings import Settings
from conversations import editorial, officers
from conversations.bus import Notifier
from conversations.database import Database
from conversations.editorial import State
from conversations.models import Officer
from knowledge_base.places import Places

pytestmark = pytest.mark.slow

SECONDS = 5.0
"""Within this time what was published must be found."""
NOTICE: dict[str, Any] = {
    "kind": "announcement",
    "id": "don-nop-rau-cu",
    "title": "Phiên chợ rau củ sạch ở xã Vĩnh Hòa Hưng",
    "body": "Phiên chợ rau củ sạch họp sáng Chủ nhật tại sân Ủy ban nhân dân xã.",
    "published": "2026-11-20",
    "source": {"title": "Ủy ban nhân dân xã", "checked": "2026-11-24"},
}
PROCEDURE: dict[str, Any] = {
    "kind": "procedure",
    "code": "1.001193",
    "name": "Thủ tục đăng ký khai sinh",
    "short_name": "đăng ký khai sinh",
    "field": "Hộ tịch",
    "summary": "Ghi nhận việc sinh của một đứa trẻ.",
    "source": {"title": "Cổng Dịch vụ công", "checked": "2026-01-05"},
}
OTHER = PROCEDURE | {
    "code": "1.000656",
    "name": "Thủ tục đăng ký khai tử",
    "short_name": "đăng ký khai tử",
    "summary": "Ghi nhận việc một người qua đời.",
}


@pytest.fixture
def knowledge(tmp_path: Path) -> Iterator[Knowledge]:
    (tmp_path / "bundled").mkdir()
    for record in (PROCEDURE, OTHER):
        (tmp_path / "bundled" / f"{record['code']}.yaml").write_text(yaml.safe_dump(record), encoding="utf-8")
    settings = Settings(data_dir=tmp_path / "var", knowledge_dir=tmp_path / "bundled", _env_file=None)
    db = Database(settings.database)
    db.migrate()
    with db.session() as session:
        for name in ("viet", "duyet"):
            officers.create(session, name, name, "con đò nhỏ qua sông", role="editor")
    yield Knowledge(settings, services_of(settings, db, library_of(settings), open_searcher(settings)))
    db.close()


def people(session: Any) -> tuple[Officer, Officer]:
    found = {officer.username: officer for officer in session.query(Officer)}
    return found["viet"], found["duyet"]


def publish(db: Database, record: dict[str, Any]) -> int:
    """Written by one, published by the other; returns the version's number."""
    with db.session() as session:
        author, reviewer = people(session)
        version = editorial.save(
            session,
            author,
            document_id=record.get("id") or record["code"],
            kind=record["kind"],
            title=record.get("title") or record["name"],
            content=record,
        )
        editorial.submit(session, version.id, author)
        editorial.publish(session, version.id, reviewer)
        return version.id


def found(services: Services, question: str) -> list[str]:
    return [hit.id for hit in services.searcher.search(question, as_of=date(2026, 11, 24))]


async def until(met: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not met():
        assert time.monotonic() - began < SECONDS, "not in time"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


async def test_what_is_published_is_answered_within_seconds_and_gone_when_withdrawn(
    knowledge: Knowledge,
) -> None:
    services = knowledge.services
    question = "phiên chợ rau củ sạch họp hôm nào"
    notifier = Notifier(services.db)
    watching = asyncio.create_task(knowledge.watch(notifier))
    try:
        version = await asyncio.to_thread(publish, services.db, NOTICE)
        await until(lambda: NOTICE["id"] in found(services, question))
        turn = Turn(question, "ask_announcement", 0.9, (), date(2026, 11, 24), 0, 0, (), {})
        assert "sáng Chủ nhật" in answer(turn, services).messages[0].text

        with services.db.session() as session:
            editorial.withdraw(session, version, people(session)[0])
        await until(lambda: NOTICE["id"] not in found(services, question))
        assert services.library.get(NOTICE["id"]) is None
    finally:
        watching.cancel()


def test_an_editors_wording_stands_in_for_the_bundled_one(knowledge: Knowledge) -> None:
    publish(knowledge.services.db, PROCEDURE | {"where": "Ủy ban nhân dân xã"})
    knowledge.sync()
    library = knowledge.services.library
    assert (len(library), library.get("1.001193").where) == (2, "Ủy ban nhân dân xã")  # type: ignore[union-attr]


def test_a_new_process_starts_with_what_was_published(knowledge: Knowledge) -> None:
    publish(knowledge.services.db, NOTICE)
    knowledge.sync()
    assert library_of(knowledge.settings).get(NOTICE["id"]) is not None
    assert NOTICE["id"] in found(
        services_of(
            knowledge.settings,
            knowledge.services.db,
            library_of(knowledge.settings),
            open_searcher(knowledge.settings),
        ),
        "phiên chợ rau củ sạch",
    )


def test_nothing_new_builds_nothing(knowledge: Knowledge) -> None:
    knowledge.sync()
    assert knowledge.sync() is False


def test_a_saying_is_tried_aside_and_works_once_it_is_accepted(knowledge: Knowledge) -> None:
    services, question = knowledge.services, "vụ bông lau cục cựa"
    trial = knowledge.try_sayings([("1.000656", question)], [question])
    [(before, after)] = trial.results
    assert trial.measured is not None
    assert trial.measured.before == trial.measured.after > 0
    assert before[0].score < 0.2 < 0.5 < after[0].score
    assert after[0].id == "1.000656"
    assert knowledge.search(question) == before

    with services.db.session() as session:
        author, reviewer = people(session)
        [saying] = editorial.propose(session, author, "1.000656", [question])
        with pytest.raises(editorial.OwnWork):
            editorial.decide(session, author, [saying.id], accept=True)
        editorial.decide(session, reviewer, [saying.id], accept=True)
    knowledge.sync()
    assert knowledge.search(question)[0] == after[0]

    with services.db.session() as session:
        live = [one.id for one in editorial.sayings(session, State.LIVE)]
        assert editorial.take_back(session, people(session)[0], live) == 1
    knowledge.sync()
    assert knowledge.search(question) == before


def test_the_preview_is_what_the_assistant_says(knowledge: Knowledge) -> None:
    shown = knowledge.preview(knowledge.services.library.get("1.000656"))  # type: ignore[arg-type]
    assert shown[0].field == "general"
    assert "Ghi nhận việc một người qua đời." in shown[0].text


def test_a_saying_in_use_is_an_example_for_training_until_it_is_taken_back(knowledge: Knowledge) -> None:
    settings, db, library = knowledge.settings, knowledge.services.db, knowledge.services.library

    def examples() -> str:
        knowledge.sync()
        return training.write_lookups(settings, library, Places()).read_text(encoding="utf-8")

    untaught = examples()
    with db.session() as session:
        author, reviewer = people(session)
        texts = [("1.000656", "vụ bông lau cục cựa"), ("khong-co", "câu của văn bản không phải thủ tục")]
        ids = [editorial.propose(session, author, code, [text])[0].id for code, text in texts]
        editorial.decide(session, reviewer, ids, accept=True)
    assert "- vụ bông lau cục cựa\n" in yaml.safe_load(examples())["nlu"][-1]["examples"]
    assert "không phải thủ tục" not in examples()
    with db.session() as session:
        editorial.take_back(session, people(session)[0], ids)
    assert examples() == untaught
