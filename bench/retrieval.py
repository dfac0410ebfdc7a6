"""How well search finds the right procedure among all 2,642: `python -m bench.retrieval`.

Prints plain BM25 over syllables and over words, our lexical and dense parts alone, and what they give
together, in one run, with bootstrap intervals, by style of writing, and the worst errors with what misled
search. `--fit` fits the weights and the calibration on the development questions and prints cross-validated
figures, so that the gain of fitting is not counted twice.
"""

from __future__ import annotations

import gzip
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from scipy.optimize import minimize

from knowledge_base.documents import Library, load_documents
from knowledge_base.index import ensure_index
from knowledge_base.lexical import LexicalIndex
from knowledge_base.national import import_export, write_jsonl
from knowledge_base.ranking import DENSE_GROUPS, FEATURES, HERE, LEXICAL_GROUPS, Ranking, signs_of
from knowledge_base.schema import Procedure
from knowledge_base.search import Searcher
from nlu.embedding.encoder import load_encoder
from nlu.text import fold, syllables

ROOT = Path(__file__).resolve().parent.parent
TAKEN = date(2026, 7, 20)
FOLDS = 5
RESAMPLES = 2000
LEXICAL = slice(0, len(LEXICAL_GROUPS))
DENSE = slice(len(LEXICAL_GROUPS), len(LEXICAL_GROUPS) + len(DENSE_GROUPS))
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Question:
    """A question as typed, how it is written, and the codes any of which is right."""

    text: str
    style: str
    gold: tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """Ranks of the best right answer, from 0, for each question."""

    ranks: NDArray[np.int64]

    def interval(self, depth: int) -> str:
        """95% bootstrap interval of recall at a depth."""
        found = (self.ranks < depth).astype(float)
        draws = np.random.default_rng(7).integers(0, len(found), (RESAMPLES, len(found)))
        low, high = np.percentile(found[draws].mean(axis=1), [2.5, 97.5])
        return f"{low:.3f}–{high:.3f}"

    def __str__(self) -> str:
        r = self.ranks
        reciprocal = np.where(r < 10, 1 / (r + 1), 0)
        figures = ((r < 1).mean(), (r < 5).mean(), (r < 20).mean(), reciprocal.mean())
        return "  ".join(f"{figure:.3f}" for figure in figures)


def main(
    data: Annotated[Path, typer.Option(envvar="DATA", help="Folder of the data sets.")] = ROOT.parent
    / "shared"
    / "data",
    model: Annotated[str, typer.Option(envvar="EMBEDDING_MODEL")] = str(ROOT / "nlu" / "embedding" / "model"),
    fit: Annotated[bool, typer.Option(help="Fit weights and calibration and write them.")] = False,
    worst: Annotated[int, typer.Option(help="Explain this many of the worst errors.")] = 20,
) -> None:
    """Measure retrieval on the development questions."""
    export, questions_file = data / "procedures.jsonl.gz", data / "eval-dev.jsonl"
    if not (export.is_file() and questions_file.is_file()):
        print(f"skipped: {export.name} and {questions_file.name} are not in {data}")
        return
    with tempfile.TemporaryDirectory() as folder:
        searcher = open_search(export, Path(folder), model)
        procedures = import_export(export, checked=TAKEN).procedures
        questions = read_questions(questions_file)
        place = {id: number for number, id in enumerate(searcher.ids)}
        gold = [[place[code] for code in q.gold if code in place] for q in questions]
        features = np.stack([_features(searcher, q.text) for q in questions])
        print(f"{len(questions)} questions over {len(place)} procedures")
        print(f"{'':34}  R@1    R@5    R@20   MRR@10  R@1, 95%     R@5, 95%")
        plain = plain_bm25(procedures, questions, plain_tokens)
        line("BM25, syllables and pairs", plain)
        line("BM25, words of underthesea", plain_bm25(procedures, questions, words))
        if fit:
            line("fused, cross-validated", cross_validate(features, gold))
            weights = fit_weights(features, gold)
            write_ranking(
                weights, fit_calibration(features @ weights, features, gold, _strangers(data, searcher))
            )
        ranking = Ranking.load()
        lexical, dense = np.zeros(len(FEATURES), np.float32), np.zeros(len(FEATURES), np.float32)
        lexical[LEXICAL], dense[DENSE] = ranking.weights[LEXICAL], ranking.weights[DENSE]
        line("lexical alone", measure(features @ lexical, gold))
        line("dense alone", measure(features @ dense, gold))
        sums = features @ ranking.weights
        fused = measure(sums, gold)
        line("fused", fused)
        line("fused, first 180", Measured(fused.ranks[:180]))
        by_style(plain, fused, questions)
        calibration_table(searcher.ranked_by(ranking), questions)
        print_cost(searcher, questions)
        explain(searcher, questions, gold, features, fused, worst)


