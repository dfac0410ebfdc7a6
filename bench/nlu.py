"""How well citizens are understood: trains the pipeline with Rasa, parses held-back questions.

    .venv-rasa/bin/python -m bench.nlu [--model MODEL] [--questions SET] [--errors] [--folds N] [--diet]

Prints intent accuracy, refusal of out-of-scope, field accuracy, parse times and time of training. Lookup
tables come from the bundled knowledge base, as in `python -m bot train`. `--questions fields`: the field
asked, on questions written before the training examples that they measure. `--diet`: Rasa's default
pipeline on the same examples, in the same run. `--folds`: a cross-validation of intents on the examples.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ROOT = Path(__file__).resolve().parent.parent
HELD_BACK = ROOT / "tests" / "nlu" / "data"
FIELDS = {
    "fields": ROOT / "bench" / "data" / "fields-fresh.jsonl",
    "fields-2": ROOT / "bench" / "data" / "field-questions-2.jsonl",
    "fields-3": ROOT / "bench" / "data" / "field-questions-3.jsonl",
}
_OUT = "out_of_scope"


def procedure_names() -> list[str]:
    """Short names and aliases of the bundled procedures."""
    names: list[str] = []
    for path in sorted((ROOT / "knowledge_base" / "documents").rglob("*.y*ml")):
        content = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
        for document in content if isinstance(content, list) else [content]:
            if isinstance(document, dict) and document.get("kind", "procedure") == "procedure":
                names += [document.get("short_name", ""), *document.get("aliases", [])]
    return sorted({name for name in names if name})


def matters() -> list[str]:
    """What people come for, one sentence a procedure, as in `python -m bot train`."""
    sentences: dict[str, str] = {}
    for path in sorted((ROOT / "knowledge_base" / "lay").rglob("*.yaml")):
        for code, texts in (yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) or {}).items():
            sentences.setdefault(code, texts[len(texts) // 2])
    return list(sentences.values())


def train(directory: Path) -> Path:
    """Train the pipeline of config.yml and give the model's path."""
    from rasa.model_training import train_nlu

    data = directory / "nlu"
    data.mkdir()
    for path in (ROOT / "nlu" / "examples").glob("*.yml"):
        (data / path.name).write_text(path.read_text("utf-8"), "utf-8")
    names = procedure_names()
    if names:
        table = {"lookup": "procedure", "examples": "".join(f"- {name}\n" for name in names)}
        told = {
            "intent": "ask_procedure",
            "metadata": {"matter": True},
            "examples": "".join(f"- {text}\n" for text in matters()),
        }
        lookup = {"version": "3.1", "nlu": [table, told]}
        (data / "lookup.yml").write_text(yaml.safe_dump(lookup, allow_unicode=True), "utf-8")
    model = train_nlu(str(ROOT / "config.yml"), str(data), str(directory))
    assert model is not None
    return Path(model)


def held_back(name: str) -> Iterator[tuple[str, str, set[str]]]:
    """Text, intent and (of ask_procedure) the fields; `name` may end in `:PART`, of a set with parts."""
    name, _, part = name.partition(":")
    if name in FIELDS:
        for row in map(json.loads, FIELDS[name].read_text("utf-8").splitlines()):
            if part in ("", row.get("part")):
                fields = row["field"]
                yield row["question"], "ask_procedure", {fields} if isinstance(fields, str) else set(fields)
        return
    questions = yaml.safe_load((HELD_BACK / f"{name}.yaml").read_text("utf-8"))
    for field, texts in questions["ask_procedure"].items():
        yield from ((text, "ask_procedure", {field}) for text in texts)
    for intent, texts in questions["intents"].items():
        yield from ((text, intent, set()) for text in texts)


async def measure(model: Path, name: str, *, errors: bool) -> None:
    """Parse every held-back question and print what came out."""
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)  # or each parse would be printed, and timed
    agent = Agent.load(str(model))
    await agent.parse_message("xin chào")
    rows: list[tuple[str, str, set[str], dict[str, Any]]] = []
    times: list[float] = []
    for text, intent, fields in held_back(name):
        started = time.process_time()
        parsed = await agent.parse_message(text)
        times.append((time.process_time() - started) * 1_000)
        rows.append((text, intent, fields, parsed))
    right_intent = [parsed["intent"]["name"] == intent for _, intent, _, parsed in rows]
    inside = [parsed["intent"]["name"] for _, intent, _, parsed in rows if intent != _OUT]
    outside = [parsed["intent"]["name"] for _, intent, _, parsed in rows if intent == _OUT]
    asked = [(text, fields, fields_of(parsed)) for text, _, fields, parsed in rows if fields]
    right_field = [set(found) == fields for _, fields, found in asked]
    print(f"intent accuracy        {statistics.mean(right_intent):.3f}  ({len(rows)} questions)")
    if outside:
        print(f"out of scope refused   {outside.count(_OUT) / len(outside):.3f}  ({len(outside)})")
    print(f"good questions refused {inside.count(_OUT) / len(inside):.3f}  ({len(inside)})")
    print(f"field accuracy         {statistics.mean(right_field):.3f}  ({len(asked)})")
    print_times(times)
    if errors:
        for (text, intent, _, parsed), right in zip(rows, right_intent, strict=True):
            if not right:
                found = parsed["intent"]
                print(f"  intent {intent:16} → {found['name']:16} {found['confidence']:.2f}  {text}")
        for (text, fields, found), right in zip(asked, right_field, strict=True):
            if not right:
                print(f"  field  {','.join(sorted(fields)):16} → {','.join(found):16}       {text}")


