"""What happens in a life (life_events.yaml), and how people tell it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nlu.text import read

_TABLE = Path(__file__).with_name("life_events.yaml")


@cache
def life_events() -> list[dict[str, Any]]:
    """The table, in order."""
    table: list[dict[str, Any]] = yaml.safe_load(_TABLE.read_text("utf-8"))
    return table


def told_event(text: str) -> str | None:
    """The id of the event that a message tells ("má tôi mới mất sáng nay"); None when it tells none."""
    folded = read(text).folded
    for event in life_events():
        if any(re.search(rf"(?<!\w)(?:{pattern})(?!\w)", folded) for pattern in event.get("told", ())):
            return str(event["id"])
    return None