def explain(
    searcher: Searcher,
    questions: Sequence[Question],
    gold: Sequence[Sequence[int]],
    features: Array,
    fused: Measured,
    worst: int,
) -> None:
    """The worst errors: what came first in place of what is right, and which parts preferred it."""
    weights = Ranking.load().weights
    order = np.argsort(-fused.ranks, kind="stable").tolist()
    wrong = [number for number in order if fused.ranks[number] and gold[number]]
    print(f"\nthe worst {min(worst, len(wrong))} of {len(wrong)} errors: rank of the right one, and why")
    for number in wrong[:worst]:
        parts = features[number] * weights
        sums = parts.sum(axis=1)
        first = int(sums.argmax())
        right = max(gold[number], key=lambda place: sums[place])
        lead = parts[first] - parts[right]
        for_it = ", ".join(f"{FEATURES[i]} {lead[i]:+.1f}" for i in np.argsort(-lead)[:3] if lead[i] > 0)
        against = ", ".join(f"{FEATURES[i]} {lead[i]:+.1f}" for i in np.argsort(lead)[:2] if lead[i] < 0)
        question = questions[number]
        print(f"{fused.ranks[number] + 1:5}  [{question.style}] {question.text}")
        print(f"       first: {searcher.titles[first]}\n       right: {searcher.titles[right]}")
        print(f"       misled by {for_it}" + (f"; against it {against}" if against else ""))


def open_search(export: Path, folder: Path, model: str) -> Searcher:
    """Import the export with our reviewed documents in their places, and index it."""
    ours = {d.code: d for d in Library(load_documents(HERE / "documents")[0]).of(Procedure)}
    result = import_export(export, checked=TAKEN, reviewed=ours)
    write_jsonl(result.procedures, folder / "documents" / "procedures.jsonl")
    encoder = load_encoder(model)
    ensure_index(folder / "documents", folder / "index", model, encoder=encoder)
    return Searcher.open(folder / "index", encoder)


def read_questions(path: Path) -> list[Question]:
    """The development questions."""
    rows = [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()]
    return [Question(row["question"], row["style"], tuple(row["gold_codes"])) for row in rows]


def plain_tokens(text: str) -> list[str]:
    """Folded syllables and pairs of neighbours, without our normalisation."""
    words = syllables(fold(text))
    return words + [f"{a} {b}" for a, b in pairwise(words)]


def words(text: str) -> list[str]:
    """Words as underthesea cuts them, compounds whole."""
    from underthesea import word_tokenize

    found: list[str] = word_tokenize(text.lower())
    return found


def plain_bm25(
    procedures: Sequence[Procedure], questions: Sequence[Question], cut: Callable[[str], list[str]]
) -> Measured:
    """A baseline: BM25 over what `cut` makes of title and text, nothing of ours."""
    rows = [
        cut(
            " . ".join(
                [p.name, *p.steps, *p.conditions, *p.result, *(x.name for c in p.dossier for x in c.papers)]
            )
        )
        for p in procedures
    ]
    place = {p.code: number for number, p in enumerate(procedures)}
    owners = range(len(rows))
    body = LexicalIndex.build(rows, owners, k1=0.9, b=0.4)
    title = LexicalIndex.build([cut(p.name) for p in procedures], owners, k1=0.9, b=0.4)
    gold = [[place[code] for code in q.gold if code in place] for q in questions]
    queries = [dict.fromkeys(cut(q.text), 1.0) for q in questions]
    return measure(np.stack([body.score(q, len(rows)) + title.score(q, len(rows)) for q in queries]), gold)


def measure(sums: Array, gold: Sequence[Sequence[int]]) -> Measured:
    """Ranks of the best right answer; ties count against it."""
    ranks = [
        int((row > row[list(right)].max()).sum()) if right else len(row)
        for row, right in zip(sums, gold, strict=True)
    ]
    return Measured(np.array(ranks))


def fit_weights(features: Array, gold: Sequence[Sequence[int]]) -> Array:
    """Weights, none negative, that make the right documents most probable among all."""
    right = np.zeros(features.shape[:2], dtype=bool)
    for row, places in enumerate(gold):
        right[row, list(places)] = True
    wide = features.astype(np.float64)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        sums = wide @ weights
        sums -= sums.max(axis=1, keepdims=True)
        odds = np.exp(sums)
        whole = odds / odds.sum(axis=1, keepdims=True)
        of_right = np.where(right, odds, 0)
        share = of_right / np.maximum(of_right.sum(axis=1, keepdims=True), 1e-300)
        value = -np.log(np.maximum((whole * right).sum(axis=1), 1e-300)).mean() + 0.0005 * (weights**2).sum()
        slope = np.einsum("qd,qdf->f", whole - share, wide) / len(wide) + 0.001 * weights
        return float(value), slope

    start = np.full(features.shape[2], 5.0)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start))
    return best.x.astype(np.float32)


