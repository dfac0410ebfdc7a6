"""The model as it is served: which spelling of each syllable makes the likeliest sentence (Viterbi)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from nlu.diacritics.chances import Chances, Floats, Ints, shipped
from nlu.diacritics.words import BOUNDARY, UNKNOWN, Word, clauses

_USUALLY_MARKED = 0.6
"""Share of marked words from which a text is taken to be typed in full."""
_WILLING = 6.0
"""Nats that a change must win at most, in a text typed in full."""


def restore(text: str) -> str:
    """Put the diacritics back where a text lacks them.

    Words that carry diacritics stay as typed; so do numbers, codes, addresses, signs, spaces and words
    that the model does not know. Letters keep their case. Total; `fold(restore(text)) == fold(text)`,
    and a second pass changes nothing more.
    """
    return _shipped().restore(text)


@lru_cache(maxsize=1)
def _shipped() -> Restorer:
    return Restorer(shipped())


class Restorer:
    """Takes the likeliest spelling of each clause."""

    def __init__(self, chances: Chances) -> None:
        """`chances`: of words, by which a spelling is judged."""
        self._chances = chances

    @classmethod
    def load(cls, path: Path) -> Restorer:
        """Read a trained model (.npz)."""
        return cls(Chances.load(path))

    def restore(self, text: str) -> str:
        """See `restore` of this module."""
        parts = list(clauses(text))
        open_words = [word for part in parts for word in part if word.plain and self._choices(word)]
        if not open_words:
            return text
        marked = sum(not word.kept and not word.text.isascii() for part in parts for word in part)
        price = price_of_change(marked / (marked + len(open_words)))
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
            best = max(choices, key=lambda number: self._chances.single[number], default=None)
            spelling = word.text if best is None else _in_case(self._chances.words[best], word.text)
            pieces += [text[position : word.start], spelling]
            position = word.end
        return "".join([*pieces, text[position:]])

    def _choices(self, word: Word) -> list[int]:
        return self._chances.spellings.get(word.text.lower(), [])

    def _spell(self, part: Sequence[Word], price: float) -> list[str]:
        """Spellings of the words of a clause; `price`: nats that a change must win."""
        words, number = self._chances.words, self._chances.number
        open_choices = [self._choices(word) if word.plain else [] for word in part]
        choices: list[Ints] = [
            np.array(found or [number.get(word.known_as, number[UNKNOWN])], dtype=np.int64)
            for word, found in zip(part, open_choices, strict=True)
        ]
        if all(len(found) == 1 for found in choices):
            best = [0] * len(part)
        else:
            prices = [
                np.array([price * (words[n] != word.text.lower()) for n in found], dtype=np.float32)
                for word, found in zip(part, choices, strict=True)
            ]
            edge = np.array([number[BOUNDARY]])
            best = self._likeliest([edge, edge, *choices, edge], prices)
        return [
            _in_case(words[found[i]], word.text) if found else word.text
            for word, found, i in zip(part, open_choices, best, strict=True)
        ]

    def _likeliest(self, choices: Sequence[Ints], prices: Sequence[Floats]) -> list[int]:
        """Viterbi: which choice at each place but the edges (two before, one after)."""
        scores: Floats = np.zeros((1, 1), dtype=np.float32)
        pairs, _ = self._chances.pairs(choices[0], choices[1])
        ways: list[Ints] = []
        for place in range(2, len(choices)):
            here = choices[place]
            next_pairs, by_pair = self._chances.pairs(choices[place - 1], here)
            sums = scores[:, :, None] + self._chances.triples(pairs, by_pair, here)
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


def price_of_change(marked: float) -> float:
    """What a change must win: the more of a text is marked, the surer that plain words are meant plain."""
    left = 1.0 - marked / _USUALLY_MARKED
    return min(-math.log(left), _WILLING) if left > 0 else _WILLING


def _in_case(spelling: str, typed: str) -> str:
    if typed.islower():
        return spelling
    return "".join(new.upper() if old.isupper() else new for new, old in zip(spelling, typed, strict=True))
