"""Builds the search index aside, and switches to it in one step.

An index is a folder of its own with a manifest: which model and documents built it, and a checksum of
each file. `current` points at the one in use and is replaced atomically, so that a reader sees the old
index or the new one, and the old one goes on serving when a build fails.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base import ranking
from knowledge_base.chunks import Chunk, ChunkField, chunks_of
from knowledge_base.dense import DenseIndex
from knowledge_base.documents import Problem, as_folders, load_documents
from knowledge_base.lay import LAY_DIR, load_lay
from knowledge_base.lexical import LexicalIndex
from knowledge_base.schema import Announcement, AnyDocument, ListedProcedure, Procedure
from nlu.embedding.encoder import Encoder, load_encoder
from nlu.text import normalise

FORMAT = 2
"""Raised whenever an index that an older version built can't be read any more."""
CURRENT = "current"
KEEP = 2
"""Indexes kept: the current one and the one before it."""
Folders = Path | Sequence[Path]
"""One folder or several, of which a later one's documents stand in for an earlier one's."""
_HERE = Path(__file__).parent
_READING = _HERE.parent / "nlu"
_OWN_FILES = (
    *(_HERE / f"{name}.py" for name in ("documents", "lay", "schema", "chunks")),
    *(_HERE / f"{name}.py" for name in ("index", "ranking", "lexical", "dense")),
    *(_READING / name for name in ("text.py", "data/words.yaml", "data/syllables.txt")),
)
"""What makes of a document the rows of an index."""


class IndexUnavailable(Exception):
    """No index has been built, or its files can't be trusted."""


@dataclass(frozen=True)
class Entry:
    """What search must know of a document without reading it."""

    id: str
    kind: str
    title: str
    effective_from: date | None
    effective_to: date | None
    levels: tuple[str, ...]

    def in_force(self, day: date) -> bool:
        """Whether it may be given as an answer on that day."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )


@dataclass(frozen=True)
class Index:
    """An index in memory; `chunks` are ordered by document."""

    folder: Path
    model: str
    entries: list[Entry]
    chunks: list[Chunk]
    owners: NDArray[np.int32]
    """The entry of each chunk, ascending."""
    lexical: dict[str, LexicalIndex]
    dense: dict[str, DenseIndex]


def fingerprint(documents: Folders, encoder_identity: str, lay: Folders = LAY_DIR) -> str:
    """Changes whenever the index would: documents, lay sentences, model or the code that reads and cuts."""
    digest = hashlib.sha256(f"{FORMAT} {encoder_identity}".encode())
    sources = list(_OWN_FILES)
    for folder in (*as_folders(documents), *as_folders(lay)):
        sources += sorted(path for path in folder.rglob("*") if path.is_file())
    for path in sources:
        digest.update(f"\0{path.name}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def is_current(
    documents: Folders, indexes: Path, model: str, *, encoder: Encoder | None = None, lay: Folders = LAY_DIR
) -> bool:
    """Whether the index in use was built from exactly these documents with this model."""
    try:
        folder = current(indexes)
    except IndexUnavailable:
        return False
    identity = (encoder or load_encoder(model)).identity
    return folder.name.partition("-")[0] == fingerprint(documents, identity, lay)


def ensure_index(
    documents: Folders,
    indexes: Path,
    model: str,
    *,
    encoder: Encoder | None = None,
    lay: Folders = LAY_DIR,
    force: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> list[Problem]:
    """See that the index in use is current: leave it, take up an earlier one that is, or build it.

    Args:
        documents: folder of documents, or several.
        indexes: where indexes are kept.
        model: name or path of the embedding model.
        encoder: that model, if it is loaded already.
        lay: folder of lay sentences, or several.
        force: build it anew in any case.
        progress: is told what is being done.

    Returns:
        The documents that were left out of a new index, with reasons.

    Raises:
        IndexUnavailable: there was nothing to build it from; an index in use stays.
    """
    encoder = encoder or load_encoder(model)
    mark = fingerprint(documents, encoder.identity, lay)
    if not force:
        if is_current(documents, indexes, model, encoder=encoder, lay=lay):
            return []
        for manifest in sorted(indexes.glob(f"{mark}-*/manifest.json")):
            _switch(indexes, manifest.parent)
            return []
    return build(documents, indexes, encoder, model=model, lay=lay, progress=progress)


def current(indexes: Path) -> Path:
    """The folder of the index in use.

    Raises:
        IndexUnavailable: there is none.
    """
    folder = (indexes / CURRENT).resolve()
    if not (folder / "manifest.json").is_file():
        raise IndexUnavailable(f"no index in {indexes}")
    return folder


@contextmanager
def _collection_paused() -> Iterator[None]:
    """Keep the garbage collector from counting millions of tokens again and again: a quarter of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@_collection_paused()