def cross_validate(features: Array, gold: Sequence[Sequence[int]]) -> Measured:
    """Ranks of each question under weights that were fitted without its fold."""
    ranks = np.zeros(len(gold), dtype=np.int64)
    fold = np.random.default_rng(7).permutation(len(gold)) % FOLDS
    for number in range(FOLDS):
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        weights = fit_weights(features[inside], [gold[i] for i in inside])
        ranks[outside] = measure(features[outside] @ weights, [gold[i] for i in outside]).ranks
    return Measured(ranks)


def fit_calibration(
    sums: Array, features: Array, gold: Sequence[Sequence[int]], strangers: list[Array]
) -> Array:
    """Logistic regression of "this hit is right" on the signs; questions of other worlds count as wrong."""
    signs, truth = [], []
    weights = fit_weights(features, gold)
    for row, places in enumerate(gold):
        best = np.argsort(-sums[row])[:5].tolist()
        signs.append(signs_of(sums[row], features[row], best))
        truth += [place in places for place in best]
    for stranger in strangers:
        of = stranger @ weights
        signs.append(signs_of(of, stranger, [int(of.argmax())]))
        truth.append(False)
    inputs = np.concatenate(signs).astype(np.float64)
    inputs = np.column_stack([inputs, np.ones(len(inputs))])
    right = np.array(truth, dtype=np.float64)

    def loss(c: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = inputs @ c
        value = np.logaddexp(0, logits).sum() - (right * logits).sum() + 0.05 * (c[:-1] ** 2).sum()
        slope = inputs.T @ (1 / (1 + np.exp(-logits)) - right)
        slope[:-1] += 0.1 * c[:-1]
        return float(value), slope

    return minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B").x.astype(np.float32)


def write_ranking(weights: Array, calibration: Array) -> None:
    """Put fitted numbers where search reads them."""
    content: dict[str, Any] = {
        "weights": {name: round(float(w), 3) for name, w in zip(FEATURES, weights, strict=True)},
        "calibration": [round(float(c), 3) for c in calibration],
    }
    (HERE / "ranking.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def line(name: str, measured: Measured) -> None:
    """Print one row of figures."""
    print(f"{name:34}  {measured}   {measured.interval(1)}  {measured.interval(5)}")


def by_style(plain: Measured, fused: Measured, questions: Sequence[Question]) -> None:
    """The baseline and ours by the style of writing."""
    styles = np.array([q.style for q in questions])
    for style in dict.fromkeys(styles.tolist()):
        at = styles == style
        line(f"  {style} ({at.sum()}): BM25", Measured(plain.ranks[at]))
        line(f"  {style} ({at.sum()}): fused", Measured(fused.ranks[at]))


def calibration_table(searcher: Searcher, questions: Sequence[Question]) -> None:
    """How often a first hit is right, by its score."""
    first = [
        (hits[0].score, hits[0].id in q.gold) for q in questions if (hits := searcher.search(q.text, limit=1))
    ]
    for low, high in ((0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01)):
        inside = [right for score, right in first if low <= score < high]
        if inside:
            print(f"score {low:.1f} to {min(high, 1):.1f}: {np.mean(inside):.2f} right of {len(inside)}")


def print_cost(searcher: Searcher, questions: Sequence[Question]) -> None:
    """Milliseconds of processor time of a search, so that a busy machine does not count."""
    took = [_timed(lambda q=q: searcher.search(q.text)) for q in questions]  # type: ignore[misc]
    print(f"search, CPU: p50 {np.percentile(took, 50):.1f} ms, p95 {np.percentile(took, 95):.1f} ms")


def _features(searcher: Searcher, text: str) -> Array:
    features = searcher.features(text)
    return features if features is not None else np.zeros((len(searcher), len(FEATURES)), np.float32)


def _strangers(data: Path, searcher: Searcher) -> list[Array]:
    """Features of questions that have nothing to do with public services."""
    path = data / "qa-xquad-vi.jsonl.gz"
    if not path.is_file():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        texts = [json.loads(row)["question"] for row in rows][::15]
    return [_features(searcher, text) for text in texts]


def _timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


if __name__ == "__main__":
    typer.run(main)
