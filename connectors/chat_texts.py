"""The words of the Telegram and Zalo channels; they are in `chat_texts.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml


@cache
def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = yaml.safe_load(
        Path(__file__).with_name("chat_texts.yaml").read_text("utf-8")
    )
    return texts


def say(key: str, /, **values: object) -> str:
    """What a citizen reads."""
    return _texts()["citizen"][key].format(**values)


def tell_staff(key: str, /, **values: object) -> str:
    """Why a message could not be delivered, for staff."""
    return _texts()["staff"][key].format(**values)


def has_staff_text(key: str) -> bool:
    """Whether there are words for that reason."""
    return key in _texts()["staff"]


def telegram_commands() -> dict[str, str]:
    """Name and description of each command, in the order of the menu."""
    return _texts()["telegram_commands"]
