"""BM25 over syllables: works with and without diacritics, and says how much of the question it covers."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain, count, pairwise
from pathlib import Path
from typing import Self

import bm25s
import numpy as np
from numpy.typing import NDArray

from nlu.text import fold, syllables

Scores = NDArray[np.float32]
logging.getLogger("bm25s").setLevel(logging.WARNING)


LETTERS = 5


def tokens(text: str) -> list[str]:
    """Of a normalised text: folded syllables, pairs of neighbours, and syllables that folding changes."""
    written = syllables(text)
    plain = [_fold_syllable(word) for word in written]
    marked = [word for word, bare in zip(written, plain, strict=True) if word != bare]
    return [*plain, *map(" ".join, pairwise(plain)), *marked]


def letters(text: str) -> list[str]:
    """Of a normalised text: runs of `LETTERS` letters over the borders of syllables.

    They are what a slip of the keys leaves whole.
    """
    line = f"_{'_'.join(syllables(fold(text)))}_"
    return [line[at : at + LETTERS] for at in range(len(line) - LETTERS + 1)]


_fold_syllable = lru_cache(maxsize=65_536)(fold)


class LexicalIndex:
    """Rows of tokens that belong to documents; a document scores as its best row."""

    def __init__(self, bm25: bm25s.BM25, vocabulary: dict[str, int], idf: Scores, owners: NDArray[np.int32]):
        self._bm25 = bm25
        self._vocabulary = vocabulary
        self._idf = idf
        self._owners = owners
        self._starts = np.flatnonzero(np.diff(owners, prepend=-1))
        self._unseen = float(np.log(1 + (len(owners) + 0.5) / 0.5))

    @classmethod
    def build(cls, rows: Sequence[Sequence[str]], owners: Sequence[int], *, k1: float, b: float) -> Self:
        """Index rows of tokens.

        Args:
            rows: tokens of each row.
            owners: the document of each row, ascending.
            k1, b: BM25's saturation and length normalisation.
        """
        number: dict[str, int] = defaultdict(count(1).__next__, {"": 0})
        ids = [list(map(number.__getitem__, row)) or [0] for row in rows]
        vocabulary = dict(number)
        frequency = np.bincount(
            np.fromiter(chain.from_iterable(map(set, ids)), dtype=np.int32), minlength=len(vocabulary)
        ).astype(np.float32)
        idf = np.log(1 + (len(rows) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        bm25 = bm25s.BM25(method="lucene", k1=k1, b=b)
        bm25.index((ids, vocabulary), create_empty_token=False, show_progress=False)
        return cls(bm25, vocabulary, idf, np.asarray(owners, dtype=np.int32))

    @property
    def words(self) -> list[str]:
        """Single tokens: no pairs."""
        return [token for token in self._vocabulary if token and " " not in token]

    def commonness(self, token: str) -> float:
        """How common a token is among the rows, on the scale of logarithms; 0 if it is in none."""
        id = self._vocabulary.get(token)
        return 0.0 if id is None else self._unseen - float(self._idf[id])

    def score(self, query: Mapping[str, float], documents: int) -> Scores:
        """Scores of all documents, 0 to 1: the share of the query's weight that the best row covers.

        Args:
            query: tokens with their weights.
            documents: how many documents there are; those without a row score 0.
        """
        scores = np.zeros(documents, dtype=np.float32)
        by_weight: dict[float, list[int]] = {}
        total = 0.0
        for token, weight in query.items():
            id = self._vocabulary.get(token)
            total += weight * (self._unseen if id is None else float(self._idf[id]))
            if id is not None:
                by_weight.setdefault(weight, []).append(id)
        if by_weight:
            rows = sum(weight * self._bm25.get_scores_from_ids(ids) for weight, ids in by_weight.items())
            scores[self._owners[self._starts]] = np.maximum.reduceat(rows, self._starts) / max(total, 1e-6)
        return scores

    def save(self, folder: Path) -> None:
        """Write the index into a new folder."""
        folder.mkdir(parents=True)
        self._bm25.save(str(folder / "bm25"))
        np.save(folder / "idf.npy", self._idf)
        np.save(folder / "owners.npy", self._owners)
        (folder / "vocabulary.json").write_text(
            json.dumps(list(self._vocabulary), ensure_ascii=False), encoding="utf-8"
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        words = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        return cls(
            bm25s.BM25.load(str(folder / "bm25"), load_vocab=False),
            {word: id for id, word in enumerate(words)},
            np.load(folder / "idf.npy"),
            np.load(folder / "owners.npy"),
        )
