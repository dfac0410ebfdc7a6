"""What a question is about, apart from which field of it is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nlu.cues import FieldCues
from nlu.text import fold, has_diacritics, normalise, read, syllables

_WORDS = Path(__file__).with_name("function_words.yaml")
_PATTERNS = ("frames", "corrected", "asides", "takes", "takes_before", "joints", "borders", "again")
"""Lists of regular expressions among those of words."""
_DOING = frozenset(["lam", "cap", "doi", "dang", "xin", "nop"])
_LONGEST_CUE = 4
"""Words; a longer cue holds words of the matter itself."""


@cache
def _lists() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return lists


@cache
def _function_words() -> frozenset[str]:
    """As they are spelled, and folded."""
    lists = (words for name, words in _lists().items() if name not in _PATTERNS)
    spelled = [normalise(word) for words in lists for word in words]
    return frozenset([*spelled, *map(fold, spelled)])


def _is_function_word(word: str, spelled: bool) -> bool:
    """Whether a word says nothing of the matter; where diacritics are typed, "đổ" is not "đó"."""
    return word in _function_words() if spelled else fold(word) in _function_words()


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


def corrected_from(text: str) -> int:
    """Where what is meant begins, when a message takes back its own beginning; else 0."""
    reading = read(text)
    for pattern in patterns("corrected"):
        found = re.match(pattern, reading.folded)
        if found:
            return reading.span(found.end(), found.end() + 1)[0]
    return 0


def without_asides(text: str) -> str:
    """The text with blanks for what stands around the matter: "bỏ huyện rồi", "hướng dẫn từng bước"."""
    reading = read(text)
    kept = list(text)
    for aside in _asides():
        for found in aside.finditer(reading.folded):
            start, end = reading.span(*found.span())
            kept[start:end] = " " * (end - start)
    return "".join(kept)


def patterns(name: str) -> list[str]:
    """A list of regular expressions of `function_words.yaml`."""
    return _lists()[name]


@cache
def _asides() -> list[re.Pattern[str]]:
    return [re.compile(rf"(?<!\w)(?:{pattern})(?!\w)") for pattern in _lists()["asides"]]


def without_cues(text: str) -> str:
    """The text with blanks for all words that show a field ("lệ phí … bao nhiêu"), asked or not."""
    reading = read(text)
    kept = list(text)
    touched = _cues().touched(reading)
    for first, after in touched:
        words = reading.folded[first:after].split()
        if len(words) <= _LONGEST_CUE and not (len(words) > 1 and _holds_a_verb(words)):
            start, end = reading.span(first, after)
            start = _after_a_loss(text, start)
            kept[start:end] = " " * (end - start)
    return "".join(kept)


def _holds_a_verb(words: list[str]) -> bool:
    """Whether a cue ends with what is done to the matter: "phí làm" leaves "làm" to it."""
    return words[-1] in _DOING


@cache
def _cues() -> FieldCues:
    return FieldCues()


def without_takes(text: str) -> str:
    """The text without "mất" where it means "takes", and with "lại" beside its verb: as search reads them."""
    said = normalise(text)
    for pattern in _lists()["takes"]:
        said = re.sub(pattern, "", said)
    for pattern in patterns("again"):
        said = re.sub(pattern, r"\1 \3 \2", said)
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
    spelled = has_diacritics(text)
    words = syllables(normalise(without_fields(text, fields)))
    return [fold(word) for word in words if not _is_function_word(word, spelled)]


def without_fields(text: str, fields: Iterable[dict[str, Any]]) -> str:
    """The text with blanks where it says what is asked: entities with `start` and `end` in characters."""
    kept = list(text)
    for field in fields:
        start, end = field.get("start"), field.get("end")
        if isinstance(start, int) and isinstance(end, int):
            before = _takes_before().search(text[:start].lower())
            start = before.start() if before else _after_a_loss(text, start)
            kept[start:end] = " " * (end - start)
    return "".join(kept)


def _after_a_loss(text: str, start: int) -> int:
    """Where what is asked begins that seems to begin with the "mất" of "bị mất": that is of the matter."""
    lost = re.compile("|".join(_lists()["loss"])).match(text.lower(), start)
    return lost.end() if lost else start


@cache
def _takes_before() -> re.Pattern[str]:
    """ "Mất" before the words of a quantity: "mất mấy ngày"."""
    return re.compile(rf"(?:{'|'.join(_lists()['takes_before'])})\s*$")
