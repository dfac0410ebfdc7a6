"""Classifier and refusal on CLINC150: `python -m bench.clinc [--diet]`.

The language-neutral part of the pipeline (its features, and linear models that tell each intent from the
rest), alone and joined with the same over word beginnings, with small networks over both and with networks
that read words in their order, which the assistant's few intents do not need. Learns from the train split,
chooses the threshold of each way to refuse on the validation split, and prints what comes out on the test
split, beside published figures. `--diet` trains Rasa's default pipeline in the same run (in .venv-rasa; two
hours on two cores, less with `--epochs`); `--diet-result` prints one that was trained before.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from bench.network import Network
from bench.sequence import SequenceNetwork
from nlu.features import Vectoriser, grams
from nlu.linear import stack

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DATA", ROOT.parent / "shared" / "data"))
FILE = "intent-clinc150.json.gz"
OUTSIDE = "oos"
PUBLISHED = {"Rasa": (91.5, 45.3), "SVM": (91.0, 14.5), "MLP": (93.5, 47.4), "BERT": (96.9, 40.3)}
LOST = 0.007
"""Share of validation questions in scope whose right answer a refusal may cost."""
READERS = (1, 2)
"""Seeds of the networks that read words in their order."""
LINEAR_SCALE = 4.0
"""Brings the linear scores to the scale of the network's, which are logarithms of chances."""
NEIGHBOURS = 5
BEGINNING = 4
Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Split = list[list[str]]
"""Pairs of text and intent."""


class View:
    """One way to see texts: a linear model and a network over its features."""

    def __init__(self, features: Callable[[str], list[str]], examples: Split, strangers: Split) -> None:
        from sklearn.svm import LinearSVC

        self._features = features
        found = [features(text) for text, _ in examples + strangers]
        self._vectoriser = Vectoriser.learn(found)
        rows = stack([self._vectoriser.row(each) for each in found])
        labels = [intent for _, intent in examples]
        self.classes, self.numbers = np.unique(labels, return_inverse=True)
        self.seen = rows[: len(examples)]
        outside = np.full(len(strangers), len(self.classes))
        self._linear = LinearSVC(C=3.0, random_state=0).fit(rows, np.append(self.numbers, outside))
        self._network = Network.learn(rows, [*labels, *[None] * len(strangers)], units=384, rate=4e-3)

    def rows(self, split: Split) -> csr_matrix:
        """Rows of the texts of a split."""
        return stack([self._vectoriser.row(self._features(text)) for text, _ in split])

    def scores(self, rows: csr_matrix) -> tuple[Floats, Floats]:
        """Scores of the linear model, brought to the network's scale, and of the network."""
        linear = LINEAR_SCALE * np.asarray(self._linear.decision_function(rows), dtype=np.float64)
        linear = linear[:, : len(self.classes)]
        return linear, self._network.scores(rows).astype(np.float64)