def fields_of(parsed: dict[str, Any]) -> list[str]:
    """The fields that a parse result says are asked."""
    return [entity["value"] for entity in parsed["entities"] if entity["entity"] == "field"]


def print_times(milliseconds: Sequence[float]) -> None:
    """Processor time of a parse, so that a busy machine does not count."""
    times = sorted(milliseconds)
    p50, p95 = statistics.median(times), times[int(len(times) * 0.95)]
    print(f"parse ms, CPU          p50 {p50:.1f}, p95 {p95:.1f}")


def diet(name: str, epochs: int) -> None:
    """Train Rasa's default pipeline on the same examples and print its figures."""
    questions = list(held_back(name))
    task = {
        "train": [[text, intent] for text, intent, _ in examples()]
        + [[t, "ask_procedure"] for t in matters()],
        "texts": {name: [text for text, _, _ in questions]},
        "names": procedure_names(),
    }
    with tempfile.TemporaryDirectory() as folder:
        asked, answer = Path(folder) / "task.json", Path(folder) / "result.json"
        asked.write_text(json.dumps(task), "utf-8")
        command = [sys.executable, "-m", "bench.diet.run", str(asked), str(answer), str(epochs)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        print_diet(name, json.loads(answer.read_text("utf-8")))


def print_diet(name: str, result: dict[str, Any]) -> None:
    """The figures of a run of `bench.diet.run`; it refuses by its class and by Rasa's fallback."""
    intents = [intent for _, intent, _ in held_back(name)]
    found = [row[0] for row in result["found"][name]]
    refused = [intent in (_OUT, "nlu_fallback") for intent in found]
    pairs = list(zip(intents, found, refused, strict=True))
    right = [away if intent == _OUT else intent == best for intent, best, away in pairs]
    outside = [away for intent, _, away in pairs if intent == _OUT]
    inside = [away for intent, _, away in pairs if intent != _OUT]
    print(f"DIET, {result['epochs']} epochs")
    print(f"intent accuracy        {statistics.mean(right):.3f}  ({len(right)} questions)")
    if outside:
        print(f"out of scope refused   {statistics.mean(outside):.3f}  ({len(outside)})")
    print(f"good questions refused {statistics.mean(inside):.3f}  ({len(inside)})")
    print_times(result["milliseconds"])
    print(f"training               {result['seconds']:.0f} s ({result['cpu_seconds']:.0f} s of CPU)")


def examples() -> Iterator[tuple[str, str, str]]:
    """Text, intent and topic of every training example."""
    for path in sorted((ROOT / "nlu" / "examples").glob("*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            topic = str(block.get("metadata", {}).get("topic", ""))
            for line in block["examples"].strip().splitlines():
                yield line.removeprefix("- "), block["intent"], topic


def cross_validate(folds: int) -> None:
    """Intent accuracy on each part of the examples, learned from the others."""
    from nlu.features import IntentFeatures, Vectoriser
    from nlu.gazetteer import Gazetteer
    from nlu.intents import IntentModel
    from nlu.linear import stack

    told = list(examples())
    features = IntentFeatures(Gazetteer({"procedure": procedure_names()}))
    texts = [features.of(text) for text, _, _ in told]
    right = 0
    for fold in range(folds):
        kept = [i for i in range(len(told)) if i % folds != fold]
        vectoriser = Vectoriser.learn([texts[i] for i in kept])
        model = IntentModel.learn(
            stack([vectoriser.row(texts[i]) for i in kept]),
            [told[i][1] for i in kept],
            [told[i][2] for i in kept],
            strength=1.0,
        )
        for i in range(fold, len(told), folds):
            judgement = model.judge(vectoriser.row(texts[i]))
            found = judgement.ranking[0][0] if judgement.in_scope >= 0.5 else _OUT
            right += found == told[i][1]
    print(f"cross-validation       {right / len(told):.3f}  ({len(told)} examples, {folds} parts)")


def main() -> None:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", type=Path, help="a trained model; trained here if left out")
    parser.add_argument(
        "--questions",
        default="held_back",
        choices=("held_back", "fresh", *FIELDS, *(f"fields-2:{part}" for part in ("tuning", "held_back"))),
        help="which set",
    )
    parser.add_argument("--errors", action="store_true", help="list what was misunderstood")
    parser.add_argument("--folds", type=int, default=0, help="parts of a cross-validation as well")
    parser.add_argument("--diet", action="store_true", help="Rasa's default pipeline as well")
    parser.add_argument("--epochs", type=int, default=100, help="epochs of DIET")
    parser.add_argument("--diet-result", type=Path, help="print one that was trained before")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        started, spent = time.perf_counter(), time.process_time()
        model = arguments.model or train(Path(directory))
        took = f"{time.perf_counter() - started:.0f} s ({time.process_time() - spent:.0f} s of CPU)"
        asyncio.run(measure(model, arguments.questions, errors=arguments.errors))
    if not arguments.model:
        print(f"training               {took}")
    if arguments.diet:
        diet(arguments.questions, arguments.epochs)
    elif arguments.diet_result:
        print_diet(arguments.questions, json.loads(arguments.diet_result.read_text("utf-8")))
    if arguments.folds:
        cross_validate(arguments.folds)


if __name__ == "__main__":
    main()