def build(
    documents: Folders,
    indexes: Path,
    encoder: Encoder,
    *,
    model: str,
    lay: Folders = LAY_DIR,
    progress: Callable[[str], None] = lambda text: None,
) -> list[Problem]:
    """Build an index of a folder's documents and put it into use.

    Args:
        documents: folder of documents, or several.
        indexes: where indexes are kept.
        encoder: the embedding model.
        model: its name or path, by which `search` loads it again.
        lay: folder of lay sentences, or several.
        progress: is told what is being done.

    Returns:
        The documents that were left out, with reasons.

    Raises:
        IndexUnavailable: not one document could be read; the index in use stays.
    """
    mark = fingerprint(documents, encoder.identity, lay)
    loaded, problems = load_documents(documents)
    if not loaded:
        raise IndexUnavailable(f"no documents in {documents}")
    sentences, lay_problems = load_lay(lay)
    indexes.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{mark}-", dir=indexes))
    try:
        progress(f"{len(loaded)} documents")
        chunks = [chunk for document in loaded for chunk in chunks_of(document, sentences)]
        place = {document.id: number for number, document in enumerate(loaded)}
        owners = [place[chunk.document] for chunk in chunks]
        _write_lines(folder / "entries.jsonl", (_entry_fields(document) for document in loaded))
        _write_lines(
            folder / "chunks.jsonl",
            ([owner, c.field, c.text] for owner, c in zip(owners, chunks, strict=True)),
        )
        normal = {text: normalise(text) for text in dict.fromkeys(chunk.text for chunk in chunks)}
        passage = {text: number for number, text in enumerate(dict.fromkeys(normal.values()))}
        with ThreadPoolExecutor(max_workers=1) as beside:  # encoding leaves the interpreter free
            encoding = beside.submit(encoder.encode, list(passage))
            cut = {group.units: cache(group.units) for group in ranking.LEXICAL_GROUPS.values()}
            for name, group in ranking.LEXICAL_GROUPS.items():
                _lexical(group, cut[group.units], normal, chunks, owners).save(folder / "lexical" / name)
            progress(f"{len(chunks)} passages")
            vectors = encoding.result()
        for name, fields in ranking.DENSE_GROUPS.items():
            rows = np.flatnonzero([chunk.field in fields for chunk in chunks])
            of = vectors[[passage[normal[chunks[row].text]] for row in rows]]
            DenseIndex.build(of, np.asarray(owners, dtype=np.int32)[rows], rows).save(folder / "dense" / name)
        _write_manifest(
            folder, model=model, identity=encoder.identity, documents=len(loaded), chunks=len(chunks)
        )
        _switch(indexes, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _remove_old(indexes)
    return problems + lay_problems


def load(folder: Path) -> Index:
    """Read an index after checking it.

    Raises:
        IndexUnavailable: a file is missing, changed or of another format.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise IndexUnavailable(f"index of format {manifest['format']}, not {FORMAT}: {folder}")
        for name, checksum in manifest["files"].items():
            if _checksum(folder / name) != checksum:
                raise IndexUnavailable(f"{name} fails its checksum: {folder}")
        entries = [_entry(fields) for fields in _read_lines(folder / "entries.jsonl")]
        rows = list(_read_lines(folder / "chunks.jsonl"))
        return Index(
            folder=folder,
            model=manifest["model"],
            entries=entries,
            chunks=[Chunk(entries[owner].id, ChunkField(field), text) for owner, field, text in rows],
            owners=np.array([row[0] for row in rows], dtype=np.int32),
            lexical={name: LexicalIndex.load(folder / "lexical" / name) for name in ranking.LEXICAL_GROUPS},
            dense={name: DenseIndex.load(folder / "dense" / name) for name in ranking.DENSE_GROUPS},
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise IndexUnavailable(f"{folder}: {error}") from error


def _lexical(
    group: ranking.LexicalGroup,
    units: Callable[[str], list[str]],
    normal: Mapping[str, str],
    chunks: list[Chunk],
    owners: list[int],
) -> LexicalIndex:
    rows: list[list[str]] = []
    of: list[int] = []
    for chunk, owner in zip(chunks, owners, strict=True):
        if chunk.field not in group.fields:
            continue
        if group.row_per_chunk or not of or of[-1] != owner:
            rows.append([])
            of.append(owner)
        rows[-1] += units(normal[chunk.text])
    return LexicalIndex.build(rows, of, k1=0.9, b=0.4)


def _entry_fields(document: AnyDocument) -> dict[str, Any]:
    fields: dict[str, Any] = {"id": document.id, "kind": document.kind, "title": document.title}
    match document:
        case Announcement():
            days: tuple[date | None, date | None] = (document.published, document.expires)
        case _:
            days = (document.effective_from, document.effective_to)
    fields["from"], fields["to"] = (day.isoformat() if day else None for day in days)
    fields["levels"] = (
        [level.value for level in document.levels]
        if isinstance(document, Procedure | ListedProcedure)
        else []
    )
    return fields


def _entry(fields: dict[str, Any]) -> Entry:
    start, end = (date.fromisoformat(day) if day else None for day in (fields["from"], fields["to"]))
    return Entry(fields["id"], fields["kind"], fields["title"], start, end, tuple(fields["levels"]))


def _write_lines(path: Path, rows: Iterable[object]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _read_lines(path: Path) -> Iterable[Any]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _write_manifest(folder: Path, **facts: object) -> None:
    files = {
        str(path.relative_to(folder)): _checksum(path) for path in sorted(folder.rglob("*")) if path.is_file()
    }
    content = {"format": FORMAT, **facts, "files": files}
    (folder / "manifest.json").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _switch(indexes: Path, folder: Path) -> None:
    link = indexes / f".{folder.name}.link"
    link.symlink_to(folder.name)
    os.replace(link, indexes / CURRENT)


def _remove_old(indexes: Path) -> None:
    built = [path.parent for path in indexes.glob("*/manifest.json") if path.parent.name != CURRENT]
    keep = {current(indexes)} | set(sorted(built, key=lambda p: p.stat().st_mtime, reverse=True)[:KEEP])
    for folder in built:
        if folder.resolve() not in {path.resolve() for path in keep}:
            shutil.rmtree(folder, ignore_errors=True)
