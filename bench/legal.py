"""How well search finds the article of a law: `python -m bench.legal`.

Two public sets, to measure only: ALQAC (articles of 17 laws) and DRiLL (articles of 25 documents, lay
questions). Beside plain BM25 over syllables and over words stand our lexical and dense parts and what
they give together, for questions as written and without diacritics. The one free number, how much the
dense part weighs, is chosen on the other set than the one it is measured on.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from bench.retrieval import ROOT, Array, fit_weights, measure, plain_tokens, words
from knowledge_base.chunks import pack
from knowledge_base.dense import DenseIndex
from knowledge_base.lexical import LexicalIndex, letters, tokens
from knowledge_base.ranking import query_tokens, query_units
from nlu.embedding.encoder import Encoder, load_encoder
from nlu.text import fold, normalise

PUBLISHED = {
    "alqac": "given to us: BM25 R@5 .93",
    "drill": "given to us: BM25 R@5 .64; on all 59,635 articles R@200: BM25 .897, bge-m3 .969, hybrid .970",
}
WRITINGS = ("as written", "without diacritics")
OURS = ("our words", "our letters", "our passages", "our dense")
RESAMPLES = 2000
Units = Mapping[str, float]


@dataclass(frozen=True)
class Legal:
    """Articles, questions, and the places of the articles that answer each."""

    name: str
    texts: list[str]
    questions: list[str]
    gold: list[list[int]]


def main(
    data: Annotated[Path, typer.Option(envvar="DATA", help="Folder of the data sets.")] = ROOT.parent
    / "shared"
    / "data",
    model: Annotated[str, typer.Option(envvar="EMBEDDING_MODEL")] = str(ROOT / "nlu" / "embedding" / "model"),
) -> None:
    """Measure retrieval of articles of law on both sets."""
    sets = [legal for name in PUBLISHED if (legal := read(data, name))]
    if len(sets) < len(PUBLISHED):
        print(f"skipped: legal-*-corpus and legal-*-queries-dev are not all in {data}")
        return
    encoder = load_encoder(model)
    parts = {legal.name: systems(legal, encoder) for legal in sets}
    for legal in sets:
        (other,) = (one for one in sets if one is not legal)
        weights = fit_weights(features(parts[other.name][0]), other.gold)
        print(f"\n{legal.name}: {len(legal.questions)} questions over {len(legal.texts)} articles")
        print(PUBLISHED[legal.name])
        shares = ", ".join(f"{name[4:]} {weight:.1f}" for name, weight in zip(OURS, weights, strict=True))
        print(f"weights fitted on {other.name}: {shares}")
        for writing, scores in zip(WRITINGS, parts[legal.name], strict=True):
            print(f"{writing:28}  R@1    R@5    MRR@10  R@5, 95%")
            ranks = {name: measure(scores[name], legal.gold).ranks for name in scores}
            ranks["fused"] = measure(features(scores) @ weights, legal.gold).ranks
            for name, found in ranks.items():
                print(f"{name:28}  {figures(found)}")
            best = max((name for name in ranks if name.startswith("BM25")), key=lambda n: recall(ranks[n], 5))
            low, high = interval((ranks["fused"] < 5).astype(float) - (ranks[best] < 5))
            gain = recall(ranks["fused"], 5) - recall(ranks[best], 5)
            print(f"fused over {best}: {gain:+.3f} ({low:+.3f} to {high:+.3f})")


def read(data: Path, name: str) -> Legal | None:
    """One set; None when it is not there. Of a question only what is asked is read."""
    corpus, queries = data / f"legal-{name}-corpus.jsonl.gz", data / f"legal-{name}-queries-dev.jsonl.gz"
    if not (corpus.is_file() and queries.is_file()):
        return None
    articles, rows = _rows(corpus), _rows(queries)
    place = {article["doc_id"]: number for number, article in enumerate(articles)}
    return Legal(
        name,
        [f"{_law_name(article['law'])}\n{article['text']}" for article in articles],
        [row["question"] for row in rows],
        [[place[id] for id in row["relevant"] if id in place] for row in rows],
    )


def systems(legal: Legal, encoder: Encoder) -> list[dict[str, Array]]:
    """Scores of every article, shape (questions, articles), under each single way to search.

    One set of scores is given for each of `WRITINGS`.
    """
    whole = range(len(legal.texts))
    normal = [normalise(text) for text in legal.texts]
    cut = [(number, normalise(part)) for number, text in enumerate(legal.texts) for part in passages(text)]
    owners = [number for number, _ in cut]
    vectors = encoder.encode([part for _, part in cut])
    near = DenseIndex.build(vectors, np.array(owners, dtype=np.int32), np.arange(len(cut)))
    lexical: dict[str, tuple[LexicalIndex, Callable[[str], Units]]] = {
        "BM25, syllables and pairs": (_index(map(plain_tokens, legal.texts), whole), _equal(plain_tokens)),
        "BM25, words": (_index(map(words, legal.texts), whole), _equal(words)),
        "our words": (_index(map(tokens, normal), whole), query_tokens),
        "our letters": (_index(map(letters, normal), whole), lambda question: query_units(question)[letters]),
        "our passages": (_index((tokens(part) for _, part in cut), owners), query_tokens),
    }
    found = []
    for asked in (legal.questions, [fold(question) for question in legal.questions]):
        scores = {
            name: np.stack([index.score(units(question), len(whole)) for question in asked])
            for name, (index, units) in lexical.items()
        }
        questions = encoder.encode([normalise(question) for question in asked])
        scores["our dense"] = np.stack([near.score(question, len(whole)) for question in questions])
        found.append(scores)
    return found


def features(scores: Mapping[str, Array]) -> Array:
    """What our parts measured, shape (questions, articles, parts)."""
    return np.stack([scores[name] for name in OURS], axis=2)


def passages(text: str) -> list[str]:
    """Passages of an article, each under the line that says what law it is of."""
    head, _, body = text.partition("\n")
    return [f"{head}\n{part}" for part in pack(body.split("\n"))] or [head]


def recall(ranks: NDArray[np.int64], depth: int) -> float:
    """Share of questions with a right article among the first."""
    return float((ranks < depth).mean())


def mean_reciprocal(ranks: NDArray[np.int64]) -> float:
    """MRR@10."""
    return float(np.where(ranks < 10, 1 / (ranks + 1), 0).mean())


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """Bootstrap interval of a mean, 95%."""
    draws = np.random.default_rng(7).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def figures(ranks: NDArray[np.int64]) -> str:
    """R@1, R@5, MRR@10 and the interval of R@5."""
    low, high = interval((ranks < 5).astype(float))
    found = f"{recall(ranks, 1):.3f}  {recall(ranks, 5):.3f}  {mean_reciprocal(ranks):.3f}"
    return f"{found}   {low:.3f} to {high:.3f}"


def _index(rows: Iterable[list[str]], owners: Sequence[int]) -> LexicalIndex:
    return LexicalIndex.build(list(rows), owners, k1=0.9, b=0.4)


def _equal(cut: Callable[[str], list[str]]) -> Callable[[str], Units]:
    return lambda question: dict.fromkeys(cut(question), 1.0)


def _law_name(law: str) -> str:
    """The law's name where there is one; a bare number tells a reader nothing."""
    return "" if "/" in law else law


def _rows(path: Path) -> list[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(row) for row in file]


if __name__ == "__main__":
    typer.run(main)
