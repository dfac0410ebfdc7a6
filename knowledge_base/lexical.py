"""BM25 over syllables: works with and without diacritics, and says how much of the question it covers."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count, pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nlu.text import fold, syllables

Scores = NDArray[np.float32]


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


@dataclass(frozen=True)
class _Postings:
    """What each token adds to the score of each row that holds it, token after token."""

    starts: NDArray[np.int64]
    """Where each token's postings begin, and behind the last one where they end."""
    rows: NDArray[np.int32]
    shares: Scores


class LexicalIndex:
    """Rows of tokens that belong to documents; a document scores as its best row."""

    def __init__(
        self, vocabulary: dict[str, int], postings: _Postings, idf: Scores, owners: NDArray[np.int32]
    ) -> None:
        self._vocabulary = vocabulary
        self._postings = postings
        self._idf = idf
        self._owners = owners
        self._starts = np.flatnonzero(np.diff(owners, prepend=-1))
        self._unseen = float(np.log(1 + (len(owners) + 0.5) / 0.5))

    @classmethod
    def build(cls, rows: Sequence[Sequence[str]], owners: Sequence[int], *, k1: float, b: float) -> Self:
        """Index rows of tokens, by Lucene's form of BM25.

        Args:
            rows: tokens of each row.
            owners: the document of each row, ascending.
            k1, b: BM25's saturation and length normalisation.
        """
        number: dict[str, int] = defaultdict(count().__next__)
        lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        said = np.fromiter(map(number.__getitem__, chain.from_iterable(rows)), np.int64, lengths.sum())
        of = np.repeat(np.arange(len(rows)), lengths)
        held, times = np.unique(said * max(len(rows), 1) + of, return_counts=True)
        token, row = np.divmod(held, max(len(rows), 1))
        frequency = np.bincount(token, minlength=len(number))
        idf = np.log(1 + (len(rows) - frequency + 0.5) / (frequency + 0.5))
        long = k1 * (1 - b + b * lengths / max(lengths.mean(), 1e-9))
        postings = _Postings(
            np.concatenate([[0], np.cumsum(frequency)]),
            row.astype(np.int32),
            (idf[token] * times / (times + long[row])).astype(np.float32),
        )
        return cls(dict(number), postings, idf.astype(np.float32), np.asarray(owners, dtype=np.int32))

    @property
    def words(self) -> list[str]:
        """Single tokens: no pairs."""
        return [token for token in self._vocabulary if " " not in token]

    def score(self, query: Mapping[str, float], documents: int) -> Scores:
        """Scores of all documents, 0 to 1: the share of the query's weight that the best row covers.

        Args:
            query: tokens with their weights.
            documents: how many documents there are; those without a row score 0.
        """
        scores = np.zeros(documents, dtype=np.float32)
        rows: list[NDArray[np.int32]] = []
        shares: list[Scores] = []
        total = 0.0
        for token, weight in query.items():
            id = self._vocabulary.get(token)
            total += weight * (self._unseen if id is None else float(self._idf[id]))
            if id is not None:
                here = slice(self._postings.starts[id], self._postings.starts[id + 1])
                rows.append(self._postings.rows[here])
                shares.append(np.float32(weight) * self._postings.shares[here])
        if rows:
            sums = np.bincount(np.concatenate(rows), np.concatenate(shares), minlength=len(self._owners))
            scores[self._owners[self._starts]] = np.maximum.reduceat(sums, self._starts) / total
        return scores

    def save(self, folder: Path) -> None:
        """Write the index into a new folder."""
        folder.mkdir(parents=True)
        for name in ("starts", "rows", "shares"):
            np.save(folder / f"{name}.npy", getattr(self._postings, name))
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
            {word: id for id, word in enumerate(words)},
            _Postings(*(np.load(folder / f"{name}.npy") for name in ("starts", "rows", "shares"))),
            np.load(folder / "idf.npy"),
            np.load(folder / "owners.npy"),
        )
