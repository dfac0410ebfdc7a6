"""Figures that no field of a record holds: capital, ages, fines, amounts received (aspects.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from knowledge_base.schema import Procedure
from nlu.text import read

MOST = 4
"""Sentences quoted from a record."""
_SENTENCE = re.compile(r"(?<=[.;!?])\s+")


@dataclass(frozen=True)
class Aspect:
    """One such figure; `start` to `end` is where a message asks for it."""

    name: str
    told: tuple[str, ...]
    plain: tuple[str, ...] = ()
    start: int = 0
    end: int = 0


def asked_aspect(text: str) -> Aspect | None:
    """The figure that a message asks for, with its place in the original; None when it asks for none."""
    reading = read(text)
    for aspect, patterns in _table():
        for pattern in patterns:
            found = pattern.search(reading.folded)
            if found:
                start, end = reading.span(*found.span())
                return replace(aspect, start=start, end=end)
    return None


def sentences_about(procedure: Procedure, aspect: Aspect) -> list[str]:
    """The figures of the record about it; empty when it has none."""
    found = [sentence for sentence in _sentences(procedure) if _tells(aspect, sentence.lower())]
    return list(dict.fromkeys(found))[:MOST]


def _tells(aspect: Aspect, sentence: str) -> bool:
    """Whether a sentence, in lower case, holds the figure, or says it in words ("ngay khi")."""
    if any(words in sentence for words in aspect.plain):
        return True
    return any(re.search(words, sentence) for words in aspect.told) and any(map(str.isdigit, sentence))


def _sentences(procedure: Procedure) -> Iterator[str]:
    texts = [*procedure.conditions, procedure.summary, *procedure.result]
    texts += [f"{limit.case}: {limit.text}" if limit.case else limit.text for limit in procedure.time_limits]
    papers = [paper for case in procedure.dossier for paper in case.papers]
    texts += [f"{paper.name}: {paper.note}" if paper.note else paper.name for paper in papers]
    texts += [*procedure.steps, procedure.where]
    for text in texts:
        yield from (sentence.strip() for sentence in _SENTENCE.split(text) if sentence.strip())


@cache
def _table() -> list[tuple[Aspect, list[re.Pattern[str]]]]:
    rows = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return [
        (
            Aspect(row["name"], tuple(row.get("told", ())), tuple(row.get("plain", ()))),
            [re.compile(rf"(?<!\w)(?:{pattern})(?!\w)") for pattern in row["asked"]],
        )
        for row in rows
    ]
