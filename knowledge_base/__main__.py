"""`python -m knowledge_base`: check, import, index and search documents."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knowledge_base.documents import Library, Problem, load_documents
from knowledge_base.lay import load_lay
from knowledge_base.schema import Procedure

if TYPE_CHECKING:
    from nlu.embedding.encoder import Encoder

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ROOT / "knowledge_base" / "documents"

app = typer.Typer(help="Documents: check, import, index, search.", no_args_is_help=True)

KnowledgeDir = Annotated[
    Path, typer.Option("--documents", envvar="KNOWLEDGE_DIR", help="Folder of documents.")
]
DataDir = Annotated[Path, typer.Option("--data-dir", envvar="DATA_DIR", help="Folder of the index.")]
Model = Annotated[
    str, typer.Option("--model", envvar="EMBEDDING_MODEL", help="Name or path of the embedding model.")
]
DEFAULT_MODEL = str(ROOT / "nlu" / "embedding" / "model")


@app.command()
def check(documents: KnowledgeDir = DOCUMENTS) -> None:
    """Check every document and lay sentence; exit with 1 if one has a problem."""
    loaded, problems = load_documents(documents)
    sentences, lay_problems = load_lay()
    _print_problems(problems + lay_problems)
    library = Library(loaded)
    counts: dict[str, int] = {}
    for document in library:
        counts[document.kind] = counts.get(document.kind, 0) + 1
    _say(", ".join(f"{kind}: {count}" for kind, count in sorted(counts.items())) or "0")
    _say(f"lay: {sum(map(len, sentences.values()))} ({len(sentences)})")
    if problems or lay_problems:
        raise typer.Exit(1)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="National export, .jsonl or .jsonl.gz.", exists=True)],
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; DATA_DIR/national if left out.")
    ] = None,
    reviewed: Annotated[
        Path, typer.Option(help="Reviewed documents, kept in place of raw records.")
    ] = DOCUMENTS,
    raw: Annotated[
        bool, typer.Option("--raw", help="Take raw records even where a reviewed one exists.")
    ] = False,
    names_only: Annotated[
        bool, typer.Option("--names-only", help="Only name, level and page of what nobody has reviewed.")
    ] = False,
    taken: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the export; today if left out.")
    ] = None,
    data_dir: DataDir = ROOT / "var",
) -> None:
    """Read the national export; a bad record is listed with its field and reason, the rest goes in."""
    from knowledge_base.national import import_export, is_national, listed, write_jsonl

    ours = {} if raw else {d.code: d for d in Library(load_documents(reviewed)[0]).of(Procedure)}
    result = import_export(file, checked=taken.date() if taken else date.today(), reviewed=ours)
    if names_only:
        target = (out or data_dir / "national") / "listed.jsonl"
        write_jsonl(
            (listed(one) for one in result.procedures if one.code not in ours and is_national(one)), target
        )
    else:
        target = (out or data_dir / "national") / "procedures.jsonl"
        write_jsonl(result.procedures, target)
    _print_problems(result.problems)
    _say(
        f"{len(result.procedures)} -> {target}; reviewed: {result.reviewed}; left out: {len(result.problems)}"
    )


@app.command()
def index(
    documents: KnowledgeDir = DOCUMENTS, data_dir: DataDir = ROOT / "var", model: Model = DEFAULT_MODEL
) -> None:
    """Build the index if it is not current, and put it into use."""
    _ready(documents, data_dir, model)


@app.command()
def search(
    text: Annotated[str | None, typer.Argument(help="A question; from standard input if left out.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each line of input.")] = False,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day to answer for.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=50)] = 5,
    documents: KnowledgeDir = DOCUMENTS,
    data_dir: DataDir = ROOT / "var",
    model: Model = DEFAULT_MODEL,
) -> None:
    """Search; with --json one question a line in, one JSON object a line out."""
    from knowledge_base.search import Searcher

    encoder, folder = _ready(documents, data_dir, model)
    searcher = Searcher.open(folder, encoder)
    _say("ready")
    day = as_of.date() if as_of else None
    for line in [text] if text is not None else sys.stdin:
        question = line.rstrip("\n")
        started = time.perf_counter()
        hits = searcher.search(question, as_of=day, limit=limit)
        took = round((time.perf_counter() - started) * 1000, 2)
        if as_json:
            found = [
                {"id": h.id, "kind": h.kind, "title": h.title, "chunk": h.chunk, "score": h.score}
                for h in hits
            ]
            print(
                json.dumps({"question": question, "hits": found, "ms": took}, ensure_ascii=False), flush=True
            )
        else:
            for hit in hits:
                print(f"{hit.score:.2f}  {hit.id}  {hit.title}")
                print(f"      {hit.chunk}: {' '.join(hit.text.split())[:160]}")


def _ready(documents: Path, data_dir: Path, model: str) -> tuple[Encoder, Path]:
    """Load the model and see that the index is current."""
    from knowledge_base.index import ensure_index
    from nlu.embedding.encoder import load_encoder

    folder = data_dir / "index"
    encoder = load_encoder(model)
    _say(f"index: {documents} -> {folder}")
    _print_problems(ensure_index(documents, folder, model, encoder=encoder, progress=_say))
    return encoder, folder


def _print_problems(problems: Iterable[Problem]) -> None:
    for problem in problems:
        place = " ".join(part for part in (problem.file, problem.document, problem.field) if part)
        _say(f"{place}: {problem.reason}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    app()
