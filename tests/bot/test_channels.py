"""Which chat channels the settings switch on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.channels import open_channels
from bot.settings import Settings
from connectors.uploads import no_files
from conversations.database import Database


def routes_of(tmp_path: Path, **values: Any) -> list[str]:
    settings = Settings(_env_file=None, public_url="https://tl.example.vn", **values)
    db = Database(f"sqlite:///{tmp_path / 'x.db'}")
    channels = open_channels(db, settings, "key", read_file=no_files)
    return [str(route.path) for channel in channels for route in channel.routes()]  # type: ignore[attr-defined]


ZALO = {"zalo_app_id": "1", "zalo_app_secret": "s"}
TELEGRAM = {"telegram_token": "1:a", "telegram_mode": "webhook"}


@pytest.mark.parametrize(
    ("values", "routes"),
    [
        ({}, []),
        (TELEGRAM, ["/telegram/webhook"]),
        (TELEGRAM | {"telegram_mode": "polling"}, []),
        (ZALO, ["/zalo/webhook"]),
        (TELEGRAM | ZALO, ["/telegram/webhook", "/zalo/webhook"]),
    ],
)
def test_a_channel_is_on_when_it_is_set_up(tmp_path: Path, values: dict[str, str], routes: list[str]) -> None:
    assert routes_of(tmp_path, **values) == routes


@pytest.mark.parametrize("values", [{"zalo_app_id": "1"}, ZALO | {"zalo_signature_id": "oa_id"}])
def test_a_channel_that_is_set_up_by_half_is_an_error(tmp_path: Path, values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="ZALO_"):
        routes_of(tmp_path, **values)
