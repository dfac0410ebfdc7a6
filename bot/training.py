"""Trains the Rasa model when what it is made of has changed."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.indexing import overlay_dir
from bot.rasa_server import RasaError, command, environment
from bot.settings import ROOT, Settings
from bot.texts import say
from knowledge_base.documents import Library, names_of
from knowledge_base.lay import load_lay
from knowledge_base.places import Places
from knowledge_base.schema import Procedure
from nlu.fields import GENERAL, FieldModel

SOURCES = (
    "config.yml",
    "bot/domain.yml",
    "bot/rules.yml",
    "nlu/examples",
    "nlu/components",
    "nlu/data",
    "nlu/asking.py",
    "nlu/cues.py",
    "nlu/features.py",
    "nlu/fields.py",
    "nlu/gazetteer.py",
    "nlu/intents.py",
    "nlu/linear.py",
    "nlu/patterns.py",
    "nlu/quantities.py",
    "nlu/text.py",
)
KEPT_MODELS = 3


def train(settings: Settings, library: Library, places: Places, *, force: bool = False) -> Path:
    """Return a model that fits today's sources, trained now if there is none.

    Raises:
        RasaError: the training failed; the message ends with its last lines.
    """
    lookups = write_lookups(settings, library, places)
    models = settings.data_dir / "models"
    model = models / f"{_fingerprint([*_files(), lookups])}.tar.gz"
    if force or not model.exists():
        _run_training(settings, lookups, model)
        _remove_old(models, keep=model)
    return model


def is_current(settings: Settings, library: Library, places: Places) -> bool:
    """Whether a model that fits today's sources exists."""
    lookups = write_lookups(settings, library, places)
    return (settings.data_dir / "models" / f"{_fingerprint([*_files(), lookups])}.tar.gz").exists()


def _run_training(settings: Settings, lookups: Path, model: Path) -> None:
    model.parent.mkdir(parents=True, exist_ok=True)
    arguments = [
        "train", "--config", "config.yml", "--domain", "bot/domain.yml",
        "--data", "nlu/examples", "bot/rules.yml", str(lookups),
        "--out", str(model.parent), "--fixed-model-name", f"new-{model.stem.removesuffix('.tar')}", "--force",
    ]  # fmt: skip
    done = subprocess.run(
        command(settings, arguments),
        cwd=ROOT,
        env=environment(settings, {}),
        capture_output=True,
        text=True,
        check=False,
    )
    made = model.with_name(f"new-{model.name}")
    if done.returncode or not made.exists():
        lines = (done.stdout + done.stderr).splitlines()
        raise RasaError(say("training_failed", log="\n".join(lines[-25:])))
    made.replace(model)


def write_lookups(settings: Settings, library: Library, places: Places) -> Path:
    """Names of procedures and places, as lookup tables, and how people tell what they come for."""
    path = settings.data_dir / "rasa" / "lookups.yml"
    named = {name for document in library.of(Procedure) for name in names_of(document)[1:]}
    fields = FieldModel()
    procedures = sorted(name for name in named if not _begins_with_a_field(name, fields))
    tables = {"procedure": procedures, "place": places.names()}
    content = {
        "version": "3.1",
        "nlu": [
            {"lookup": name, "examples": "".join(f"- {_one_line(value)}\n" for value in values)}
            for name, values in tables.items()
        ]
        + [_matters(overlay_dir(settings) / "lay", library)],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def _begins_with_a_field(name: str, fields: FieldModel) -> bool:
    """Whether a name asks for a field of the matter ("lệ phí đổi căn cước"): the gazetteer would hide it."""
    asked = fields.asked(name)[0]
    return asked.field != GENERAL and asked.start == 0


def _matters(learnt: Path, library: Library) -> dict[str, Any]:
    """What the classifier learns the border of the scope from.

    One lay sentence a procedure, and every question that editors said to mean one (`learnt`).
    """
    bundled, _ = load_lay()
    sayings, _ = load_lay(learnt)
    sentences = [texts[len(texts) // 2] for texts in bundled.values() if texts]
    sentences += [
        text for code, texts in sayings.items() if isinstance(library.get(code), Procedure) for text in texts
    ]
    examples = "".join(f"- {_one_line(text)}\n" for text in sentences)
    return {"intent": "ask_procedure", "metadata": {"matter": True}, "examples": examples}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _files() -> Iterator[Path]:
    for source in SOURCES:
        path = ROOT / source
        yield from (
            [path]
            if path.is_file()
            else sorted(p for p in path.rglob("*") if p.suffix in {".py", ".yml", ".yaml", ".txt"})
        )


def _fingerprint(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _remove_old(models: Path, *, keep: Path) -> None:
    others = sorted((p for p in models.glob("*.tar.gz") if p != keep), key=lambda p: p.stat().st_mtime)
    for path in others[: -(KEPT_MODELS - 1)]:
        path.unlink()
