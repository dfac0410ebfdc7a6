"""Trains Rasa's default pipeline on a task and says what it makes of other texts.

    .venv-rasa/bin/python -m bench.diet.run TASK.json RESULT.json EPOCHS

TASK: {"train": [[text, intent], …], "texts": {part: [text, …]}, "names": [entry of a lookup table, …]}.
RESULT: epochs, seconds of training (and of processor time), milliseconds of processor time of each parse, and
{part: [[intent named, best intent but out of scope, its confidence], …]}.
"""

from __future__ import annotations

import asyncio
import json
import logging
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

OUTSIDE = {"oos", "out_of_scope", "nlu_fallback"}
CONFIG = Path(__file__).parent / "config.yml"


def train(examples: list[list[str]], names: list[str], folder: Path, epochs: int) -> str:
    """Train and give the model's path."""
    from rasa.model_training import train_nlu

    by_intent: dict[str, list[str]] = defaultdict(list)
    for text, intent in examples:
        by_intent[intent].append(text)
    nlu: list[dict[str, str]] = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in by_intent.items()
    ]
    if names:
        nlu.append({"lookup": "procedure", "examples": "".join(f"- {name}\n" for name in names)})
    (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}, width=10_000), "utf-8")
    config = yaml.safe_load(CONFIG.read_text("utf-8"))
    for component in config["pipeline"]:
        if "epochs" in component:
            component["epochs"] = epochs
    (folder / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
    model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    assert model is not None
    return str(model)


async def parse(model: str, parts: dict[str, list[str]]) -> tuple[dict[str, Any], list[float]]:
    """Parse every text of every part; also the milliseconds of processor time of each."""
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    agent = Agent.load(model)
    await agent.parse_message("a")  # the first call builds the graph
    times: list[float] = []
    found: dict[str, list[tuple[str, str, float]]] = {}
    for part, texts in parts.items():
        found[part] = []
        for text in texts:
            started = time.process_time()
            parsed = await agent.parse_message(text)
            times.append((time.process_time() - started) * 1_000)
            inside = [entry for entry in parsed["intent_ranking"] if entry["name"] not in OUTSIDE]
            best = max(inside, key=lambda entry: entry["confidence"], default={"name": "", "confidence": 0.0})
            found[part].append((parsed["intent"]["name"], best["name"], best["confidence"]))
    return found, times


def main() -> None:
    """Run the comparison."""
    epochs = int(sys.argv[3])
    task = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        started, spent = time.perf_counter(), time.process_time()
        model = train(task["train"], task.get("names", []), Path(folder), epochs)
        trained, spent = time.perf_counter() - started, time.process_time() - spent
        found, times = asyncio.run(parse(model, task["texts"]))
    result = {
        "epochs": epochs,
        "seconds": trained,
        "cpu_seconds": spent,
        "milliseconds": times,
        "found": found,
    }
    Path(sys.argv[2]).write_text(json.dumps(result), "utf-8")


if __name__ == "__main__":
    main()
