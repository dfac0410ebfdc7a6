"""Names of a list found in a text: procedures as people call them, places old and new."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu.text import Reading, fold, normalise

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Mention:
    """A name found in a text; `value` is the entry of the table, `start` and `end` count in the original."""

    entity: str
    value: str
    start: int
    end: int


class Gazetteer:
    """Lookup tables searched by whole words, blind to diacritics; the longest name wins."""

    def __init__(self, tables: dict[str, list[str]]) -> None:
        """`tables`: entity → names."""
        self.tables = tables
        self._names: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        self._lengths: dict[str, list[int]] = {}
        for entity, names in tables.items():
            for name in names:
                words = tuple(_WORD.findall(fold(normalise(name))))
                known = self._names.setdefault(words, []) if words else []
                if entity not in (other for other, _ in known):
                    known.append((entity, name))
        lengths: dict[str, set[int]] = {}
        for words in self._names:
            lengths.setdefault(words[0], set()).add(len(words))
        self._lengths = {first: sorted(counts, reverse=True) for first, counts in lengths.items()}

    def find(self, reading: Reading) -> list[Mention]:
        """Names in order of mention; a name of two tables gives two mentions."""
        words = [(match[0], match.start(), match.end()) for match in _WORD.finditer(reading.folded)]
        mentions: list[Mention] = []
        position = 0
        while position < len(words):
            for length in self._lengths.get(words[position][0], ()):
                run = words[position : position + length]
                named = self._names.get(tuple(word for word, _, _ in run))
                if named:
                    start, end = reading.span(run[0][1], run[-1][2])
                    mentions.extend(Mention(entity, name, start, end) for entity, name in named)
                    position += length
                    break
            else:
                position += 1
        return mentions
