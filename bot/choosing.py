"""What a citizen chose in words among the choices offered last: "2", "cái thứ hai", a part of a title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.question import content_words, without_cues, without_takes
from conversations.messages import AnswerStatus, Choice, OutboundMessage
from nlu.text import fold, has_diacritics, normalise, syllables

_DIGITS = re.compile(r"\s*(?:số|so|chọn|chon)?\s*(\d{1,2})[.)]?\s*", re.IGNORECASE)
_MOVES = frozenset({"/request_human", "/stop", "/affirm", "/deny", "/guide_next", "/guide_back", "/resume"})
"""Buttons that are no alternatives among which a title's words could choose."""


def chosen(text: str, offered: OutboundMessage) -> Choice | None:
    """The choice that a message stands for; None when it says something else.

    Args:
        text: as typed.
        offered: the assistant's newest message.
    """
    choices = offered.choices
    at = _numbered(text, len(choices))
    if at is not None:
        return choices[at]
    return _button(text, choices) or _titled(text, offered)


def _numbered(text: str, count: int) -> int | None:
    """The place that a number or an ordinal names, from 0; None when there is none or it is too high."""
    digits = _DIGITS.fullmatch(text)
    if digits:
        at = int(digits[1]) - 1
        return at if 0 <= at < count else None
    said = _plain(text)
    table = _table()
    if not count or not re.search(rf"(?<!\w){table['pointing']}", said):
        return None
    named = [*enumerate(table["ordinals"][:count]), (count - 1, table["last"])]
    for at, words in named:
        if re.fullmatch(table["number"].replace("NUMBER", "|".join(words)), said):
            return at
    return None


def _button(text: str, choices: Sequence[Choice]) -> Choice | None:
    """The button whose title is the whole message, or that the words stand for when no yes is awaited."""
    said = _plain(text)
    payloads = {choice.payload for choice in choices}
    for choice in choices:
        if _plain(choice.title) == said and (choice.payload not in ("/affirm", "/deny")):
            return choice
    if "/affirm" in payloads or has_diacritics(text):
        return None
    return next((c for c in choices if said in _table()["buttons"].get(c.payload, ())), None)


def _titled(text: str, offered: OutboundMessage) -> Choice | None:
    """The one alternative whose title holds every word that matters: "trường hợp con ngoài giá thú"."""
    if offered.meta is None or offered.meta.status not in (AnswerStatus.CLARIFICATION, AnswerStatus.GUIDE):
        return None
    words = set(
        content_words(without_cues(without_takes(text)))
    )  # "mất bao lâu" chooses nothing that was lost
    alternatives = [choice for choice in offered.choices if choice.payload not in _MOVES]
    fitting = [c for c in alternatives if words and words <= set(syllables(fold(normalise(c.title))))]
    return fitting[0] if len(fitting) == 1 else None


def _plain(text: str) -> str:
    return fold(" ".join(syllables(text)))


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return table
