"""Words that show which field of a procedure is asked (nlu/data/fields.yaml), found in a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from nlu.text import Reading


@dataclass(frozen=True)
class Cue:
    """Words that show a field; `start` and `end` count in the folded reading."""

    field: str
    start: int
    end: int
    strong: bool


class FieldCues:
    """The words of fields.yaml, found in a reading."""

    def __init__(self, path: Path = Path(__file__).parent / "data" / "fields.yaml") -> None:
        """Reads and compiles the patterns."""
        table = yaml.safe_load(path.read_text("utf-8"))
        self._hides: dict[str, set[str]] = {field: set(entry["hides"]) for field, entry in table.items()}
        self._patterns = [
            (field, kind == "strong", re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"))
            for field, entry in table.items()
            for kind in ("strong", "weak")
            for pattern in entry[kind]
        ]

    def find(self, reading: Reading, masked: Sequence[tuple[int, int]] = ()) -> list[Cue]:
        """Cues in order of mention; of overlapping ones the strong, then the longest.

        `masked` stretches of the original (names of procedures) show nothing.
        """
        text = masked_text(reading, masked)
        cues = [
            Cue(field, *match.span(), strong)
            for field, strong, pattern in self._patterns
            for match in pattern.finditer(text)
        ]
        cues.sort(key=lambda cue: (cue.strong, cue.end - cue.start), reverse=True)
        kept: list[Cue] = []
        for cue in cues:
            if all(cue.end <= other.start or other.end <= cue.start for other in kept):
                kept.append(cue)
        return sorted(kept, key=lambda cue: cue.start)

    def touched(self, reading: Reading) -> list[tuple[int, int]]:
        """Every stretch of the folded reading that a pattern matches, overlapping ones too."""
        return [
            match.span() for _, _, pattern in self._patterns for match in pattern.finditer(reading.folded)
        ]

    def meant(self, cues: Sequence[Cue]) -> list[Cue]:
        """One strong cue a field, in order of mention, without those that another field's wording holds."""
        strong: dict[str, Cue] = {}
        for cue in cues:
            if cue.strong:
                strong.setdefault(cue.field, cue)
        hidden = set().union(*(self._hides[field] for field in strong)) if strong else set()
        return [cue for field, cue in strong.items() if field not in hidden] or list(strong.values())


def masked_text(reading: Reading, masked: Sequence[tuple[int, int]]) -> str:
    if not masked:
        return reading.folded
    return "".join(
        "_"
        if letter != " "
        and any(
            start <= reading.span(i, i + 1)[0] and reading.span(i, i + 1)[1] <= end for start, end in masked
        )
        else letter
        for i, letter in enumerate(reading.folded)
    )
