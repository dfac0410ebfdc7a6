"""A small neural network over sparse rows: one hidden layer, learned and served by numpy alone.

Features are dropped at random while it learns, so that no word decides by itself. It helps on CLINC150's
150 intents and not on our few (measured), so the assistant does without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]

_FEATURES_DROPPED, _UNITS_DROPPED, _SMOOTHING = 0.6, 0.3, 0.1
_FIRST_DECAY, _SECOND_DECAY = 0.9, 0.999
_WARM_UP = 0.1


@dataclass(frozen=True)
class Network:
    """Scores of classes for sparse rows."""

    classes: tuple[str, ...]
    entry: Floats
    """Shape (features, units)."""
    entry_bias: Floats
    exit: Floats
    """Shape (units, classes)."""
    exit_bias: Floats

    @classmethod
    def learn(
        cls,
        rows: csr_matrix,
        labels: Sequence[str | None],
        *,
        units: int = 256,
        epochs: int = 12,
        batch: int = 256,
        rate: float = 5e-3,
        seed: int = 20260101,
    ) -> Network:
        """Fit on rows and labels; a row without a label is of no class, and all should be equally low."""
        names = sorted({label for label in labels if label is not None})
        rng = np.random.default_rng(seed)
        targets = _targets(labels, names)
        weights = _Weights(
            rng.normal(0, 0.1, (rows.shape[1], units)).astype(np.float32),
            np.zeros(units, np.float32),
            rng.normal(0, units**-0.5, (units, len(names))).astype(np.float32),
            np.zeros(len(names), np.float32),
        )
        rows, count = rows.astype(np.float32), rows.shape[0]
        batch = min(batch, max(count // 8, 1))
        steps = epochs * (count // batch)
        for step in range(steps):
            within = step % (count // batch)
            if not within:
                order = rng.permutation(count)
            chosen = order[within * batch : (within + 1) * batch]
            done = step / steps
            pace = rate * min(done / _WARM_UP, 1.0) * max(1.0 - done, 0.02)
            weights.step(rows[chosen], targets[chosen], pace, rng)
        return cls(tuple(names), *weights.values)

    def scores(self, rows: csr_matrix) -> Floats:
        """Scores of each class, shape (rows, classes); their soft maximum is the probability."""
        return np.asarray(np.maximum(rows.astype(np.float32) @ self.entry + self.entry_bias, 0) @ self.exit
                          + self.exit_bias)  # fmt: skip


class _Weights:
    """Weights as they are learned (Adam; of the entry only the rows that a batch touches)."""

    def __init__(self, *values: Floats) -> None:
        self.values = values
        self._means = [np.zeros_like(value) for value in values]
        self._squares = [np.zeros_like(value) for value in values]
        self._steps = 0

    def step(self, rows: csr_matrix, targets: Floats, pace: float, rng: np.random.Generator) -> None:
        """One step down the slope of a batch."""
        entry, entry_bias, out, out_bias = self.values
        kept = rng.random(len(rows.data), dtype=np.float32) > _FEATURES_DROPPED
        columns, places = np.unique(rows.indices[kept], return_inverse=True)
        data = rows.data[kept] / np.float32(1 - _FEATURES_DROPPED)
        ends = np.append(0, np.cumsum(kept))[rows.indptr]
        rows = csr_matrix((data, places.astype(np.int32), ends), shape=(rows.shape[0], len(columns)))
        before = rows @ entry[columns] + entry_bias
        units = rng.random(before.shape, dtype=np.float32) > _UNITS_DROPPED
        open_units = units * (before > 0) / np.float32(1 - _UNITS_DROPPED)
        hidden = before * open_units
        error = (_soft_maximum(hidden @ out + out_bias) - targets) / np.float32(len(targets))
        back = (error @ out.T) * open_units
        self._steps += 1
        self._move(0, rows.T @ back, pace, columns)
        self._move(1, back.sum(axis=0), pace)
        self._move(2, hidden.T @ error, pace)
        self._move(3, error.sum(axis=0), pace)

    def _move(
        self, part: int, slope: Floats, pace: float, at: NDArray[np.int32] | slice = slice(None)
    ) -> None:
        mean = self._means[part][at] * _FIRST_DECAY + slope * (1 - _FIRST_DECAY)
        square = self._squares[part][at] * _SECOND_DECAY + slope * slope * (1 - _SECOND_DECAY)
        self._means[part][at], self._squares[part][at] = mean, square
        young = (1 - _SECOND_DECAY**self._steps) ** 0.5 / (1 - _FIRST_DECAY**self._steps)
        self.values[part][at] -= np.float32(pace * young) * mean / (np.sqrt(square) + np.float32(1e-8))


def _targets(labels: Sequence[str | None], names: Sequence[str]) -> Floats:
    """Wanted probabilities, a little smoothed; equal ones for a row without a label."""
    targets = np.full((len(labels), len(names)), 1 / len(names), dtype=np.float32)
    place = {name: column for column, name in enumerate(names)}
    for row, label in enumerate(labels):
        if label is not None:
            targets[row] *= _SMOOTHING
            targets[row, place[label]] += 1 - _SMOOTHING
    return targets


def _soft_maximum(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
