"""How much slips of the keys cost search: `python -m bench.noise`.

Plain questions over all 2,642 procedures, clean and with 1, 2 and 3 slips that people make on a phone, with
and without diacritics, and by kind of slip. Half of the questions are for tuning, half are held back.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from bench.retrieval import ROOT, Measured, open_search
from bench.slips import KINDS, SPACING, noised
from knowledge_base.ranking import Ranking
from knowledge_base.search import Searcher
from nlu.text import fold

QUESTIONS = Path(__file__).parent / "data" / "plain-questions.jsonl"
MOST_SLIPS = 3
OF_ONE_KIND = 2
"""Slips of one kind in a question, so that a few seeds show its cost."""


@dataclass(frozen=True)
class Question:
    """A question in plain writing, and where the right procedures stand in the index."""

    text: str
    right: tuple[int, ...]


def main(
    data: Annotated[Path, typer.Option(envvar="DATA", help="Folder of the data sets.")] = ROOT.parent
    / "shared"
    / "data",
    model: Annotated[str, typer.Option(envvar="EMBEDDING_MODEL")] = str(ROOT / "nlu" / "embedding" / "model"),
    half: Annotated[str, typer.Option(help="`tuning`, `held back`, or `both`.")] = "both",
    seeds: Annotated[int, typer.Option(help="How often each question is spoiled anew.")] = 3,
) -> None:
    """Measure what slips cost."""
    export = data / "procedures.jsonl.gz"
    if not export.is_file():
        print(f"skipped: {export.name} is not in {data}")
        return
    with tempfile.TemporaryDirectory() as folder:
        searcher = open_search(export, Path(folder), model)
        report(searcher, read_questions(searcher.ids, half), seeds)


def report(searcher: Searcher, questions: Sequence[Question], seeds: int) -> None:
    """Print the table: clean, by the number of slips, by the kind of slip."""
    print(f"{len(questions)} questions, {seeds} seeds\n{'':32}  R@1    R@5    R@20   MRR@10  lost R@1")
    clean = measured(searcher, questions, [q.text for q in questions])
    print(f"{'clean':32}  {clean}")

    def line(name: str, spoil: Callable[[str, random.Random], str]) -> None:
        texts = [
            spoil(q.text, random.Random(f"{name} {seed} {number}"))
            for seed in range(seeds)
            for number, q in enumerate(questions)
        ]
        found = measured(searcher, list(questions) * seeds, texts)
        lost = (clean.ranks < 1).mean() - (found.ranks < 1).mean()
        print(f"{name:32}  {found}   {lost:+.3f}", flush=True)

    line("no diacritics", lambda text, rng: fold(text))
    for slips in range(1, MOST_SLIPS + 1):
        line(f"{slips} slips", lambda text, rng, n=slips: noised(text, n, rng))
        line(f"{slips} slips, no diacritics", lambda text, rng, n=slips: noised(fold(text), n, rng))
    for kind in [*KINDS, *SPACING]:
        line(f"{OF_ONE_KIND} × {kind}", lambda text, rng, kind=kind: noised(text, OF_ONE_KIND, rng, kind))


def read_questions(ids: Sequence[str], half: str) -> list[Question]:
    """The questions of one half, or of both, whose procedures are in the index."""
    place = {id: number for number, id in enumerate(ids)}
    rows: Iterable[dict[str, object]] = map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())
    found = []
    for row in rows:
        right = tuple(place[str(code)] for code in row["gold_codes"] if code in place)  # type: ignore[attr-defined]
        if right and half in ("both", row["half"]):
            found.append(Question(str(row["question"]), right))
    return found


def measured(searcher: Searcher, questions: Sequence[Question], texts: Sequence[str]) -> Measured:
    """Ranks of the best right answer under these texts."""
    weights = Ranking.load().weights
    ranks = []
    for question, text in zip(questions, texts, strict=True):
        features = searcher.features(text)
        sums = features @ weights if features is not None else np.zeros(len(searcher))
        ranks.append(int((sums > sums[list(question.right)].max()).sum()))
    return Measured(np.array(ranks))


if __name__ == "__main__":
    typer.run(main)
