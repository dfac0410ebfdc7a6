"""How well diacritics are restored, and how fast: `python -m bench.diacritics`.

Restores the folded form of texts that training has not seen (whole procedures, articles and sentences,
held back by a hash of their key) beside a baseline that takes each syllable's commonest spelling.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from nlu.diacritics import MODEL, Restorer
from nlu.diacritics.texts import Text, bundled, from_file, is_held_back
from nlu.text import fold, place_tone, syllables

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DATA", ROOT.parent / "shared" / "data"))
FILES = ("procedures.jsonl.gz", "qa-xquad-vi.jsonl.gz")
BAR, PACE = 0.96, 2_000
Score = tuple[int, int]


def main() -> None:
    """Print one line for each kind of text."""
    parser = argparse.ArgumentParser(description="Measure the restoring of diacritics.")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--most", type=int, default=3_000, help="texts of a kind at most")
    parser.add_argument("--worst", type=int, default=0, help="print this many of the commonest mistakes")
    arguments = parser.parse_args()
    restorer = Restorer.load(arguments.model)
    kinds, known = gather(arguments.data, arguments.most)
    print(f"{'syllables right, held back':44}  {'texts':>6} {'syllables':>9}   ours  commonest spelling")
    for kind, texts in kinds.items():
        line(kind, texts, accuracy(restorer.restore, texts), accuracy(restorer.commonest, texts))
    fresh = [text for text in kinds["administrative"] if text.text not in known]
    line("administrative, no line of it in training", fresh, accuracy(restorer.restore, fresh),
         accuracy(restorer.commonest, fresh))  # fmt: skip
    mixed(restorer, kinds)
    pace(restorer, kinds)
    if arguments.worst:
        mistakes(restorer, kinds["administrative"], arguments.worst)


def gather(data: Path, most: int) -> tuple[dict[str, list[Text]], set[str]]:
    """Held-back texts by kind, and the texts that training has."""
    texts = list(bundled())
    for name in FILES:
        if (data / name).is_file():
            texts += from_file(data / name)
        else:
            print(f"skipped: {name} is not in {data}")
    kinds: dict[str, list[Text]] = defaultdict(list)
    for text in texts:
        if is_held_back(text):
            kinds[text.kind].append(text)
    rng = random.Random(1)
    return (
        {kind: rng.sample(found, min(most, len(found))) for kind, found in sorted(kinds.items())},
        {text.text for text in texts if not is_held_back(text)},
    )


def accuracy(method: Callable[[str], str], texts: Sequence[Text]) -> Score:
    """Syllables (words of letters) as in the original, of all; either placement of the tone counts."""
    right = total = 0
    for text in texts:
        wanted, found = words(text.text), words(method(fold(text.text)))
        right += sum(a == b for a, b in zip(wanted, found, strict=True) if a.isalpha())
        total += sum(a.isalpha() for a in wanted)
    return right, total


def words(text: str) -> list[str]:
    """Words as they are compared."""
    return [place_tone(word) for word in syllables(text)]


def line(name: str, texts: Sequence[Text], ours: Score, baseline: Score) -> None:
    """Print one line of the table."""
    print(f"{name:44}  {len(texts):6} {ours[1]:9}  {share(ours)}  {share(baseline)}")


def share(score: Score) -> str:
    """A share as text."""
    return f"{score[0] / max(score[1], 1):.4f}"


def mixed(restorer: Restorer, kinds: dict[str, list[Text]]) -> None:
    """Texts typed in full must stay as they are; those typed half in full should come out whole."""
    rng = random.Random(2)
    for kind, texts in kinds.items():
        touched = sum(restorer.restore(t.text) != t.text for t in texts)

        def half(text: str) -> str:
            return " ".join(fold(w) if rng.random() < 0.5 else w for w in text.split(" "))

        right = total = 0
        for text in texts:
            wanted, found = words(text.text), words(restorer.restore(half(text.text)))
            right += sum(a == b for a, b in zip(wanted, found, strict=True) if a.isalpha())
            total += sum(a.isalpha() for a in wanted)
        print(f"{kind:44}  typed in full, touched {touched / len(texts):.4f}; "
              f"every other word plain, right {right / total:.4f}")  # fmt: skip


def pace(restorer: Restorer, kinds: dict[str, list[Text]]) -> None:
    """Syllables a second of one core."""
    for kind, texts in kinds.items():
        folded = [fold(text.text) for text in texts]
        started = time.process_time()
        for text in folded:
            restorer.restore(text)
        spent = time.process_time() - started
        count = sum(len(syllables(text)) for text in folded)
        print(f"{kind:44}  {count / spent:,.0f} syllables/s, {1_000 * spent / len(texts):.2f} ms a text")


def mistakes(restorer: Restorer, texts: Sequence[Text], most: int) -> None:
    """Print the commonest mistakes."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for text in texts:
        for wanted, found in zip(words(text.text), words(restorer.restore(fold(text.text))), strict=True):
            if wanted != found:
                counts[wanted, found] += 1
    for (wanted, found), count in sorted(counts.items(), key=lambda entry: -entry[1])[:most]:
        print(f"  {count:5}  {wanted} → {found}")


if __name__ == "__main__":
    main()
