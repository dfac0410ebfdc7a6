"""What the assistant says: Jinja templates in `texts.yaml`."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined, Template

TEXTS = Path(__file__).with_name("texts.yaml")


def vietnamese_date(day: date) -> str:
    """E.g. 01/07/2025."""
    return day.strftime("%d/%m/%Y")


def dong(amount: int) -> str:
    """E.g. "35.000 đồng"."""
    return f"{amount:,}".replace(",", ".") + " đồng"


@cache
def _environment() -> Environment:
    environment = Environment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["nostop"] = lambda text: text.rstrip(". ")
    environment.filters["day"] = vietnamese_date
    environment.filters["dong"] = dong
    return environment


@cache
def _texts() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    return loaded


def words_of_field(field: str) -> list[str]:
    """Words by which a review note shows that it speaks of a field."""
    words: list[str] = _texts()["note_words"].get(field, [])
    return words


def say(key: str, **values: object) -> str:
    """Render the text under a dotted key.

    Raises:
        KeyError: there is no such text.
    """
    return _template(key).render(**values).strip()


@cache
def _template(key: str) -> Template:
    text: Any = _texts()
    for part in key.split("."):
        text = text[part]
    return _environment().from_string(text)
