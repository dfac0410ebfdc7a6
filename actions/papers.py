"""One paper of a dossier that a message speaks of: it is missing, or may not be needed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from actions.question import content_words
from knowledge_base.schema import Paper, Procedure
from nlu.text import fold, normalise, read, syllables

_FEWEST = 2
"""Words of a paper's name that show which it is."""


@dataclass(frozen=True)
class AskedPaper:
    """The words that name a paper, folded, and what is said of it."""

    how: Literal["lacking", "needed"]
    words: tuple[str, ...]


def asked_paper(text: str) -> AskedPaper | None:
    """The paper that a message says is missing, or asks about; None when it speaks of none."""
    folded = read(text).folded
    for how, pattern in _patterns():
        found = pattern.search(folded)
        words = content_words(found["paper"]) if found else []
        if len(words) >= _FEWEST:
            return AskedPaper(how, tuple(words))
    return None


def papers_called(procedure: Procedure, asked: AskedPaper) -> list[Paper]:
    """The papers of a dossier whose name holds these words, each once; those with a note first."""
    papers = {paper.name: paper for case in procedure.dossier for paper in case.papers}
    fitting = [paper for paper in papers.values() if _is_called(paper.name, asked)]
    return sorted(fitting, key=lambda paper: not paper.note)


def _is_called(name: str, asked: AskedPaper) -> bool:
    return set(asked.words) <= set(syllables(fold(normalise(name))))


@cache
def _patterns() -> list[tuple[Literal["lacking", "needed"], re.Pattern[str]]]:
    table = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return [(how, re.compile(rf"(?<!\w){pattern}")) for how, listed in table.items() for pattern in listed]
