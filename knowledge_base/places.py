"""Places of the province, as they are since 1 July 2025 and as people still call them."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from nlu.text import fold, has_diacritics, place_tone

DATA = Path(__file__).with_name("data") / "places.yaml"

_KINDS = {
    "xa": "xa", "phuong": "phuong", "dac khu": "dac khu", "thi tran": "thi tran", "huyen": "huyen",
    "thi xa": "thi xa", "thanh pho": "thanh pho", "tt": "thi tran", "tp": "thanh pho", "tx": "thi xa",
    "h": "huyen", "p": "phuong", "x": "xa",
}  # fmt: skip
MAX_NAME_SYLLABLES = 6


@dataclass(frozen=True, slots=True)
class Unit:
    """A commune, ward or special zone of today."""

    code: str
    name: str
    kind: str

    @property
    def full_name(self) -> str:
        """E.g. "Phường Rạch Giá"."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Place:
    """What a name in a message stands for."""

    said: Literal["unit", "former_commune", "former_district"]
    name: str
    """Full name of the place named, e.g. "Huyện An Minh"."""
    units: tuple[Unit, ...]
    """Today's units: itself, the one it went to, or all that lie in the former district."""
    former: tuple[str, ...] = ()
    """For a unit of today: what it was made of."""


class Places:
    """Finds place names, with or without diacritics, kind and district."""

    def __init__(self, path: Path = DATA) -> None:
        self._by_name: dict[str, list[Place]] = defaultdict(list)
        communes: dict[tuple[str, str], list[Unit]] = defaultdict(list)
        districts: dict[str, list[Unit]] = defaultdict(list)
        self._spelled: dict[str, set[str]] = defaultdict(set)
        self.units: list[Unit] = []
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._ordinary = {fold(name) for name in content["ordinary"]}
        self._before = {fold(word) for word in content["before"]}
        for row in content["units"]:
            unit = Unit(row["code"], row["name"], row["kind"])
            self.units.append(unit)
            former_names = tuple(former["name"] for former in row["former"])
            self._add(Place("unit", unit.full_name, (unit,), former_names))
            for former in row["former"]:
                communes[former["name"], former["district"]].append(unit)
                if unit not in districts[former["district"]]:
                    districts[former["district"]].append(unit)
        for (name, district), units in communes.items():
            self._add(Place("former_commune", f"{name} ({district})", tuple(units)), name)
        for name, units in districts.items():
            self._add(Place("former_district", name, tuple(units)))

    def _add(self, place: Place, name: str | None = None) -> None:
        spelled = name or place.name
        full = fold(spelled)
        for folded in (full, _bare(full)):
            self._by_name[folded].append(place)
            self._spelled[folded].add(_sounds(" ".join(spelled.split()[-len(folded.split()) :])))

    def names(self) -> list[str]:
        """Every name people may use, for the lookup table of the entity extractor."""
        with_kind = {place.name.split(" (")[0] for places in self._by_name.values() for place in places}
        bare = {unit.name for unit in self.units if fold(unit.name) not in self._ordinary}
        return sorted(with_kind | bare)

    def find(self, text: str) -> list[Place]:
        """The places named in a text, longest names first from left to right.

        A name that several places share ("Vĩnh Hòa") gives all of them, unless a kind of unit or a
        district beside it decides. A name that is made of ordinary words ("cần đăng" ký) counts only
        behind a word like "ở", or with capital letters; one that is spelled otherwise ("Thanh Hóa" is
        not "Thạnh Hòa") does not count.
        """
        typed = text.split()
        words = [fold(word) for word in typed]
        found: list[Place] = []
        at = 0
        while at < len(words):
            for size in range(min(MAX_NAME_SYLLABLES, len(words) - at), 0, -1):
                name = " ".join(words[at : at + size])
                places = self._lookup(name)
                if places and self._is_meant(name, typed[at : at + size], words[max(0, at - 1) : at]):
                    found += [place for place in places if place not in found]
                    at += size
                    break
            else:
                at += 1
        return _narrow(found)

    def _is_meant(self, name: str, typed: Sequence[str], before: Sequence[str]) -> bool:
        """Whether words that read like a name stand for the place."""
        spellings = self._spelled.get(name)
        if spellings and not any(_spelled_like(typed, spelling.split()) for spelling in spellings):
            return False
        if name not in self._ordinary or any(word in self._before for word in before):
            return True
        return all(word[:1].isupper() for word in typed) and not all(word.isupper() for word in typed)

    def _lookup(self, name: str) -> list[Place]:
        if name in self._by_name:
            return self._by_name[name]
        head, _, rest = name.partition(" ")
        kind = _KINDS.get(head)
        return self._by_name.get(f"{kind} {rest}", []) if kind and rest else []


def _spelled_like(typed: Sequence[str], name: Sequence[str]) -> bool:
    """Whether each word is the name's, or typed without any diacritics."""
    return all(
        not has_diacritics(word) or _sounds(word) == syllable
        for word, syllable in zip(typed, name, strict=True)
    )


def _sounds(text: str) -> str:
    """Lower case, tones where they belong, hỏi and ngã alike: many write one for the other."""
    toned = " ".join(place_tone(word) for word in unicodedata.normalize("NFC", text).lower().split())
    return unicodedata.normalize("NFD", toned).replace("\u0303", "\u0309")


def _bare(folded: str) -> str:
    for kind in sorted(set(_KINDS.values()), key=len, reverse=True):
        if folded.startswith(f"{kind} "):
            return folded[len(kind) + 1 :]
    return folded


def _narrow(places: list[Place]) -> list[Place]:
    """Drop former communes of other districts when a district was named beside them."""
    districts = [place.name for place in places if place.said == "former_district"]
    communes = [place for place in places if place.said == "former_commune"]
    chosen = [place for place in communes if any(f"({name})" in place.name for name in districts)]
    return chosen or places
