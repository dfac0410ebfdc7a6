"""The model as it is served: which spelling of each syllable makes the likeliest sentence (Viterbi)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.diacritics.words import BOUNDARY, UNKNOWN, Word, clauses
from nlu.text import fold

MODEL = Path(__file__).parent / "model.npz"
STEP = 1 / 12
"""Logarithms of chances are stored as bytes, so many nats a unit."""
_SHIFT = 13
"""Bits of a word's number in the key of a triple."""
_USUALLY_MARKED = 0.6
"""Share of marked words from which a text is taken to be typed in full."""
_WILLING = 6.0
"""Nats that a change must win at most, in a text typed in full."""

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


def restore(text: str) -> str:
    """Put the diacritics back where a text lacks them.

    Words that carry diacritics stay as typed; so do numbers, codes, addresses, signs, spaces and words
    that the model does not know. Letters keep their case. Total; `fold(restore(text)) == fold(text)`,
    and a second pass changes nothing more.
    """
    return _shipped().restore(text)


@lru_cache(maxsize=1)
def _shipped() -> Restorer:
    return Restorer.load(MODEL)


class Restorer:
    """Chances of words, pairs and triples of words, with back-off."""

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        """`arrays`: what `train.pack` makes; see there for shapes."""
        words = str(arrays["words"]).split(" ")
        self._words = words
        self._number = {word: number for number, word in enumerate(words)}
        self._single, self._single_rest = _chances(arrays["single"]), _chances(arrays["single_rest"])
        firsts = np.repeat(np.arange(len(words), dtype=np.int64), arrays["pair_counts"])
        self._pairs = firsts << _SHIFT | arrays["pair_words"]
        self._pair, self._pair_rest = _chances(arrays["pair"]), _chances(arrays["pair_rest"])
        firsts = np.repeat(np.arange(len(self._pairs), dtype=np.int64), arrays["triple_counts"])
        self._triples = (firsts << _SHIFT | arrays["triple_words"]).astype(np.uint32)
        self._triple = _chances(arrays["triple"])
        self._spellings: dict[str, list[int]] = {}
        for number, word in enumerate(words):
            if word[0] != "<":
                self._spellings.setdefault(fold(word), []).append(number)

    @classmethod
    def load(cls, path: Path) -> Restorer:
        """Read a trained model (.npz)."""
        with np.load(path) as stored:
            return cls(dict(stored))

    def restore(self, text: str) -> str:
        """See `restore` of this module."""
        parts = list(clauses(text))
        open_words = [word for part in parts for word in part if word.plain and self._choices(word)]
        if not open_words:
            return text
        marked = sum(not word.kept and not word.text.isascii() for part in parts for word in part)
        price = _price(marked / (marked + len(open_words)))
        pieces, position = [], 0
        for part in parts:
            for word, spelling in zip(part, self._spell(part, price), strict=True):
                pieces += [text[position : word.start], spelling]
                position = word.end
        return "".join([*pieces, text[position:]])

    def commonest(self, text: str) -> str:
        """Each plain word in its commonest spelling, whatever stands beside it: the baseline."""
        pieces, position = [], 0
        for word in (word for part in clauses(text) for word in part):
            choices = self._choices(word) if word.plain else []
            best = max(choices, key=lambda number: self._single[number], default=None)
            spelling = word.text if best is None else _in_case(self._words[best], word.text)
            pieces += [text[position : word.start], spelling]
            position = word.end
        return "".join([*pieces, text[position:]])

    def _choices(self, word: Word) -> list[int]:
        return self._spellings.get(word.text.lower(), [])

    def _spell(self, part: Sequence[Word], price: float) -> list[str]:
        """Spellings of the words of a clause; `price`: nats that a change must win."""
        boundary, unknown = self._number[BOUNDARY], self._number[UNKNOWN]
        choices: list[Ints] = []
        for word in part:
            found = (self._choices(word) if word.plain else []) or [self._number.get(word.known_as, unknown)]
            choices.append(np.array(found, dtype=np.int64))
        if all(len(found) == 1 for found in choices):
            best = [0] * len(part)
        else:
            prices = [
                np.array([price * (self._words[n] != word.text.lower()) for n in found], dtype=np.float32)
                for word, found in zip(part, choices, strict=True)
            ]
            edge = np.array([boundary])
            best = self._likeliest([edge, edge, *choices, edge], prices)
        return [
            _in_case(self._words[found[i]], word.text) if word.plain and self._choices(word) else word.text
            for word, found, i in zip(part, choices, best, strict=True)
        ]

    def _likeliest(self, choices: Sequence[Ints], prices: Sequence[Floats]) -> list[int]:
        """Viterbi: which choice at each place but the edges (two before, one after)."""
        scores: Floats = np.zeros((1, 1), dtype=np.float32)
        pairs, _ = self._pair_chances(choices[0], choices[1])
        ways: list[Ints] = []
        for place in range(2, len(choices)):
            here = choices[place]
            next_pairs, by_pair = self._pair_chances(choices[place - 1], here)
            sums = scores[:, :, None] + self._triple_chances(pairs, by_pair, here)
            ways.append(sums.argmax(axis=0))
            scores = sums.max(axis=0)
            if place - 2 < len(prices):
                scores = scores - prices[place - 2]
            pairs = next_pairs
        at = int(scores[:, 0].argmax())
        after, best = 0, [at]
        for way in reversed(ways[1:]):
            at, after = int(way[at, after]), at
            best.append(at)
        return best[-2::-1]

    def _pair_chances(self, first: Ints, second: Ints) -> tuple[Ints, Floats]:
        """Rows of the pairs (−1: unseen) and their log chances, shape (first, second)."""
        rows = _find(self._pairs, first[:, None] << _SHIFT | second)
        backed = self._single_rest[first][:, None] + self._single[second]
        return rows, np.where(rows >= 0, self._pair[rows], backed)

    def _triple_chances(self, pairs: Ints, by_pair: Floats, third: Ints) -> Floats:
        """Log chances of a third word after pairs of words, shape (first, second, third)."""
        backed: Floats = np.where(pairs >= 0, self._pair_rest[pairs], 0)[:, :, None] + by_pair
        seen = pairs >= 0
        if seen.any():
            known = backed[seen]
            rows = _find(self._triples, (pairs[seen][:, None] << _SHIFT | third).astype(np.uint32))
            backed[seen] = np.where(rows >= 0, self._triple[rows], known)
        return backed


def _find(keys: NDArray[Any], wanted: NDArray[Any]) -> Ints:
    """Rows of the wanted among sorted keys, −1 where absent."""
    rows = np.searchsorted(keys, wanted)
    rows[rows == len(keys)] = 0
    return np.where(keys[rows] == wanted, rows, -1)


def _chances(stored: NDArray[Any]) -> Floats:
    return (stored.astype(np.float32) * np.float32(-STEP)).astype(np.float32)


def _price(marked: float) -> float:
    """What a change must win: the more of a text is marked, the surer that plain words are meant plain."""
    left = 1.0 - marked / _USUALLY_MARKED
    return min(-math.log(left), _WILLING) if left > 0 else _WILLING


def _in_case(spelling: str, typed: str) -> str:
    if typed.islower():
        return spelling
    return "".join(new.upper() if old.isupper() else new for new, old in zip(spelling, typed, strict=True))
