"""What a question is about, apart from which field of it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nlu.text import fold, normalise, syllables

_WORDS = Path(__file__).with_name("function_words.yaml")


@cache
def _function_words() -> frozenset[str]:
    lists: dict[str, list[str]] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return frozenset(fold(word) for words in lists.values() for word in words)


def content_words(text: str, fields: Iterable[dict[str, Any]] = ()) -> list[str]:
    """The words that say which matter it is, folded.

    Args:
        text: the message as typed.
        fields: entities with `start` and `end`, in characters, whose words say only what is asked
            about the matter ("mất bao lâu").

    Returns:
        What remains without those and without function words; empty for "còn lệ phí thì sao?".
    """
    kept = list(text)
    for field in fields:
        if isinstance(field.get("start"), int) and isinstance(field.get("end"), int):
            kept[field["start"] : field["end"]] = " " * (field["end"] - field["start"])
    words = syllables(fold(normalise("".join(kept))))
    return [word for word in words if word not in _function_words()]
