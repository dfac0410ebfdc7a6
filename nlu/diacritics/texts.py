"""The texts that the model learns from, and which of them are held back to measure it."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import yaml

from nlu.text import has_diacritics, place_tone

_ROOT = Path(__file__).resolve().parent.parent.parent
_HELD_BACK = 10
"""One in so many procedures, articles and sentences is held back."""
_LETTERS = [chr(point) for point in (*range(0x41, 0x1B0 + 1), *range(0x1EA0, 0x1EFA)) if chr(point).isalpha()]
_GLUED = re.compile(
    f"(?<=[{''.join(filter(str.islower, _LETTERS))}])(?=[{''.join(filter(str.isupper, _LETTERS))}])"
)
"""Table cells that an export ran together ("nộpThời gian")."""
_SPOKEN_WEIGHT = 2
_KEYS = ("ma_thu_tuc", "code", "title")
_NO_TEXT = {"id", "kind", "url", "detail_url", "formality_id", "ministry", "crawl", "sources"}


@dataclass(frozen=True)
class Text:
    """A text written in full, its kind, and the key of the whole that it belongs to."""

    text: str
    kind: str
    """`administrative`, `spoken` (how people ask) or the name of a further file."""
    key: str
    weight: int = 1


def is_held_back(text: Text) -> bool:
    """Whether a text measures the model and does not teach it: whole procedures, by their codes."""
    return zlib.crc32(text.key.encode()) % _HELD_BACK == 0


def bundled() -> Iterator[Text]:
    """Our documents, the ways people ask for them, and the examples of intents."""
    for path in sorted((_ROOT / "knowledge_base" / "documents").rglob("*.y*ml")):
        content = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
        for record in content if isinstance(content, list) else [content]:
            yield from _of_record(record, "administrative", path.stem)
    for path in sorted((_ROOT / "knowledge_base" / "lay").glob("*.yaml")):
        for code, sentences in (yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) or {}).items():
            yield from (Text(s, "spoken", str(code), _SPOKEN_WEIGHT) for s in sentences if has_diacritics(s))
    for path in sorted((_ROOT / "nlu" / "examples").glob("*.yml")):
        for block in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)["nlu"]:
            lines = [line.removeprefix("- ") for line in str(block.get("examples", "")).splitlines()]
            yield from (Text(s, "spoken", s, _SPOKEN_WEIGHT) for s in lines if has_diacritics(s))


def from_file(path: Path) -> Iterator[Text]:
    """Every text of a .jsonl or .jsonl.gz file; each line a record, equal texts once."""
    kind = "administrative" if "procedures" in path.name else path.name.partition(".")[0]
    seen: set[tuple[str, bool]] = set()
    with _open(path) as file:
        for line in file:
            for text in _of_record(json.loads(line), kind, ""):
                mark = text.text, is_held_back(text)
                if mark not in seen:
                    seen.add(mark)
                    yield text


def word_counts(path: Path) -> dict[str, int]:
    """Words that carry diacritics or are plain Vietnamese, with their counts ("tôi 711535" a line)."""
    with _open(path) as file:
        rows = (line.split() for line in file)
        return {place_tone(row[0].lower()): int(row[1]) for row in rows if len(row) == 2 and row[0].isalpha()}


def _of_record(record: dict[str, Any], kind: str, name: str) -> Iterator[Text]:
    key = next((str(record[field]) for field in _KEYS if field in record), name)
    for text in _strings(record):
        for line in text.splitlines():
            line = _GLUED.sub(" . ", unicodedata.normalize("NFC", line)).strip()
            if has_diacritics(line):
                yield Text(line, kind, key)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif isinstance(value, dict):
        for field, part in value.items():
            if field not in _NO_TEXT:
                yield from _strings(part)


def _open(path: Path) -> TextIO:
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
