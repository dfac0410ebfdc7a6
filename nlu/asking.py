"""Questions put together from ways of asking (nlu/data/asking.yaml) and names of matters.

Every matter meets every field, so that a model learned from them hears how is asked and not about what:
"lệ phí trước bạ" in a name must not sound like a question for the fee.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from nlu.text import fold, normalise

_GENERAL = "general"
_MOST_DRAWS = 3
_CHOICE = re.compile(r"\(([^()]*)\)")
_NONE, _OPENED, _TOLD, _CLOSED, _SLIPPED, _PLAIN, _THREE = 0.08, 0.2, 0.35, 0.3, 0.25, 0.35, 0.15


@dataclass(frozen=True)
class Composed:
    """A question with the fields it asks; `start` to `end` is the matter."""

    text: str
    fields: frozenset[str]
    start: int
    end: int


class Composer:
    """Puts questions together, always the same ones for the same seed."""

    def __init__(self, matters: Sequence[str], *, seed: int = 0) -> None:
        """`matters`: names of procedures, as people call them."""
        table = yaml.safe_load((Path(__file__).parent / "data" / "asking.yaml").read_text("utf-8"))
        self._fields: dict[str, list[str]] = table["fields"]
        self._stories: list[str] = table["stories"]
        self._openers: list[str] = table["openers"]
        self._closers: list[str] = table["closers"]
        self._joints: list[str] = table["joints"]
        self._matters = list(matters) or [""]
        self._chance = random.Random(seed)

    def questions(self, each: int) -> list[Composed]:
        """Every way of asking with `each` matters, more for one of many wordings or without a question."""
        return [
            self._question(frozenset([field]), self._wording(phrase))
            for field, phrases in self._fields.items()
            for phrase in phrases
            for _ in range(each * (3 if field == _GENERAL else _variety(phrase)))
        ]

    def several(self, count: int) -> list[Composed]:
        """Questions for two fields at once, some for three: a way of asking and others joined to it."""
        made = []
        for _ in range(count):
            fields = [field for field in self._fields if field != _GENERAL]
            chosen = self._chance.sample(fields, 3 if self._chance.random() < _THREE else 2)
            phrases = [self._wording(self._chance.choice(self._fields[chosen[0]]))]
            for field in chosen[1:]:
                alone = [phrase for phrase in self._fields[field] if "{}" not in phrase]
                phrases.append(self._wording(self._chance.choice(alone)))
            joined = phrases[0] + "".join(self._chance.choice(self._joints) + more for more in phrases[1:])
            made.append(self._question(frozenset(chosen), joined))
        return made

    def _wording(self, phrase: str) -> str:
        """One wording of a phrase with choices."""
        return " ".join(_CHOICE.sub(lambda some: self._chance.choice(some[1].split("|")), phrase).split())

    def _question(self, fields: frozenset[str], phrase: str) -> Composed:
        chance = self._chance
        alone = "{}" not in phrase and chance.random() < _NONE
        matter = "" if alone else chance.choice(self._matters)
        before, _, after = (phrase if "{}" in phrase else f"{{}} {phrase}").partition("{}")
        if chance.random() < _OPENED and _GENERAL not in fields:
            before = f"{chance.choice(self._openers)} {before}"
        if "{}" not in phrase and chance.random() < _TOLD:
            before = f"{before}muốn "
        if chance.random() < _TOLD:
            before = f"{chance.choice(self._stories)}{chance.choice([',', ';', '.', ''])} {before}"
        if chance.random() < _CLOSED:
            after = f"{after} {chance.choice(self._closers)}"
        if chance.random() < _SLIPPED:
            before, after = self._slip(before), self._slip(after)
        if chance.random() < _PLAIN:
            before, matter, after = (fold(part) if part.strip() else part for part in (before, matter, after))
            before, after = before and f"{before} ", after and f" {after}"
        return Composed(f"{before}{matter}{after}", fields, len(before), len(before) + len(matter))

    def _slip(self, text: str) -> str:
        """One slip of the keys: a letter left out, doubled, or changed with its neighbour."""
        places = [i for i in range(1, len(text) - 1) if text[i - 1 : i + 2].isalpha()]
        if not places:
            return text
        at = self._chance.choice(places)
        turned = text[at + 1] + text[at]
        slip = self._chance.choice(["", text[at] * 2, turned])
        return text[:at] + slip + text[at + (2 if slip is turned else 1) :]


def _variety(phrase: str) -> int:
    """How often a phrase is worth a draw: more often when it has many wordings."""
    return min(1 + phrase.count("("), _MOST_DRAWS)


def known_matters(names: Sequence[str]) -> list[str]:
    """Names without repetition, in order; those that differ by diacritics alone count once."""
    return list({fold(normalise(name)): name for name in names if name.strip()}.values())
