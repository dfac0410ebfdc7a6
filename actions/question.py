"""What a question is about, apart from which field of it is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nlu.text import fold, normalise, syllables

_WORDS = Path(__file__).with_name("function_words.yaml")


@cache
def _lists() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return lists


@cache
def _function_words() -> frozenset[str]:
    lists = (words for name, words in _lists().items() if name not in ("frames", "takes"))
    return frozenset(fold(word) for words in lists for word in words)


@cache
def _frames() -> list[re.Pattern[str]]:
    return [re.compile(frame) for frame in _lists()["frames"]]


def new_matter(text: str) -> str | None:
    """The matter that a message names anew ("còn khai tử thì sao" → "khai tử"); None when it does not.

    Works on normalised text whose letters and folded letters stand at the same places.
    """
    said = normalise(text)
    folded = fold(said)
    if len(folded) != len(said):
        return None
    start, end = 0, len(said)
    for frame in _frames():
        found = frame.search(folded)
        if found and found.start() == 0 and found.end() < len(folded):
            start = max(start, found.end())
        elif found and found.end() == len(folded):
            end = min(end, found.start())
    return said[start:end].strip() if start and start < end else None


def without_takes(text: str) -> str:
    """The text without "mất" where it means "takes": search would read it as "lost"."""
    said = normalise(text)
    for pattern in _lists()["takes"]:
        said = re.sub(pattern, "", said)
    return said


@cache
def word_lists(name: str) -> dict[str, Any]:
    """The lists of a YAML file of this room, nested as they are there, their words folded."""
    content = yaml.safe_load(_WORDS.with_name(name).read_text(encoding="utf-8"))

    def folded(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: folded(inner) for key, inner in value.items()}
        return [fold(word) for word in value]

    lists: dict[str, Any] = folded(content)
    return lists


def mentions(text: str, words: Iterable[str]) -> bool:
    """Whether one of these folded words or phrases stands in the text."""
    folded = " ".join(["", *syllables(fold(normalise(text))), ""])
    return any(f" {word} " in folded for word in words)


def is_danger(text: str) -> bool:
    """Whether somebody seems to be in danger or harmed."""
    return mentions(text, word_lists("danger.yaml")["danger"])


def is_unspoken_variant(name: str, text: str) -> bool:
    """Whether a procedure's name marks a special case that the message does not speak of."""
    return any(
        mentions(name, case["name"]) and not mentions(text, case["said"])
        for case in word_lists("special_cases.yaml").values()
    )


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
