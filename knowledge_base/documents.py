"""Reads documents from a folder and checks them; a bad one is reported and the rest goes in.

A file holds one document, a list of them, or one a line (`.jsonl`, `.jsonl.gz`). Markdown files carry
their fields as front matter and their text as `body`.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from knowledge_base.schema import (
    Announcement,
    AnyDocument,
    Document,
    ListedProcedure,
    Procedure,
    Regulation,
)
from nlu.text import fold

_ADAPTER: TypeAdapter[AnyDocument] = TypeAdapter(Document)
_KIND_BY_FIELD = {"code": "procedure", "number": "regulation", "body": "announcement"}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_D = TypeVar("_D", Procedure, ListedProcedure, Regulation, Announcement)


@dataclass(frozen=True)
class Problem:
    """Why a document was left out. `reason` is Vietnamese, for the author."""

    file: str
    document: str
    field: str
    reason: str

    def as_dict(self) -> dict[str, str]:
        """The problem as JSON-ready fields."""
        return asdict(self)


class Library:
    """Documents in memory, found by id, kind or the name that people use."""

    def __init__(self, documents: Iterable[AnyDocument]) -> None:
        self.replace(documents)

    def replace(self, documents: Iterable[AnyDocument]) -> None:
        """Hold these documents from now on; readers in other threads see the old ones or the new ones."""
        by_id = {document.id: document for document in documents}
        by_alias: dict[str, list[str]] = {}
        for document in by_id.values():
            for name in dict.fromkeys(fold(name) for name in names_of(document)):
                by_alias.setdefault(name, []).append(document.id)
        self._by_id, self._by_alias = by_id, by_alias

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[AnyDocument]:
        return iter(self._by_id.values())

    def get(self, id: str) -> AnyDocument | None:
        """The document with that code, number or id."""
        return self._by_id.get(id)

    def of(self, kind: type[_D]) -> list[_D]:
        """All documents of one class, in the order they were read."""
        return [document for document in self._by_id.values() if isinstance(document, kind)]

    def named(self, alias: str) -> list[AnyDocument]:
        """Documents that carry exactly this name or alias, whatever its case and diacritics."""
        by_id = self._by_id
        return [by_id[id] for id in self._by_alias.get(fold(alias), ()) if id in by_id]


def names_of(document: AnyDocument) -> list[str]:
    """Every name of a document: the official one first, then those that people use."""
    match document:
        case Procedure():
            return [document.name, document.short_name, *document.aliases]
        case Regulation():
            return [document.title, document.number, *document.aliases]
        case Announcement() | ListedProcedure():
            return [document.title]


def load_documents(
    folders: Path | Sequence[Path],
) -> tuple[list[AnyDocument], list[Problem]]:
    """Read every document under a folder, in the order of the files' names.

    Args:
        folders: one folder, or several, of which a later one's documents stand in for an earlier one's.

    Returns:
        The valid documents, and the problems of the others. Of two with the same id in one folder the
        first is kept, or the full one of a procedure that is listed too. A folder that does not exist
        gives one problem.
    """
    documents: dict[str, AnyDocument] = {}
    problems: list[Problem] = []
    for folder in as_folders(folders):
        found, wrong = _load_folder(folder)
        documents |= found
        problems += wrong
    return list(documents.values()), problems


def as_folders(folders: Path | Sequence[Path]) -> Sequence[Path]:
    """One folder or several, as several."""
    return (folders,) if isinstance(folders, Path) else folders


def _load_folder(
    folder: Path,
) -> tuple[dict[str, AnyDocument], list[Problem]]:
    documents: dict[str, AnyDocument] = {}
    problems: list[Problem] = []
    if not folder.is_dir():
        return {}, [Problem(str(folder), "", "", reason("no_folder"))]
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        read = _READERS.get("".join(path.suffixes[-2:])) or _READERS.get(path.suffix)
        if read is None:
            continue
        name = str(path.relative_to(folder))
        try:
            for record in read(path):
                document, found = check_record(record, name)
                known = documents.get(document.id) if document else None
                if document is not None and isinstance(known, ListedProcedure):
                    documents[document.id] = document
                elif known is not None and isinstance(document, ListedProcedure):
                    continue
                elif document is not None and known is not None:
                    found = [Problem(name, document.id, "id", reason("duplicate_id", id=document.id))]
                elif document is not None:
                    documents[document.id] = document
                problems += found
        except (OSError, ValueError, yaml.YAMLError, EOFError) as error:
            problems.append(Problem(name, "", "", reason("unreadable", error=_one_line(error))))
    return documents, problems


def check_record(record: object, file: str = "") -> tuple[AnyDocument | None, list[Problem]]:
    """Check one record against the schema: the document, or None and the reasons."""
    if not isinstance(record, dict):
        return None, [Problem(file, "", "", reason("not_a_record"))]
    if "kind" not in record:
        kind = next((k for field, k in _KIND_BY_FIELD.items() if field in record), None)
        record = {"kind": kind, **record} if kind else record
    id = next((str(record[k]) for k in ("code", "number", "id", "title") if record.get(k)), "")
    try:
        return _ADAPTER.validate_python(record), []
    except ValidationError as error:
        return None, [Problem(file, id, _field(e), _reason_of(e)) for e in error.errors()]


def reason(key: str, **values: object) -> str:
    """A sentence for authors from `texts.yaml`."""
    return _texts()[key].format(**values)


def _field(error: ErrorDetails) -> str:
    kinds = ("procedure", "listed", "regulation", "announcement")
    return ".".join(str(part) for i, part in enumerate(error["loc"]) if i or part not in kinds)


def _reason_of(error: ErrorDetails) -> str:
    texts = _texts()
    context = {"message": error["msg"], "value": str(error.get("input"))[:80], **error.get("ctx", {})}
    return texts.get(error["type"], texts["invalid"]).format(**context)


@cache
def _texts() -> dict[str, str]:
    with (Path(__file__).parent / "texts.yaml").open(encoding="utf-8") as file:
        texts: dict[str, str] = yaml.safe_load(file)
    return texts


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _read_yaml(path: Path) -> Iterator[Any]:
    for content in yaml.load_all(path.read_text(encoding="utf-8"), Loader=_LOADER):
        yield from content if isinstance(content, list) else [content] if content is not None else []


def _read_json(path: Path) -> Iterator[Any]:
    content = json.loads(path.read_text(encoding="utf-8"))
    yield from content if isinstance(content, list) else [content]


def _read_lines(path: Path) -> Iterator[Any]:
    """One JSON object a line; a broken line comes out as its text, which no schema accepts."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                try:
                    yield json.loads(line)
                except json.JSONDecodeError:
                    yield line


def _read_markdown(path: Path) -> Iterator[Any]:
    head, marker, body = path.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
    if marker:
        fields = yaml.load(head, Loader=_LOADER)
        yield {"body": body.strip(), **fields} if isinstance(fields, dict) else fields


_READERS: dict[str, Callable[[Path], Iterator[Any]]] = {
    ".yaml": _read_yaml,
    ".yml": _read_yaml,
    ".json": _read_json,
    ".jsonl": _read_lines,
    ".jsonl.gz": _read_lines,
    ".md": _read_markdown,
}
