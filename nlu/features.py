"""Counts of folded words, word pairs and letter groups: what intents and fields are learned from."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix

from nlu.cues import FieldCues
from nlu.gazetteer import Gazetteer
from nlu.patterns import pattern_names
from nlu.text import normalise, read, syllables

_WORD = re.compile(r"#\w+|[^\W_]+|[?!]")
_FOLDED_AWAY = {"fee", "time_limit", "where", "dossier", "result", "how_online", "steps"}
_LONGEST_CUE = 4
"""Words; a longer cue holds words of the matter itself and is left as it is."""


def grams(folded: str) -> list[str]:
    """Features of a folded text: words, pairs of neighbours, groups of 3 and 4 letters within words."""
    words = _WORD.findall(folded)
    found = [f"w:{word}" for word in words]
    found.extend(f"p:{first} {second}" for first, second in pairwise(["^", *words, "$"]))
    for word in words:
        padded = f" {word} "
        if word[0] != "#":
            found.extend(padded[i : i + n] for n in (3, 4) for i in range(len(padded) - n + 1))
    return found


class IntentFeatures:
    """Features that tell what a text is about.

    "Bao nhiêu tiền", "mất bao lâu" ask about anything: such words become one mark each, so that the
    matter decides and not the way of asking. More marks say that the text names an entry of a lookup
    table (a procedure, a place) or holds a pattern (a case code, a regulation's number).
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        """`gazetteer`: the names that give marks."""
        self._gazetteer = gazetteer
        self._cues = FieldCues()

    def of(self, text: str) -> list[str]:
        """The features of a text as typed; words with diacritics count besides ("dừng" is not "đúng")."""
        reading = read(text)
        mentions = self._gazetteer.find(reading)
        named = [(m.start, m.end) for m in mentions if m.entity == "procedure"]
        pieces, position = [], 0
        marks = {mention.entity for mention in mentions} | pattern_names(text)
        for cue in self._cues.find(reading, named):
            if not cue.strong:
                continue
            marks.add(cue.field)
            words = reading.folded[cue.start : cue.end].count(" ") + 1
            if cue.field in _FOLDED_AWAY and words <= _LONGEST_CUE:
                pieces += [reading.folded[position : cue.start], f"#{cue.field}"]
                position = cue.end
        pieces.append(reading.folded[position:])
        return [
            *grams(" ".join(pieces)),
            *(f"mark:{mark}" for mark in sorted(marks)),
            *(f"t:{word}" for word in syllables(normalise(text)) if not word.isascii()),
        ]


class Vectoriser:
    """Text features → sparse rows, weighted by how telling each feature is (tf-idf).

    A row is as long as the part of the text that training has seen: 1 when all is known, 0 when nothing.
    """

    def __init__(self, weights: dict[str, float]) -> None:
        """`weights`: feature → inverse document frequency, in column order."""
        self.weights = weights
        self._columns = {feature: column for column, feature in enumerate(weights)}
        self._values = np.fromiter(weights.values(), dtype=np.float64, count=len(weights))
        self._unknown = float(self._values.max(initial=1.0))

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
        unknown = 0
        for feature in features:
            column = self._columns.get(feature)
            if column is None:
                unknown += 1
            else:
                counts[column] = counts.get(column, 0) + 1
        columns = np.fromiter(sorted(counts), dtype=np.int32, count=len(counts))
        values = np.array([1.0 + math.log(counts[c]) for c in columns]) * self._values[columns]
        length = math.sqrt(float(values @ values) + unknown * self._unknown**2) or 1.0
        pointer = np.array([0, len(columns)], dtype=np.int32)
        return csr_matrix((values / length, columns, pointer), shape=(1, len(self)))
