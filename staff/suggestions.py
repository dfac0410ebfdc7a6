"""What the knowledge base offers an officer while answering; the search itself is injected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Suggestion:
    """A passage that may help to answer.

    `text` is what the insert button puts into the answer; `score` is calibrated, 0 to 1.
    """

    title: str
    text: str
    source: str = ""
    """Procedure code or document number."""
    url: str | None = None
    score: float | None = None


Suggest = Callable[[str], Sequence[Suggestion]]
"""Passages for a citizen's words, best first. May raise; the console then says that there are none now."""


def no_suggestions(text: str) -> Sequence[Suggestion]:
    """The default where no index is given."""
    return ()
