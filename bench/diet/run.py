"""Trains Rasa's default pipeline on a task and says what it makes of other texts.

    .venv-rasa/bin/python -m bench.diet.run TASK.json RESULT.json EPOCHS

TASK: {"train": [[text, intent], …], "texts": {part: [text, …]}}. RESULT: epochs, seconds of training,
milliseconds a text, and {part: [[intent named, best intent but out of scope, its confidence], …]}.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

OUTSIDE = {"oos", "nlu_fallback"}
CONFIG = Path(__file__).parent / "config.yml"


def train(examples: list[list[str]], folder: Path, epochs: int) -> str:
    """Train and give the model's path."""
    from rasa.model_training import train_nlu

    by_intent: dict[str, list[str]] = defaultdict(list)
    for text, intent in examples:
        by_intent[intent].append(text)
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in by_intent.items()
    ]
    (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}, width=10_000), "utf-8")
    config = yaml.safe_load(CONFIG.read_text("utf-8"))
    for component in config["pipeline"]:
        if "epochs" in component:
            component["epochs"] = epochs
    (folder / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
    model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    assert model is not None
    return str(model)


async def parse(model: str, parts: dict[str, list[str]]) -> dict[str, Any]:
    """Parse every text of every part."""
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    found: dict[str, list[tuple[str, str, float]]] = {}
    for part, texts in parts.items():
        found[part] = []
        for text in texts:
            parsed = await agent.parse_message(text)
            inside = [entry for entry in parsed["intent_ranking"] if entry["name"] not in OUTSIDE]
            best = max(inside, key=lambda entry: entry["confidence"], default={"name": "", "confidence": 0.0})
            found[part].append((parsed["intent"]["name"], best["name"], best["confidence"]))
    return found


def main() -> None:
    """Run the comparison."""
    epochs = int(sys.argv[3])
    task = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        model = train(task["train"], Path(folder), epochs)
        trained = time.perf_counter() - started
        started = time.perf_counter()
        found = asyncio.run(parse(model, task["texts"]))
        spent = time.perf_counter() - started
    count = sum(len(texts) for texts in task["texts"].values())
    result = {"epochs": epochs, "seconds": trained, "milliseconds": 1_000 * spent / count, "found": found}
    Path(sys.argv[2]).write_text(json.dumps(result), "utf-8")


if __name__ == "__main__":
    main()
