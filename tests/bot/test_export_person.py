"""The command that prints what is kept about a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.settings import settings
from conversations import inbox
from conversations.database import Database
from conversations.messages import Channel, InboundMessage
from tests.databases import migrated


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The database that the settings name."""
    url = f"sqlite:///{migrated(tmp_path)}"
    monkeypatch.setenv("DATABASE_URL", url)
    settings.cache_clear()
    database = Database(url)
    yield database
    database.close()
    settings.cache_clear()


def test_a_person_s_data_are_printed_as_json(db: Database) -> None:
    said = InboundMessage(channel=Channel.ZALO, event_id="1", external_user_id="u1", text="phí khai sinh")
    with db.session() as session:
        inbox.receive(session, said)

    printed = json.loads(CliRunner().invoke(app, ["export-person", "zalo", "u1"]).stdout)

    assert printed["person"]["external_id"] == "u1"
    assert [message["text"] for message in printed["messages"]] == ["phí khai sinh"]


def test_who_is_not_known_is_said(db: Database) -> None:
    result = CliRunner().invoke(app, ["export-person", "zalo", "nobody"])

    assert result.exit_code == 1
    assert "nobody" in result.stderr
