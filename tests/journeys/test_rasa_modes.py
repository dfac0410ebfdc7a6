"""Keeping TensorFlow out of Rasa changes nothing that Rasa understands (decision 2)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from bot import training
from bot.assistant import library_of
from bot.rasa_server import environment
from bot.settings import ROOT, Settings
from knowledge_base.places import Places

pytestmark = pytest.mark.slow

QUESTIONS = [
    json.loads(line)["question"]
    for line in (ROOT / "bench" / "data" / "dev-questions.jsonl").read_text("utf-8").splitlines()[:80]
]


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(data_dir=ROOT / "var" / "test", _env_file=None)


@pytest.fixture(scope="module")
def model(settings: Settings) -> Path:
    return training.train(settings, library_of(settings), Places())


def parse(settings: Settings, model: Path, *, with_tensorflow: bool) -> list[str]:
    chosen = settings.model_copy(update={"rasa_with_tensorflow": with_tensorflow})
    done = subprocess.run(
        [str(settings.rasa_python), str(Path(__file__).with_name("parse_with_rasa.py")), str(model)],
        cwd=ROOT,
        env=environment(chosen, {}),
        input="\n".join(QUESTIONS),
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    return [line for line in done.stdout.splitlines() if line.startswith(("PARSED ", "TENSORFLOW "))]


def test_both_ways_understand_the_same(settings: Settings, model: Path) -> None:
    without = parse(settings, model, with_tensorflow=False)
    with_it = parse(settings, model, with_tensorflow=True)

    assert len(without) == len(QUESTIONS) + 1
    assert (without[-1], with_it[-1]) == ("TENSORFLOW False", "TENSORFLOW True")
    assert without[:-1] == with_it[:-1]
