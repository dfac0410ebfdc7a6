"""Which field of a procedure is asked: papers, fee, time, place, steps …"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlu.cues import FieldCues
from nlu.features import Vectoriser, grams
from nlu.linear import LinearModel, stack
from nlu.text import read

GENERAL = "general"


@dataclass(frozen=True)
class AskedField:
    """A field with the place of its words in the original."""

    field: str
    start: int
    end: int
    confidence: float


class FieldModel:
    """Cues first; where they say nothing, what was learned from examples; else `general`."""

    most = 2
    """More fields than this in one question ask for the whole: `general`."""

    def __init__(
        self,
        linear: LinearModel | None = None,
        vectoriser: Vectoriser | None = None,
        *,
        threshold: float = 0.5,
    ) -> None:
        """Without a model and its vectoriser the cues alone decide.

        `threshold`: probability from which the learned field counts.
        """
        self.linear = linear
        self.vectoriser = vectoriser or Vectoriser({})
        self._threshold = threshold
        self._cues = FieldCues()

    @classmethod
    def learn(
        cls, texts: Sequence[str], fields: Sequence[str], *, strength: float, threshold: float
    ) -> FieldModel:
        """Fit on questions and the field that each asks."""
        features = [grams(read(text).folded) for text in texts]
        vectoriser = Vectoriser.learn(features)
        rows = stack([vectoriser.row(row) for row in features])
        return cls(LinearModel.learn(rows, fields, strength=strength), vectoriser, threshold=threshold)

    def asked(self, text: str, masked: Sequence[tuple[int, int]] = ()) -> list[AskedField]:
        """Fields asked, in order of mention; one `general` when none or too many are.

        `masked`: stretches of the text (names of procedures) that show no field.
        """
        reading = read(text)
        cues = self._cues.find(reading, masked)
        meant = self._cues.meant(cues)
        if len(meant) > self.most:
            return [AskedField(GENERAL, 0, len(text), 0.9)]
        if meant:
            return [AskedField(c.field, *reading.span(c.start, c.end), 0.95) for c in meant]
        if self.linear is not None:
            chances = self.linear.probabilities(self.vectoriser.row(grams(reading.folded)))
            best = int(chances.argmax())
            field = self.linear.classes[best]
            hinted = field in {cue.field for cue in cues}
            if chances[best] >= (self._threshold / 2 if hinted else self._threshold):
                return [AskedField(field, 0, len(text), float(chances[best]))]
        return [AskedField(GENERAL, 0, len(text), 0.5)]
