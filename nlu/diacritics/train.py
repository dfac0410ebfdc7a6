"""Trains the model of diacritics: `python -m nlu.diacritics.train --extra PROCEDURES.jsonl.gz …`.

Counts words, pairs and triples of words in texts written in full; interpolated Kneser-Ney smoothing.
No chance is drawn: the same texts give the same model.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.diacritics.chances import MODEL, STEP
from nlu.diacritics.texts import Text, bundled, from_file, is_held_back, word_counts
from nlu.diacritics.words import BOUNDARY, NUMBER, UNKNOWN, clauses
from nlu.text import fold, place_tone

SYLLABLES = Path(__file__).resolve().parent.parent / "data" / "syllables.txt"
_MARKS = (BOUNDARY, NUMBER, UNKNOWN)
_MOST_WORDS = 8192
_LIST_SHARE = 0.1
"""Weight of the word list in the chances of single words."""
_RAREST_SPELLING = 2e-5
"""A spelling that has a smaller share of its plain form is a slip of someone's keys."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description="Train on texts that are free to ship.")
    parser.add_argument(
        "--extra", type=Path, action="append", default=[], help=".jsonl(.gz) texts, free to ship"
    )
    parser.add_argument("--words", type=Path, help="words and counts, .txt or .txt.gz")
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--rarest", type=int, default=1, help="triples seen fewer times are left out")
    arguments = parser.parse_args()
    started = time.monotonic()
    texts = [*bundled(), *(text for path in arguments.extra for text in from_file(path))]
    kept = [text for text in texts if not is_held_back(text)]
    arrays = pack(kept, word_counts(arguments.words) if arguments.words else {}, rarest=arguments.rarest)
    np.savez_compressed(arguments.out, **arrays)  # type: ignore[arg-type]
    print(
        f"{len(kept)} texts of {len(texts)}; {len(arrays['pair'])} pairs, {len(arrays['triple'])} triples; "
        f"{arguments.out.stat().st_size / 1e6:.1f} MB ({time.monotonic() - started:.0f} s)"
    )


