"""The chances of words, pairs and triples of words that `train` counted, as they are looked up."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.text import fold

MODEL = Path(__file__).parent / "model.npz"
STEP = 1 / 12
"""Logarithms of chances are stored as bytes, so many nats a unit."""
_SHIFT = 13
"""Bits of a word's number in the key of a triple."""

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


class Chances:
    """Log chances (nats) of words, pairs and triples of words, with back-off."""

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        """`arrays`: what `train.pack` makes; see there for shapes."""
        self.words: list[str] = str(arrays["words"]).split(" ")
        self.number = {word: number for number, word in enumerate(self.words)}
        self.single, self._single_rest = _chances(arrays["single"]), _chances(arrays["single_rest"])
        firsts = np.repeat(np.arange(len(self.words), dtype=np.int64), arrays["pair_counts"])
        self._pairs = firsts << _SHIFT | arrays["pair_words"]
        self._pair, self._pair_rest = _chances(arrays["pair"]), _chances(arrays["pair_rest"])
        firsts = np.repeat(np.arange(len(self._pairs), dtype=np.int64), arrays["triple_counts"])
        self._triples = (firsts << _SHIFT | arrays["triple_words"]).astype(np.uint32)
        self._triple = _chances(arrays["triple"])
        self.spellings: dict[str, list[int]] = {}
        """Folded word → numbers of the words that fold to it."""
        for number, word in enumerate(self.words):
            if word[0] != "<":
                self.spellings.setdefault(fold(word), []).append(number)

    @classmethod
    def load(cls, path: Path) -> Chances:
        """Read a trained model (.npz)."""
        with np.load(path) as stored:
            return cls(dict(stored))

    def pairs(self, first: Ints, second: Ints) -> tuple[Ints, Floats]:
        """Rows of the pairs (−1: unseen) and their log chances, shape (first, second)."""
        rows = _find(self._pairs, first[:, None] << _SHIFT | second)
        backed = self._single_rest[first][:, None] + self.single[second]
        return rows, np.where(rows >= 0, self._pair[rows], backed)

    def triples(self, pairs: Ints, by_pair: Floats, third: Ints) -> Floats:
        """Log chances of a third word after pairs of words, shape (first, second, third).

        Args:
            pairs: rows of the pairs of the first two, from `pairs`.
            by_pair: log chances of the third after the second, from `pairs`.
            third: numbers of the third words.
        """
        backed: Floats = np.where(pairs >= 0, self._pair_rest[pairs], 0)[:, :, None] + by_pair
        seen = pairs >= 0
        if seen.any():
            known = backed[seen]
            rows = _find(self._triples, (pairs[seen][:, None] << _SHIFT | third).astype(np.uint32))
            backed[seen] = np.where(rows >= 0, self._triple[rows], known)
        return backed


@lru_cache(maxsize=1)
def shipped() -> Chances:
    """The model that is part of the assistant."""
    return Chances.load(MODEL)


def _find(keys: NDArray[Any], wanted: NDArray[Any]) -> Ints:
    """Rows of the wanted among sorted keys, −1 where absent."""
    rows = np.searchsorted(keys, wanted)
    rows[rows == len(keys)] = 0
    return np.where(keys[rows] == wanted, rows, -1)


def _chances(stored: NDArray[Any]) -> Floats:
    return (stored.astype(np.float32) * np.float32(-STEP)).astype(np.float32)
