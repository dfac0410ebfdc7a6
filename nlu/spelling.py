"""Repairs slips of the keys: the likeliest words that a citizen can have meant, given what stands around.

A noisy channel: the chances of words and pairs of words (`nlu.diacritics`) on one side, what slips cost
(`nlu.slips`) on the other, and the cheapest way through a lattice of readings – each word as typed, with its
marks restored, one slip away, cut in two, joined to its neighbour, or with the space moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlu.diacritics.chances import Chances, Floats, Ints
from nlu.diacritics.restorer import price_of_change
from nlu.diacritics.words import BOUNDARY, NUMBER, UNKNOWN, Word, clauses
from nlu.slips import by_ear, cost, without_one
from nlu.text import fold, is_syllable, normalise

KEPT_UNKNOWN = 11.0
"""Nats of a word that nobody knows, kept as it is."""
KEPT_SYLLABLE = 5.0
"""Nats of a syllable of the language that the model never saw, e.g. in a name, kept as it is."""
KEPT_ELSEWHERE = 2.0
"""Nats of a word that only the caller knows, kept as it is."""
MERGED = 2.0
BROKEN = 6.0
SHIFTED = 4.0
_LONGEST = 14
"""Letters; a longer word is a name or a code."""
_MOST = 32
"""Readings of one word that are weighed."""
_BEAM = 10.0
"""Nats behind the best reading of a word at which a reading is given up."""
_ENOUGH = 4
"""Words that tell each other's marks; a shorter text without any stays so ("so do" is sổ đỏ or số đó)."""
_REMEMBERED = 20_000
"""Words whose readings are kept at hand."""


