"""The training examples themselves, and the pipeline trained on them by Rasa."""

import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import yaml

from nlu.text import fold, normalise

_ROOT = Path(__file__).resolve().parents[2]
_RASA = _ROOT / ".venv-rasa" / "bin" / "python"
_FEWEST = 40


def _examples() -> list[tuple[str, str]]:
    return [
        (line.removeprefix("- "), block["intent"])
        for path in sorted((_ROOT / "nlu" / "examples").glob("*.yml"))
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]
        for line in block["examples"].strip().splitlines()
    ]


def _held_back() -> set[str]:
    texts: set[str] = set()
    for path in sorted((_ROOT / "tests" / "nlu" / "data").glob("*.yaml")):
        questions = yaml.safe_load(path.read_text("utf-8"))
        lines = [*questions["ask_procedure"].values(), *questions["intents"].values()]
        texts |= {fold(normalise(text)) for line in lines for text in line}
    return texts


def test_every_intent_has_enough_examples() -> None:
    counts = Counter(intent for _, intent in _examples())
    assert {intent: count for intent, count in counts.items() if count < _FEWEST} == {}
    assert counts["ask_procedure"] >= 400
    assert counts["out_of_scope"] >= 200


def test_no_text_is_an_example_of_two_intents() -> None:
    intents: dict[str, set[str]] = {}
    for text, intent in _examples():
        intents.setdefault(normalise(text), set()).add(intent)
    assert {text: names for text, names in intents.items() if len(names) > 1} == {}


def test_held_back_questions_are_not_examples() -> None:
    long = {text for text in _held_back() if text.count(" ") > 2}
    assert long & {fold(normalise(text)) for text, _ in _examples()} == set()


@pytest.mark.slow
@pytest.mark.skipif(not _RASA.exists(), reason="Rasa's environment is not installed")
def test_the_trained_pipeline_understands_held_back_questions() -> None:
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
    run = subprocess.run(
        [_RASA, "-m", "bench.nlu"], cwd=_ROOT, env=environment, capture_output=True, text=True, timeout=900
    )
    assert run.returncode == 0, run.stderr[-2_000:]
    measured = {
        name.strip(): float(value)
        for name, value in re.findall(r"^([a-z ]+?) +([01]\.\d+) ", run.stdout, re.M)
    }
    assert measured["intent accuracy"] >= 0.92
    assert measured["field accuracy"] >= 0.92
    assert measured["good questions refused"] <= 0.04
