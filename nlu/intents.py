"""Which intent a text has, how sure that is, and whether it is in scope at all. Free of Rasa.

Confidence is learned from predictions on examples held back in turn; topics of out-of-scope examples
are held back whole, so that the refusal is tuned on topics the model has not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, load_npz, save_npz, vstack

from nlu.linear import Floats, LinearModel

OUT_OF_SCOPE = "out_of_scope"
_INSIDE = "in_scope"
_FOLDS = 5
_MATTERS_HELD = 150
"""Further rows, of those held back in a turn, that the confidence is learned from."""


@dataclass(frozen=True)
class Judgement:
    """The intents of a text, best first, and the probability that it is in scope."""

    ranking: list[tuple[str, float]]
    in_scope: float


@dataclass(frozen=True)
class IntentModel:
    """A linear model, the examples it has seen, and what turns its scores into confidence."""

    linear: LinearModel
    seen: csr_matrix
    """Training rows, in scope first."""
    in_scope_count: int
    border: LinearModel
    """In scope or not, learned from every row."""
    scope: Floats
    """Weights of the evidence (and a bias) for being in scope."""
    trust: Floats
    """The same for the best intent being right."""

    @classmethod
    def learn(
        cls,
        rows: csr_matrix,
        labels: Sequence[str],
        topics: Sequence[str],
        *,
        strength: float,
        matters: csr_matrix | None = None,
    ) -> IntentModel:
        """Fit on rows, their intents and, for out-of-scope ones, their topics.

        `matters`: further rows in scope, of whatever intent; they teach the border of the scope alone.
        """
        order = sorted(range(len(labels)), key=lambda i: labels[i] == OUT_OF_SCOPE)
        rows, names = rows[order], [labels[i] for i in order]
        more = matters if matters is not None else rows[:0]
        folds = _folds(names, [topics[i] for i in order])
        more_folds = np.arange(more.shape[0]) % _FOLDS
        evidence, in_scope, right = [], [], []
        strangers: list[Floats] = []
        for fold in range(_FOLDS):
            kept = np.flatnonzero(folds != fold)
            trial = cls._untuned(rows[kept], [names[i] for i in kept], more[more_folds != fold], strength)
            for i in np.flatnonzero(folds == fold):
                facts, best = trial._evidence(rows[i])
                evidence.append(facts)
                in_scope.append(names[i] != OUT_OF_SCOPE)
                right.append(trial.linear.classes[best] == names[i])
            for i in np.flatnonzero(more_folds == fold)[:_MATTERS_HELD]:
                strangers.append(trial._evidence(more[i])[0])
        facts, inside = np.array(evidence), np.array(in_scope)
        trust = _fit(facts[inside], np.array(right)[inside])
        facts = np.vstack([facts, *strangers])
        inside = np.append(inside, np.ones(len(strangers), dtype=bool))
        model = cls._untuned(rows, names, more, strength)
        return replace(model, scope=_fit(facts, inside), trust=trust)

    @classmethod
    def _untuned(
        cls, rows: csr_matrix, names: Sequence[str], matters: csr_matrix, strength: float
    ) -> IntentModel:
        inside = sum(name != OUT_OF_SCOPE for name in names)
        seen = vstack([rows[:inside], matters, rows[inside:]], format="csr")
        count = inside + matters.shape[0]
        sides = [_INSIDE] * count + [OUT_OF_SCOPE] * (len(names) - inside)
        none = np.zeros(0)
        return cls(
            LinearModel.learn(rows, names, strength=strength),
            seen,
            count,
            LinearModel.learn(seen, sides, strength=strength),
            none,
            none,
        )

    def judge(self, row: csr_matrix) -> Judgement:
        """Judge one row; the ranking holds every intent in scope and sums to one at most."""
        facts, best = self._evidence(row)
        in_scope = _logistic(facts, self.scope)
        trust = _logistic(facts, self.trust)
        chances = self.linear.probabilities(row)
        outside = 1.0 - sum(p for p, n in zip(chances, self.linear.classes, strict=True) if n != OUT_OF_SCOPE)
        rest = max(1.0 - float(chances[best]) - outside, 1e-9)
        ranking = [
            (name, trust if i == best else float(chances[i]) / rest * (1.0 - trust))
            for i, name in enumerate(self.linear.classes)
            if name != OUT_OF_SCOPE
        ]
        ranking.sort(key=lambda entry: -entry[1])
        return Judgement(ranking, in_scope)

    def _evidence(self, row: csr_matrix) -> tuple[Floats, int]:
        """What speaks for the judgement, and the column of the best intent in scope."""
        chances = self.linear.probabilities(row)
        inside = np.array([name != OUT_OF_SCOPE for name in self.linear.classes])
        outside_chance = float(chances[~inside].sum())
        within = np.where(inside, chances, 0.0)
        best = int(within.argmax())
        second = float(np.partition(within, -2)[-2]) if len(within) > 1 else 0.0
        similar = np.asarray((self.seen @ row.T).todense()).ravel()
        near = float(similar[: self.in_scope_count].max(initial=0.0))
        near_outside = float(similar[self.in_scope_count :].max(initial=0.0))
        outside = self.border.classes.index(OUT_OF_SCOPE)
        facts = np.array(
            [
                _logit(float(self.border.probabilities(row)[outside])),
                _logit(float(within[best])),
                _logit(outside_chance),
                float(within[best]) - second,
                near,
                near_outside,
                near - near_outside,
                float(np.sqrt(row.data @ row.data)),
            ]
        )
        return facts, best

    def save(self, directory: Path) -> None:
        """Write into a directory."""
        self.linear.save(directory / "intents.npz")
        self.border.save(directory / "border.npz")
        save_npz(directory / "seen.npz", self.seen)
        np.savez(
            directory / "confidence.npz", scope=self.scope, trust=self.trust, in_scope=self.in_scope_count
        )

    @classmethod
    def load(cls, directory: Path) -> IntentModel:
        """Read what `save` wrote."""
        with np.load(directory / "confidence.npz") as stored:
            return cls(
                LinearModel.load(directory / "intents.npz"),
                load_npz(directory / "seen.npz"),
                int(stored["in_scope"]),
                LinearModel.load(directory / "border.npz"),
                stored["scope"],
                stored["trust"],
            )


def _folds(names: Sequence[str], topics: Sequence[str]) -> np.ndarray:
    """A fold for each example: turn by turn within an intent, whole topics of out-of-scope ones."""
    known_topics = sorted(set(topics))
    turns: dict[str, int] = {}
    folds = []
    for name, topic in zip(names, topics, strict=True):
        if name == OUT_OF_SCOPE and topic:
            folds.append(known_topics.index(topic) % _FOLDS)
        else:
            turns[name] = turns.get(name, -1) + 1
            folds.append((turns[name] * 7) % _FOLDS)
    return np.array(folds)


def _fit(facts: Floats, truth: np.ndarray) -> Floats:
    if truth.all() or not truth.any():
        return np.append(np.zeros(facts.shape[1]), 3.0 if truth.all() else -3.0)
    from sklearn.linear_model import LogisticRegression  # slow to load; only learning needs it

    model = LogisticRegression(C=1.0, max_iter=1_000).fit(facts, truth)
    return np.append(model.coef_[0], model.intercept_[0])


def _logistic(facts: Floats, weights: Floats) -> float:
    return float(1.0 / (1.0 + np.exp(-(facts @ weights[:-1] + weights[-1]))))


def _logit(chance: float) -> float:
    chance = min(max(chance, 1e-4), 1 - 1e-4)
    return float(np.log(chance / (1 - chance)))
