"""Facts that a citizen tells of an event: where, when, and whether it is told or asked at all."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.question import mentions
from knowledge_base.places import Place, Places
from nlu.text import fold, read

_AT = re.compile(r"(?:^|[\s,])(?:ở|tại|o|tai|trước|truoc|gần|gan)\s+([^.;!?\n]{3,120})", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_PLACE_WORDS = 12
"""Words of a place at most."""
_SPOT_WORDS = 5


def place_in(text: str, places: Places) -> str | None:
    """The words that name a place whose commune is known ("chợ Rạch Giá"), without what follows them."""
    for found in reversed(list(_AT.finditer(text))):
        phrase = found[1].strip()
        known = _places_at(phrase, places)
        if not known:
            continue
        for word in _WORD.finditer(phrase):
            if known[0] in _places_at(phrase[: word.end()], places):
                told = phrase[: _end_of_name(phrase, word.end(), known, places)]
                return told.strip(" ,") if len(told.split()) <= _PLACE_WORDS else None
    return None


def _places_at(phrase: str, places: Places) -> list[Place]:
    """The places of a phrase that stood behind "ở"."""
    return places.find(f"ở {_plain(_without_hamlets(phrase))}")


def _end_of_name(phrase: str, end: int, known: list[Any], places: Places) -> int:
    """Further on if the words behind a comma belong to the place too: "ấp 3, xã Đông Hòa"."""
    following = re.match(r"\s*,\s*([^,]{3,60})", phrase[end:])
    if following and any(place in known[1:] for place in places.find(_plain(following[1]))):
        return end + following.end()
    return end


def spot_in(text: str) -> str | None:
    """A place named without its commune ("ấp Hòa Bình"), as typed; None when there is none."""
    table = _table()
    reading = read(text)
    found = re.search(
        rf"(?<!\w)(?:o|tai|truoc|gan) ({table['spots']}(?: \w+){{1,{_SPOT_WORDS}}})", reading.folded
    )
    if not found:
        return None
    words = found[1].split()
    ends = [at for at, word in enumerate(words) if at > 1 and word in table["spot_ends"]]
    length = len(" ".join(words[: ends[0] if ends else len(words)]))
    start, end = reading.span(found.start(1), found.start(1) + length)
    return text[start:end].strip(" ,.;!?")


def time_in(text: str) -> str | None:
    """The words that tell when something happened ("từ sáng nay"), as typed; None when none do."""
    reading = read(text)
    matches = [found for pattern in _times() for found in pattern.finditer(reading.folded)]
    if not matches:
        return None
    longest = max(matches, key=lambda found: found.end() - found.start())
    start, end = reading.span(*longest.span())
    return text[start:end].strip(" ,.;!?")


def announces(text: str) -> bool:
    """Whether a message says that it is a complaint or a proposal."""
    return mentions(text, [fold(phrase) for phrase in _table()["announced"]])


def asks(text: str) -> bool:
    """Whether a message ends as a question does."""
    folded = read(text).folded
    return any(re.search(pattern, folded) for pattern in _table()["question_ends"])


def _without_hamlets(text: str) -> str:
    """The text without names of hamlets and streets, which are often those of communes elsewhere too."""
    return re.sub(_table()["hamlets"], " ", text, flags=re.IGNORECASE)


def _plain(text: str) -> str:
    return re.sub(r"[^\w\s]", " ", text)


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return table


@cache
def _times() -> list[re.Pattern[str]]:
    return [re.compile(rf"(?<!\w)(?:{pattern})(?!\w)") for pattern in _table()["when"]]
