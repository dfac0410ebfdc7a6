"""Counts of folded words, word pairs and letter groups: one vector for intents and fields alike.

Free of Rasa, so that it can be tested and measured alone.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix

_WORD = re.compile(r"[^\W_]+|[?!]")


def grams(folded: str) -> list[str]:
    """Features of a folded text: words, pairs of neighbours, groups of 2 to 4 letters within words."""
    words = _WORD.findall(folded)
    found = [f"w:{word}" for word in words]
    edged = ["^", *words, "$"]
    found.extend(f"p:{first} {second}" for first, second in pairwise(edged))
    for word in words:
        padded = f" {word} "
        found.extend(padded[i : i + n] for n in (3, 4) for i in range(len(padded) - n + 1))
    return found


class Vectoriser:
    """Text features → rows of unit length, weighted by how telling each is (tf-idf)."""

    def __init__(self, weights: dict[str, float]) -> None:
        """`weights`: feature → inverse document frequency, in column order."""
        self.weights = weights
        self._columns = {feature: column for column, feature in enumerate(weights)}
        self._values = np.fromiter(weights.values(), dtype=np.float64, count=len(weights))

    @classmethod
    def learn(cls, texts: Sequence[Iterable[str]], *, rarest: int = 2) -> Vectoriser:
        """Keep the features that occur in at least `rarest` texts."""
        documents = Counter(feature for text in texts for feature in set(text))
        total = len(texts)
        return cls(
            {
                feature: 1.0 + math.log((1 + total) / (1 + count))
                for feature, count in sorted(documents.items())
                if count >= rarest
            }
        )

    def __len__(self) -> int:
        return len(self.weights)

    def row(self, features: Iterable[str]) -> csr_matrix:
        """One row for one text, of shape (1, number of features)."""
        counts: dict[int, int] = {}
        for feature in features:
            column = self._columns.get(feature)
            if column is not None:
                counts[column] = counts.get(column, 0) + 1
        columns = np.fromiter(sorted(counts), dtype=np.int32, count=len(counts))
        values = np.array([1.0 + math.log(counts[c]) for c in columns]) * self._values[columns]
        norm = float(np.sqrt(values @ values)) if len(values) else 1.0
        pointer = np.array([0, len(columns)], dtype=np.int32)
        return csr_matrix((values / norm, columns, pointer), shape=(1, len(self)))