class Judge:
    """What each part says of texts, learned from one split."""

    def __init__(self, examples: Split, strangers: Split) -> None:
        texts = [text for text, _ in examples + strangers]
        labels = [*(intent for _, intent in examples), *(None for _ in strangers)]
        # One thread each side by side: more would wait for each other.
        with threadpool_limits(1), ThreadPoolExecutor(max_workers=1) as beside:
            readers = beside.submit(lambda: [SequenceNetwork(texts, labels, seed=seed) for seed in READERS])
            self._whole = View(whole, examples, strangers)
            self._beginnings = View(beginnings, examples, strangers)
            self._readers = readers.result()
        self.classes = self._whole.classes
        centres = [self._whole.seen[self._whole.numbers == n].mean(axis=0) for n in range(len(self.classes))]
        self._centres = np.asarray(np.vstack(centres))

    def methods(self, split: Split) -> dict[str, tuple[Numbers, Floats]]:
        """By way of refusing: the class of each text, and how surely it is in scope (any scale)."""
        rows = self._whole.rows(split)
        linear, network = self._whole.scores(rows)
        joined = (linear + network) / 2
        counted = (joined + sum(self._beginnings.scores(self._beginnings.rows(split))) / 2) / 2
        texts = [text for text, _ in split]
        read = np.mean([reader.scores(texts) for reader in self._readers], axis=0)
        everything = (2 * counted + read) / 3
        near = np.asarray((rows @ self._whole.seen.T).todense())
        nearest = -np.partition(-near, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        centre = np.asarray(rows @ self._centres.T) / np.linalg.norm(self._centres, axis=1)
        ways = {
            ("linear", "probability"): (linear, soft_maximum(linear).max(axis=1)),
            ("linear", "margin"): (linear, margin(linear)),
            ("linear", "one-vs-rest score"): (linear, linear.max(axis=1)),
            ("linear", "energy"): (linear, np.log(np.exp(linear).sum(axis=1))),
            ("linear", "nearest example"): (linear, nearest[:, 0]),
            ("linear", f"density of {NEIGHBOURS} nearest"): (linear, nearest.mean(axis=1)),
            ("linear", "nearest centroid"): (linear, centre.max(axis=1)),
            ("network", "probability"): (network, soft_maximum(network).max(axis=1)),
            ("network", "margin"): (network, margin(network)),
            ("network", "energy"): (network, np.log(np.exp(network).sum(axis=1))),
            ("network", "highest score"): (network, network.max(axis=1)),
            ("linear and network", "highest score"): (joined, joined.max(axis=1)),
            ("two of each", "highest score"): (counted, counted.max(axis=1)),
            ("networks of words in order", "highest score"): (read, read.max(axis=1)),
            ("all together", "probability"): (everything, soft_maximum(everything).max(axis=1)),
            ("all together", "highest score"): (everything, everything.max(axis=1)),
        }
        return {": ".join(name): (scores.argmax(axis=1), surely) for name, (scores, surely) in ways.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure classifier and refusal on CLINC150.")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets")
    parser.add_argument("--diet", action="store_true", help="train Rasa's default pipeline as well")
    parser.add_argument("--epochs", type=int, default=100, help="epochs of DIET")
    parser.add_argument("--diet-result", type=Path, help="what bench.diet.run wrote for this task before")
    arguments = parser.parse_args()
    path = arguments.data / FILE
    if not path.is_file():
        print(f"skipped: {FILE} is not in {arguments.data}")
        return
    with gzip.open(path, "rt", encoding="utf-8") as file:
        splits: dict[str, Split] = json.load(file)
    started, spent = time.perf_counter(), time.process_time()
    judge = Judge(splits["train"], splits["oos_train"])
    print(f"trained in {time.perf_counter() - started:.0f} s ({time.process_time() - spent:.0f} s of CPU)")
    found = {part: judge.methods(splits[part]) for part in ("val", "oos_val", "test", "oos_test")}
    truth = {part: np.searchsorted(judge.classes, [i for _, i in splits[part]]) for part in ("val", "test")}
    print(f"{'':42}  val: AUROC   test: in scope  out-of-scope recall   (never refused)")
    for name in found["val"]:
        inside, outside = found["val"][name], found["oos_val"][name]
        line_at = threshold(inside[0] == truth["val"], inside[1])
        right = found["test"][name][0] == truth["test"]
        kept = found["test"][name][1] >= line_at
        refused = found["oos_test"][name][1] < line_at
        print(f"{name:42}  {auroc(inside[1], outside[1]):10.4f}  {100 * (right & kept).mean():13.1f}  "
              f"{100 * refused.mean():19.1f}   {100 * right.mean():15.1f}")  # fmt: skip
    for name, (inside_share, outside_share) in PUBLISHED.items():
        print(f"{name + ' (published)':42}  {'':10}  {inside_share:13.1f}  {outside_share:19.1f}")
    if arguments.diet:
        diet(splits, arguments.epochs)
    elif arguments.diet_result:
        print_diet(splits, json.loads(arguments.diet_result.read_text("utf-8")))


def whole(text: str) -> list[str]:
    """The pipeline's features of a text, and pairs of words with one between them."""
    return [*grams(text), *skips(words_of(text))]


def beginnings(text: str) -> list[str]:
    """Words, their first letters, and pairs of these."""
    words = words_of(text)
    first = [word[:BEGINNING] for word in words]
    pairs = zip(["^", *first], [*first, "$"], strict=True)
    return (
        [f"w:{w}" for w in words]
        + [f"b:{w}" for w in first]
        + [f"p:{a} {b}" for a, b in pairs]
        + skips(first)
    )


def skips(words: Sequence[str]) -> list[str]:
    """Pairs of words with one between them."""
    return [f"s:{a} {b}" for a, b in zip(words, words[2:], strict=False)]


def words_of(text: str) -> list[str]:
    """Runs of letters and digits."""
    return re.findall(r"\w+", text)


def soft_maximum(scores: Floats) -> Floats:
    """Probabilities of the classes."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def margin(scores: Floats) -> Floats:
    """How far the best class is ahead of the second."""
    top = np.partition(scores, -2, axis=1)
    return np.asarray(top[:, -1] - top[:, -2])


def threshold(right: NDArray[np.bool_], surely: Floats) -> float:
    """The highest line under which no more than `LOST` of all texts lose their right answer."""
    lost = np.sort(surely[right])
    return float(lost[min(int(LOST * len(right)), len(lost) - 1)])


def auroc(inside: Floats, outside: Floats) -> float:
    """How often a text in scope looks surer than one out of scope."""
    below = np.searchsorted(np.sort(outside), inside, side="left")
    return float(below.mean() / len(outside))


def diet(splits: dict[str, Split], epochs: int) -> None:
    """Train Rasa's default pipeline on the same texts and print its lines."""
    parts = ("val", "oos_val", "test", "oos_test")
    task: dict[str, Any] = {
        "train": splits["train"] + splits["oos_train"],
        "texts": {part: [text for text, _ in splits[part]] for part in parts},
    }
    with tempfile.TemporaryDirectory() as folder:
        question, answer = Path(folder) / "task.json", Path(folder) / "result.json"
        question.write_text(json.dumps(task), "utf-8")
        subprocess.run(
            [ROOT / ".venv-rasa" / "bin" / "python", "-m", "bench.diet.run", question, answer, str(epochs)],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        result = json.loads(answer.read_text("utf-8"))
    print_diet(splits, result)


def print_diet(splits: dict[str, Split], result: dict[str, Any]) -> None:
    """Its lines of the table: its own refusal (class and fallback), and a threshold chosen like ours."""
    found = result["found"]
    p50, p95 = np.percentile(result["milliseconds"], [50, 95])
    print(
        f"DIET ({result['epochs']} epochs) trained in {result['seconds']:.0f} s"
        f" ({result['cpu_seconds']:.0f} s of CPU), parse (CPU) p50 {p50:.1f} ms, p95 {p95:.1f} ms"
    )

    def line(name: str, right: Callable[[Sequence[Any], str], bool], refused: Callable[[Any], bool]) -> None:
        good = np.mean([right(f, i) for f, (_, i) in zip(found["test"], splits["test"], strict=True)])
        out = np.mean([refused(f) for f in found["oos_test"]])
        print(f"{name:42}  {'':10}  {100 * good:13.1f}  {100 * out:19.1f}")

    outside = (OUTSIDE, "nlu_fallback")
    line("DIET, its class and fallback", lambda f, i: f[0] == i, lambda f: f[0] in outside)
    right = np.array([f[1] == i for f, (_, i) in zip(found["val"], splits["val"], strict=True)])
    line_at = threshold(right, np.array([f[2] for f in found["val"]]))
    line("DIET: probability", lambda f, i: f[1] == i and f[2] >= line_at, lambda f: f[2] < line_at)


if __name__ == "__main__":
    main()
