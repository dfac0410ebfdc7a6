"""Decides which documents answer a question: what is measured, how it is weighed, and how sure that is.

Weights and calibration are fitted on development questions by `python -m bench.retrieval --fit` and kept
in `ranking.json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge_base.chunks import ChunkField
from knowledge_base.lexical import letters, tokens
from nlu.text import fold, normalise, syllables

HERE = Path(__file__).parent
SAID = frozenset({ChunkField.ALIAS, ChunkField.LAY})


@dataclass(frozen=True)
class LexicalGroup:
    """What one lexical index reads."""

    fields: frozenset[ChunkField]
    row_per_chunk: bool = False
    """Each sentence stands alone; otherwise a document is one row."""
    units: Callable[[str], list[str]] = tokens
    """Cuts a normalised text."""


LEXICAL_GROUPS: Mapping[str, LexicalGroup] = {
    "name": LexicalGroup(frozenset({ChunkField.NAME})),
    "said": LexicalGroup(SAID, row_per_chunk=True),
    "all_said": LexicalGroup(SAID),
    "body": LexicalGroup(frozenset(ChunkField) - {ChunkField.LAY}),
    "spelled": LexicalGroup(SAID | {ChunkField.NAME}, row_per_chunk=True, units=letters),
    "all_spelled": LexicalGroup(SAID | {ChunkField.NAME}, units=letters),
}
DENSE_GROUPS: Mapping[str, frozenset[ChunkField]] = {
    "near_name": frozenset({ChunkField.NAME}),
    "near_said": SAID,
    "near_body": frozenset(ChunkField) - SAID - {ChunkField.NAME},
}
FEATURES = (*LEXICAL_GROUPS, *DENSE_GROUPS)
FILLER_WEIGHT = 0.2
SYNONYM_WEIGHT = 0.5


@dataclass(frozen=True)
class Ranking:
    """Weights of the features, in their order, and the coefficients of the calibrated score."""

    weights: NDArray[np.float32]
    calibration: NDArray[np.float32]
    """Of the sum, its lead over the best other document, the best lexical cover, the nearness; constant."""

    @classmethod
    def load(cls, path: Path = HERE / "ranking.json") -> Self:
        """Read the fitted numbers; a feature that is not named weighs nothing."""
        content = json.loads(path.read_text(encoding="utf-8"))
        weights = [content["weights"].get(name, 0.0) for name in FEATURES]
        return cls(np.array(weights, dtype=np.float32), np.array(content["calibration"], dtype=np.float32))

    def sums(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """One number for each document; `features` is (documents, len(FEATURES))."""
        sums: NDArray[np.float32] = features @ self.weights
        return sums

    def certainty(self, signs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability that a document answers the question; `signs` is (hits, 4), from `signs_of`."""
        logits = signs @ self.calibration[:-1] + self.calibration[-1]
        certainty: NDArray[np.float32] = 1 / (1 + np.exp(-logits))
        return certainty


def signs_of(
    sums: NDArray[np.float32], features: NDArray[np.float32], best: Sequence[int]
) -> NDArray[np.float32]:
    """What tells how sure a hit is: its sum, its lead, how much of the question it covers, how near it is."""
    top = sums[list(best)]
    rivals = np.partition(sums, -2)[-2:] if len(sums) > 1 else np.array([0.0, sums[0]], dtype=np.float32)
    lead = np.where(top >= rivals[1], top - rivals[0], top - rivals[1])
    lexical = features[list(best), : len(LEXICAL_GROUPS)].max(axis=1)
    dense = features[list(best), len(LEXICAL_GROUPS) : len(LEXICAL_GROUPS) + len(DENSE_GROUPS)].max(axis=1)
    return np.stack([top, lead, lexical, dense], axis=1).astype(np.float32)


def query_units(query: str) -> dict[Callable[[str], list[str]], dict[str, float]]:
    """Weighted units of a question, for each way in which an index cuts its text."""
    return {tokens: query_tokens(query), letters: dict.fromkeys(letters(normalise(query)), 1.0)}


def query_tokens(query: str, *, synonyms: bool = True) -> dict[str, float]:
    """Tokens of a question with weights: fillers count little, official words for sayings are added."""
    weights: dict[str, float] = {}
    for token in tokens(normalise(query)):
        empty = all(part in _fillers() for part in token.split())
        weights[token] = FILLER_WEIGHT if empty else 1.0
    if synonyms:
        for official in official_words(query):
            for token in tokens(normalise(official)):
                weights[token] = max(weights.get(token, 0.0), SYNONYM_WEIGHT)
    return weights


def official_words(query: str) -> list[str]:
    """Official terms for the sayings that a question contains."""
    plain = f" {' '.join(syllables(fold(normalise(query))))} "
    return list(dict.fromkeys(official for saying, official in _synonyms() if saying in plain))


@cache
def _fillers() -> frozenset[str]:
    lines = (HERE / "fillers.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def _synonyms() -> tuple[tuple[str, str], ...]:
    table = yaml.safe_load((HERE / "synonyms.yaml").read_text(encoding="utf-8"))
    return tuple(
        (f" {' '.join(syllables(fold(normalise(saying))))} ", official)
        for sayings, official in table.items()
        for saying in sayings.split(",")
    )