def pack(texts: Sequence[Text], word_list: dict[str, int], *, rarest: int = 1) -> dict[str, NDArray[Any]]:
    """Count and smooth.

    Returns:
        `words`, all in one string; `single`, `pair`, `triple`: chances as −log in units of `STEP`;
        `single_rest`, `pair_rest`: the chance left for what was not seen after a word or pair;
        `pair_counts`, `pair_words`: how many words follow each word, and which, in order;
        `triple_counts`, `triple_words`: the same after each pair.
    """
    sentences = [
        ([word.known_as for word in clause], text.weight) for text in texts for clause in clauses(text.text)
    ]
    words = _choose_words(sentences, word_list)
    number = {word: i for i, word in enumerate(words)}
    unknown, size = number[UNKNOWN], len(words)
    run: list[int] = []
    weights: list[int] = []
    for sentence, times in sentences:
        run += [0, 0, *(number.get(word, unknown) for word in sentence), 0]
        weights += [0, 0] + [times] * (len(sentence) + 1)
    flow, weight = np.array(run, dtype=np.int64), np.array(weights, dtype=np.int64)
    at = np.flatnonzero(weight)  # places that are predicted: words, and the end
    triples, triple_counts = _count(_key(size, flow[at - 2], flow[at - 1], flow[at]), weight[at])
    pairs, pair_counts = _count(_key(size, flow[at - 1], flow[at]), weight[at])
    # Kneser-Ney: a pair is as likely as the number of words it was seen after.
    distinct = triples % size**2
    _, after = np.unique(distinct, return_counts=True)
    starts = pairs // size == 0
    after_pairs = np.where(starts, pair_counts, after)
    singles = np.bincount(pairs % size, minlength=size).astype(np.float64)
    single = _mixed(singles, words, word_list)

    pair_high, pair_left = _discounted(pairs // size, after_pairs, size)
    pair = pair_high + pair_left[pairs // size] * single[pairs % size]
    owner = np.searchsorted(pairs, triples // size)
    follows = np.searchsorted(pairs, distinct)
    owner = np.where(pairs[np.minimum(owner, len(pairs) - 1)] == triples // size, owner, -1)
    use = (triple_counts >= rarest) & (owner >= 0)
    triples, owner, follows, triple_counts = triples[use], owner[use], follows[use], triple_counts[use]
    triple_high, triple_left = _discounted(owner, triple_counts, len(pairs))
    triple = triple_high + triple_left[owner] * pair[follows]
    return {
        "words": np.array(" ".join(words)),
        "single": _bytes(single),
        "single_rest": _bytes(pair_left),
        "pair_counts": np.bincount(pairs // size, minlength=size).astype(np.uint16),
        "pair_words": (pairs % size).astype(np.uint16),
        "pair": _bytes(pair),
        "pair_rest": _bytes(triple_left),
        "triple_counts": np.bincount(owner, minlength=len(pairs)).astype(np.uint16),
        "triple_words": (triples % size).astype(np.uint16),
        "triple": _bytes(triple),
    }


def _choose_words(sentences: Sequence[tuple[list[str], int]], word_list: dict[str, int]) -> list[str]:
    """Marks first, then the words worth knowing: syllables of the language, and words without diacritics."""
    counts: Counter[str] = Counter()
    for sentence, weight in sentences:
        for word in sentence:
            counts[word] += weight
    for word, count in word_list.items():
        counts[word] += count // 100
    for mark in _MARKS:
        del counts[mark]
    written = {place_tone(word) for word in SYLLABLES.read_text("utf-8").split()}
    forms: Counter[str] = Counter()
    for word, count in counts.items():
        forms[fold(word)] += count
    worth = [
        word
        for word, count in counts.items()
        if count >= 3
        and (word in written or (word.isascii() and word.isalpha()))
        and count > _RAREST_SPELLING * forms[fold(word)]
    ]
    worth.sort(key=lambda word: (-counts[word], word))
    return [*_MARKS, *sorted(worth[: _MOST_WORDS - len(_MARKS)])]


def _key(size: int, *parts: Ints) -> Ints:
    key = parts[0]
    for part in parts[1:]:
        key = key * size + part
    return key


def _count(keys: Ints, weights: Ints) -> tuple[Ints, Ints]:
    unique, place = np.unique(keys, return_inverse=True)
    return unique, np.bincount(place, weights, minlength=len(unique)).astype(np.int64)


def _discounted(
    owner: Ints, counts: Ints, owners: int, totals: Floats | None = None
) -> tuple[Floats, Floats]:
    """Chances after each owner less a discount, and what the discounts leave to it (modified Kneser-Ney)."""
    totals = np.maximum(np.bincount(owner, counts, minlength=owners), 1)
    n1, n2, n3, n4 = (max(int((counts == n).sum()), 1) for n in (1, 2, 3, 4))
    share = n1 / (n1 + 2 * n2)
    cuts = np.array([0, 1 - 2 * share * n2 / n1, 2 - 3 * share * n3 / n2, 3 - 4 * share * n4 / n3])
    cut = np.clip(cuts[np.minimum(counts, 3)], 0.1, counts - 0.05)
    high = (counts - cut) / totals[owner]
    left = 1.0 - np.bincount(owner, high, minlength=owners)
    return high, np.clip(left, 1e-6, 1.0)


def _mixed(singles: Floats, words: Sequence[str], word_list: dict[str, int]) -> Floats:
    listed = np.array([word_list.get(word, 0) for word in words], dtype=np.float64)
    chances: Floats = (singles + 0.5) / (singles + 0.5).sum()
    if listed.any():
        chances = (1 - _LIST_SHARE) * chances + _LIST_SHARE * listed / listed.sum()
    return chances


def _bytes(chances: Iterable[float] | Floats) -> NDArray[np.uint8]:
    units: NDArray[np.uint8] = np.clip(np.rint(-np.log(np.asarray(chances)) / STEP), 0, 255).astype(np.uint8)
    return units


if __name__ == "__main__":
    main()
