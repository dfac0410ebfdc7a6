"""Which field of a procedure is asked: papers, fee, time, place, steps …"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scipy.sparse import csr_matrix

from nlu.asking import Composer, known_matters
from nlu.cues import Cue, FieldCues, masked_text
from nlu.features import Vectoriser
from nlu.linear import LinearModel, stack
from nlu.text import Reading, read

GENERAL = "general"
_SEVERAL = "several"
"""A class of its own: more than one field is asked."""
_WORD = re.compile(r"_+(?: _+)*|[^\W_]+|[?.!;]")
_STOP = frozenset("?.!;")
_ASKING = frozenset(["gi", "nao", "dau", "sao", "may", "nhieu", "ai", "lau", "khong", "chua", "hay", "chi"])
"""Words that make a question, folded; what stands near them says what is asked."""
_JOINT = re.compile(r"\s*(?:[,;/+&]|va|voi|cung)(?: (?:va|voi|ca))?\s*")
_HEAD, _TAIL, _NEAR = 5, 9, 3
"""Words at the beginning, at the end, and on each side of an asking word that count."""


@dataclass(frozen=True)
class AskedField:
    """A field with the place of its words in the original."""

    field: str
    start: int
    end: int
    confidence: float


def field_features(text: str, cues: Sequence[Cue]) -> list[str]:
    """What shows a field in a folded text, names masked: its end, its beginning, around asking words.

    Words and pairs from anywhere count besides; those of a matter met every field in training, so they
    weigh little.
    """
    words = _WORD.findall(text)
    clauses = _clauses(words)
    last = next((c for c in reversed(clauses) if len(c) > 1 or _ASKING & set(c)), clauses[-1])
    tail = last[-_TAIL:]
    found = [f"e:{gram}" for gram in _runs([*tail, "$"], 3)]
    found += [f"h:{gram}" for gram in _runs(["^", *last[:_HEAD]], 3)]
    for i, word in enumerate(words):
        if word in _ASKING:
            window = words[max(0, i - _NEAR) : i + _NEAR + 1]
            found += [f"q:{gram}" for gram in _runs(window, 3)]
    for word in tail[-6:]:
        padded = f" {word} "
        found += [f"l:{padded[i : i + 3]}" for i in range(len(padded) - 2)] if word[0] != "_" else []
    last_start = text.rfind(" ".join(last)) if last else 0
    strong = [cue for cue in cues if cue.strong]
    found += [f"c:{cue.field}:{cue.strong}" for cue in cues]
    found += [f"c:{cue.field}:end:{cue.strong}" for cue in cues if cue.start >= last_start]
    found += [f"c:{cue.field}:ask" for cue in strong if _asks(text[cue.start : cue.end])]
    found += [f"c:{cue.field}:last" for cue in strong[-1:]]
    found += [f"b:{gram}" for gram in _runs(words, 2)]
    return list(dict.fromkeys(found))


def _clauses(words: Sequence[str]) -> list[list[str]]:
    clauses: list[list[str]] = [[]]
    for word in words:
        if word not in _STOP:
            clauses[-1].append(word)
        elif clauses[-1]:
            clauses.append([])
    return clauses if clauses[-1] or len(clauses) == 1 else clauses[:-1]


def _runs(words: Sequence[str], longest: int) -> list[str]:
    """Every run of one to `longest` neighbouring words; a name is one word."""
    short = ["#" if word[0] == "_" else word for word in words]
    return [" ".join(short[i : i + n]) for n in range(1, longest + 1) for i in range(len(short) - n + 1)]


class FieldModel:
    """Weighs cues and the words around asking words; the cues alone without a learned model."""

    most = 5
    """More fields than this in one question ask for the whole: `general`."""
    sure = 3
    """As many fields with an asking cue of their own are all meant, whatever the words around them say."""
    besides, least = 0.2, -0.3
    """A field besides the likeliest counts from this sum of its margin and that of `several`, and from this
    margin of its own."""

    def __init__(self, linear: LinearModel | None = None, vectoriser: Vectoriser | None = None) -> None:
        """Without a model and its vectoriser the cues alone decide."""
        self.linear = linear
        self.vectoriser = vectoriser or Vectoriser({})
        self._cues = FieldCues()

    @classmethod
    def learn(
        cls,
        texts: Sequence[str],
        fields: Sequence[str],
        *,
        names: Sequence[str] = (),
        strength: float = 1.0,
        each: int = 6,
        several: int = 1_500,
    ) -> FieldModel:
        """Fit on questions and the field that each asks, and on questions composed with `names`.

        `each`: names that every way of asking is put together with. `several`: composed questions for more
        than one field. `strength`: inverse regularisation.
        """
        model = cls()
        rows = [
            (model._features(text, ()), frozenset([field])) for text, field in zip(texts, fields, strict=True)
        ]
        matters = [name for name in known_matters(names) if model._hidden(read(name), [(0, len(name))])]
        composer = Composer(matters)
        made = [*composer.questions(each), *composer.several(several)] if matters else []
        for i, question in enumerate(made):
            masked = [(question.start, question.end)] if i % 2 else []  # as in the tables, or told freely
            many = [_SEVERAL] if len(question.fields) > 1 else []
            rows.append((model._features(question.text, masked), question.fields.union(many)))
        model.vectoriser = Vectoriser.learn([features for features, _ in rows])
        matrix = stack([model._row(features) for features, _ in rows])
        model.linear = LinearModel.learn_sets(matrix, [asked for _, asked in rows], strength=strength)
        return model

    def asked(self, text: str, masked: Sequence[tuple[int, int]] = ()) -> list[AskedField]:
        """Fields asked, in order of mention or the likeliest first; one `general` when none or too many are.

        `masked`: stretches of the text (names of procedures) that show no field.
        """
        reading = read(text)
        masked = self._hidden(reading, masked)
        cues = self._cues.find(reading, masked)
        meant = self._cues.meant(cues)
        if self.linear is None:
            chances = {cue.field: 0.95 for cue in meant} or {GENERAL: 0.5}
            fields = list(chances)
        else:
            row = self._row(field_features(masked_text(reading, masked), cues))
            margins = dict(zip(self.linear.classes, map(float, self.linear.margins(row)), strict=True))
            chances = dict(zip(self.linear.classes, map(float, self.linear.probabilities(row)), strict=True))
            fields = self._chosen(margins, meant, reading)
        if len(fields) > self.most:
            return [AskedField(GENERAL, 0, len(text), 0.9)]
        if fields == [GENERAL]:
            return [AskedField(GENERAL, 0, len(text), chances[GENERAL])]
        return [AskedField(f, *_place(f, cues, reading, len(text)), chances[f]) for f in fields]

    def _chosen(self, margins: dict[str, float], meant: Sequence[Cue], reading: Reading) -> list[str]:
        """The likeliest field, and those listed with it, asked in so many words, or heard besides."""
        several = margins.pop(_SEVERAL, -1.0)
        best = max(margins, key=lambda field: margins[field])
        asking = [cue.field for cue in meant if _asks(reading.folded[cue.start : cue.end])]
        if len(asking) >= self.sure:
            return asking
        listed = [cue.field for cue in _listed(meant, reading)]
        if best in listed:
            return listed
        if best == GENERAL:
            return [GENERAL]
        others = [field for field in margins if field not in (best, GENERAL)]
        heard = [best, *(f for f in others if margins[f] > max(self.least, self.besides - several))]
        mentioned = [field for field in asking if field in heard] if best in asking else []
        return list(dict.fromkeys([*mentioned, *heard]))

    def _hidden(self, reading: Reading, masked: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """The names that show no field; one that asks itself ("… nộp đơn ở đâu") is read like the rest."""
        if not masked:
            return []
        telling = [
            reading.span(cue.start, cue.end)
            for cue in self._cues.find(reading)
            if cue.field == "how_online" or _asks(reading.folded[cue.start : cue.end])
        ]
        return [
            (start, end)
            for start, end in masked
            if not any(start < cue_end and cue_start < end for cue_start, cue_end in telling)
        ]

    def _features(self, text: str, masked: Sequence[tuple[int, int]]) -> list[str]:
        reading = read(text)
        return field_features(masked_text(reading, masked), self._cues.find(reading, masked))

    def _row(self, features: Sequence[str]) -> csr_matrix:
        """Of known features only: the unknown words of a matter must not weaken those that ask."""
        return self.vectoriser.row(feature for feature in features if feature in self.vectoriser.weights)


def _asks(words: str) -> bool:
    return not _ASKING.isdisjoint(words.split())


def _listed(cues: Sequence[Cue], reading: Reading) -> list[Cue]:
    """The cues, when nothing but commas and "and" stands between them: "lệ phí, thời gian và nơi nộp"."""
    gaps = [reading.folded[one.end : after.start] for one, after in pairwise(cues)]
    return list(cues) if gaps and all(_JOINT.fullmatch(gap) for gap in gaps) else []


def _place(field: str, cues: Sequence[Cue], reading: Reading, length: int) -> tuple[int, int]:
    """Where a field's words stand in the original: its last cue, strong ones first; else the very end."""
    shown = sorted((cue for cue in cues if cue.field == field), key=lambda cue: (cue.strong, cue.start))
    return reading.span(shown[-1].start, shown[-1].end) if shown else (length, length)
