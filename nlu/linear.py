"""Linear classifiers, learned by scikit-learn and served by a few lines of numpy.

Each class is told from all others by a support vector machine: it learns faster than logistic regression
over all classes and is right more often here (measured; `python -m bench.clinc` too).

Stored as plain arrays: loading a model runs no pickled code. Free of Rasa.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

Floats = NDArray[np.float64]
SCALE = 3.0
"""Brings margins to the scale of logarithms of chances: likeliest on questions held back."""
_MIXED = 0.3
"""Weight of a row of several classes: they are heard, and blur single ones less."""


@dataclass(frozen=True)
class LinearModel:
    """Scores of classes for a sparse row."""

    classes: tuple[str, ...]
    weights: Floats
    """Shape (classes, features)."""
    bias: Floats
    """Shape (classes,)."""

    @classmethod
    def learn(cls, rows: csr_matrix, labels: Sequence[str], *, strength: float) -> LinearModel:
        """Fit on rows and labels; `strength` is the inverse of the regularisation.

        Classes weigh by the square root of their rarity: rare ones are heard, common ones not drowned.
        """
        from sklearn.svm import LinearSVC  # half the app's start; only learning needs it

        names, counts = np.unique(labels, return_counts=True)
        rarity = {
            name: float(np.sqrt(counts.mean() / count)) for name, count in zip(names, counts, strict=True)
        }
        model = LinearSVC(C=strength, class_weight=rarity, random_state=0)
        model.fit(rows, labels)
        weights, bias = SCALE * model.coef_, SCALE * model.intercept_
        if len(names) == 2:
            weights, bias = np.vstack([-weights, weights]) / 2, np.hstack([-bias, bias]) / 2
        return cls(tuple(str(name) for name in names), weights, bias)

    @classmethod
    def learn_sets(
        cls, rows: csr_matrix, labels: Sequence[frozenset[str]], *, strength: float
    ) -> LinearModel:
        """The same for rows that may be of several classes at once."""
        from sklearn.svm import LinearSVC

        names = sorted(frozenset().union(*labels))
        truths = [np.array([name in label for label in labels]) for name in names]
        shares = [_MIXED if len(label) > 1 else 1.0 for label in labels]
        mean = sum(truth.sum() for truth in truths) / len(names)
        weights, bias = [], []
        for truth in truths:
            rarity = float(np.sqrt(mean / truth.sum()))
            model = LinearSVC(C=strength, class_weight={True: rarity, False: 1.0}, random_state=0)
            model.fit(rows, truth, sample_weight=shares)
            weights.append(SCALE * model.coef_[0])
            bias.append(SCALE * model.intercept_[0])
        return cls(tuple(names), np.vstack(weights), np.array(bias))

    def margins(self, row: csr_matrix) -> Floats:
        """How far the first row lies on each class's side, in the order of `classes`; negative: outside."""
        return np.asarray((self.weights[:, row.indices] @ row.data + self.bias) / SCALE, dtype=np.float64)

    def probabilities(self, row: csr_matrix) -> Floats:
        """Probability of each class for the first row, in the order of `classes`."""
        scores = SCALE * self.margins(row)
        scores = np.exp(scores - scores.max())
        return np.asarray(scores / scores.sum(), dtype=np.float64)

    def save(self, path: Path) -> None:
        """Write to an .npz file."""
        np.savez_compressed(
            path, classes=np.array(self.classes), weights=self.weights.astype(np.float32), bias=self.bias
        )

    @classmethod
    def load(cls, path: Path) -> LinearModel:
        """Read what `save` wrote."""
        with np.load(path) as stored:
            names = tuple(str(name) for name in stored["classes"])
            return cls(names, stored["weights"].astype(np.float64), stored["bias"])


def stack(rows: Sequence[csr_matrix]) -> csr_matrix:
    """Rows of shape (1, n) as one matrix."""
    return vstack(rows, format="csr")
