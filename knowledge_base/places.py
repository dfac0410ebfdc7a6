"""Places of the province, as they are since 1 July 2025 and as people still call them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from nlu.text import fold

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
        self.units: list[Unit] = []
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))["units"]:
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
        full = fold(name or place.name)
        self._by_name[full].append(place)
        self._by_name[_bare(full)].append(place)

    def names(self) -> list[str]:
        """Every name people may use, for the lookup table of the entity extractor."""
        with_kind = {place.name.split(" (")[0] for places in self._by_name.values() for place in places}
        bare = {unit.name for unit in self.units}
        return sorted(with_kind | bare)

    def find(self, text: str) -> list[Place]:
        """The places named in a text, longest names first from left to right.

        A name that several places share ("Vĩnh Hòa") gives all of them, unless a kind of unit or a
        district beside it decides.
        """
        words = fold(text).split()
        found: list[Place] = []
        at = 0
        while at < len(words):
            for size in range(min(MAX_NAME_SYLLABLES, len(words) - at), 0, -1):
                places = self._lookup(" ".join(words[at : at + size]))
                if places:
                    found += [place for place in places if place not in found]
                    at += size
                    break
            else:
                at += 1
        return _narrow(found)

    def _lookup(self, name: str) -> list[Place]:
        if name in self._by_name:
            return self._by_name[name]
        head, _, rest = name.partition(" ")
        kind = _KINDS.get(head)
        return self._by_name.get(f"{kind} {rest}", []) if kind and rest else []


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
