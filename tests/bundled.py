"""Services over the bundled documents: the real index, a real database, a fixed day.

Imported as fixtures by the conftest of the rooms that need them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any
from uuid import uuid4

import pytest

from actions.turn import Services, Turn
from bot.assistant import library_of, services_of
from bot.indexing import open_searcher
from bot.settings import ROOT, Settings
from conversations.database import Database
from conversations.models import Conversation, Person
from nlu.fields import FieldModel

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Services with the documents of the repository; their index is kept between test runs."""
    settings = Settings(data_dir=ROOT / "var" / "test", _env_file=None)
    db = Database(f"sqlite:///{tmp_path_factory.mktemp('bundled') / 'test.db'}")
    db.migrate()
    yield replace(
        services_of(settings, db, library_of(settings), open_searcher(settings)), today=lambda: TODAY
    )
    db.close()


@pytest.fixture
def conversation(bundled: Services) -> int:
    """The id of a new citizen's conversation."""
    with bundled.db.session() as session:
        person = Person(channel="web", external_id=uuid4().hex)
        session.add(person)
        session.flush()
        made = Conversation(person_id=person.id)
        session.add(made)
        session.flush()
        return made.id


@pytest.fixture
def turn() -> Callable[..., Turn]:
    """Makes a turn as Rasa would report it."""

    def make(text: str, *, intent: str = "ask_procedure", as_of: date = TODAY, **rest: Any) -> Turn:
        entities = tuple(rest.pop("entities", ()))
        known = {"confidence": 0.9, "conversation_id": 0, "failures": 0, "attachments": (), "slots": {}}
        return Turn(text=text, intent=intent, entities=entities, as_of=as_of, **known | rest)

    return make


def asked(text: str) -> list[dict[str, Any]]:
    """What a message asks for, by its words alone, as Rasa's field component reports it."""
    return [
        {"entity": "field", "value": one.field, "start": one.start, "end": one.end}
        for one in _field_model().asked(text)
    ]


@cache
def _field_model() -> FieldModel:
    return FieldModel()


def field(value: str, text: str, said: str) -> dict[str, Any]:
    """A field entity with its place in the text."""
    start = text.index(said)
    return {"entity": "field", "value": value, "start": start, "end": start + len(said)}