class Corrector:
    """Repairs text by the chances of words in the neighbourhood of words."""

    def __init__(self, chances: Chances, known: Iterable[str] = ()) -> None:
        """`known`: further folded words that are words, e.g. of an index."""
        self._chances = chances
        self._elsewhere = frozenset(known) - chances.spellings.keys()
        self._near: dict[str, list[str]] = {}
        for word in sorted(chances.spellings):
            if word.isascii() and word.isalpha() and len(word) <= _LONGEST:
                for bare in without_one(word):
                    self._near.setdefault(bare, []).append(word)
        self._readings = lru_cache(maxsize=_REMEMBERED)(self._read)

    def meant(self, text: str) -> str:
        """A text as typed, normalised, with slips repaired and diacritics restored."""
        return normalise(self.correct(normalise(text)))

    def correct(self, text: str) -> str:
        """A normalised text with slips repaired and marks added; what nobody can tell stays as it is."""
        parts = list(clauses(text))
        words = [word for part in parts for word in part if not word.kept]
        marked = sum(not word.text.isascii() for word in words)
        price = price_of_change(marked / len(words)) if words else 0.0
        told = marked or len(words) >= _ENOUGH
        pieces, position = [], 0
        for part in parts:
            for start, end, meant in self._repaired(text, part, price):
                pieces += [text[position:start], meant if told else fold(meant)]
                position = end
        return "".join([*pieces, text[position:]])

    def _repaired(self, text: str, part: Sequence[Word], price: float) -> Iterator[tuple[int, int, str]]:
        """What to put in the place of which characters of the text; `price`: nats of adding marks."""
        offsets = [0]
        for word in part:
            offsets.append(offsets[-1] + len(word.text))
        place = {offset: number for number, offset in enumerate(offsets)}
        letters = "".join(word.text for word in part)
        first, meant = 0, list[str]()
        for start, end, id in self._cheapest(list(self._lattice(text, part, offsets, price)), offsets[-1]):
            likeliest = self._chances.words[id]
            meant.append(letters[start:end] if likeliest in (NUMBER, UNKNOWN) else likeliest)
            if end in place:
                where = part[first].start, part[place[end] - 1].end
                first = place[end]
                said = " ".join(meant)
                meant.clear()
                if said != text[where[0] : where[1]]:
                    yield *where, said

    def _lattice(
        self, text: str, part: Sequence[Word], offsets: Sequence[int], price: float
    ) -> Iterator[_Span]:
        """All readings, by the letters that they stand for."""
        sound = [word.kept or self._is_known(word.known_as) for word in part]
        for at, word in enumerate(part):
            start = offsets[at]
            if word.kept:
                yield _Span(start, offsets[at + 1], *self._only(NUMBER))
                continue
            readings = self._readings(word.known_as)
            yield _Span(start, offsets[at + 1], readings.ids, readings.costs + price * readings.marked)
            if not sound[at]:
                yield from self._cut(word.text, start, range(1, len(word.text)), MERGED, price)
            if at + 1 == len(part) or part[at + 1].kept or text[word.end : part[at + 1].start] != " ":
                continue
            both = word.text + part[at + 1].text
            doubtful = not (sound[at] and sound[at + 1])
            broken = doubtful or len(word.text) == 1 or len(part[at + 1].text) == 1
            if broken and (joined := self._plainly(both, price)):
                yield _Span(start, offsets[at + 2], joined[0], joined[1] + BROKEN)
            if doubtful:
                cuts = (len(word.text) - 1, len(word.text) + 1)
                yield from self._cut(both, start, cuts, SHIFTED, price)

    def _cut(self, word: str, start: int, cuts: Iterable[int], cost: float, price: float) -> Iterator[_Span]:
        """The word as two words, cut at one of these letters."""
        for cut in cuts:
            if 0 < cut < len(word):
                first, second = self._plainly(word[:cut], price), self._plainly(word[cut:], price)
                if first and second:
                    yield _Span(start, start + cut, first[0], first[1] + cost)
                    yield _Span(start + cut, start + len(word), *second)

    def _is_known(self, word: str) -> bool:
        return word in self._chances.number or (word.isascii() and word in self._chances.spellings)

    def _only(self, word: str) -> tuple[Ints, Floats]:
        return np.array([self._chances.number[word]]), np.zeros(1, dtype=np.float32)

    def _plainly(self, word: str, price: float) -> tuple[Ints, Floats] | None:
        """The word without a slip: as typed, or with the marks that it lacks."""
        if not word.isascii():
            return self._only(word) if word in self._chances.number else None
        found = self._chances.spellings.get(word)
        if not found:
            return None
        costs = [0.0 if self._chances.words[id] == word else price for id in found]
        return np.array(found), np.array(costs, dtype=np.float32)

    def _read(self, word: str) -> _Readings:
        """The word as typed and all words one slip away, the likeliest `_MOST`."""
        words, single = self._chances.words, self._chances.single
        plain = fold(word)
        heard = set(by_ear(plain))
        near = [plain, *sorted(heard), *(c for bare in without_one(plain) for c in self._near.get(bare, ()))]
        found: dict[int, float] = {}
        for other in dict.fromkeys(near):
            for id in self._chances.spellings.get(other, ()):
                nats = cost(word, words[id], other, alike=other in heard)
                if nats is not None:
                    found[id] = nats
        best = sorted(found, key=lambda id: found[id] - float(single[id]) / 2)[:_MOST]
        if word not in self._chances.number:
            best.append(self._chances.number[UNKNOWN])
            found[best[-1]] = self._kept(word, plain)
        best.sort()  # looked up faster
        marks = [word.isascii() and not words[id].isascii() for id in best]
        return _Readings(
            np.array(best, dtype=np.int64),
            np.array([found[id] for id in best], dtype=np.float32),
            np.array(marks, dtype=np.float32),
        )

    def _kept(self, word: str, plain: str) -> float:
        if plain in self._elsewhere:
            return KEPT_ELSEWHERE
        return KEPT_SYLLABLE if is_syllable(word) else KEPT_UNKNOWN

    def _cheapest(self, spans: Sequence[_Span], length: int) -> list[tuple[int, int, int]]:
        """Viterbi: start, end and word of each step of the cheapest way from the first letter to the last."""
        edge = _Span(0, 0, *self._only(BOUNDARY))
        edge.scores = edge.costs
        last = _Span(length, length + 1, *self._only(BOUNDARY))
        ending: dict[int, list[_Span]] = {0: [edge]}
        for span in [*sorted(spans, key=lambda span: span.start), last]:
            if span.start not in ending:
                continue
            span.before = ending[span.start]
            scores = np.concatenate([before.scores for before in span.before])
            ids = np.concatenate([before.ids for before in span.before])
            likely = np.flatnonzero(scores > scores.max() - _BEAM)
            sums = scores[likely, None] + self._chances.pairs(ids[likely], span.ids)[1]
            span.way = likely[sums.argmax(axis=0)]
            span.scores = sums.max(axis=0) - span.costs
            ending.setdefault(span.end, []).append(span)
        path: list[tuple[int, int, int]] = []
        span, at = last, 0
        while True:
            span, at = span.previous(at)
            if span is edge:
                return path[::-1]
            path.append((span.start, span.end, int(span.ids[at])))


class _Readings(NamedTuple):
    """What a word may stand for."""

    ids: Ints
    """Numbers of words."""
    costs: Floats
    """Nats of the slip that lies between."""
    marked: Floats
    """1 where the word as typed has no marks and this one has."""


@dataclass(slots=True, eq=False)
class _Span:
    """Words that the letters from `start` to `end` (excluded) of a clause, spaces left out, may stand for."""

    start: int
    end: int
    ids: Ints
    costs: Floats
    scores: Floats = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    """Log chance of the best way to each word."""
    before: list[_Span] = field(default_factory=list)
    way: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, dtype=np.intp))
    """For each word, the best one before it, counted over all of `before`."""

    def previous(self, at: int) -> tuple[_Span, int]:
        """The span and word before the word number `at` on its best way."""
        number = int(self.way[at])
        for span in self.before:
            if number < len(span.ids):
                return span, number
            number -= len(span.ids)
        raise IndexError(number)
