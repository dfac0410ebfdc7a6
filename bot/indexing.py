"""The search index of the documents in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.settings import Settings
from bot.texts import say
from knowledge_base import index
from knowledge_base.lay import LAY_DIR
from knowledge_base.search import Searcher
from nlu.embedding.encoder import load_encoder


def index_dir(settings: Settings) -> Path:
    """Where the index is kept."""
    return settings.data_dir / "index"


def overlay_dir(settings: Settings) -> Path:
    """Where what editors put into use is written to, as `documents` and `lay`."""
    return settings.data_dir / "knowledge"


def document_dirs(settings: Settings) -> list[Path]:
    """Folders of documents; those of editors stand in for the bundled ones."""
    written = overlay_dir(settings) / "documents"
    return [settings.knowledge_dir, written] if written.is_dir() else [settings.knowledge_dir]


def lay_dirs(settings: Settings) -> list[Path]:
    """Folders of lay sentences, those that the learning loop gave among them."""
    written = overlay_dir(settings) / "lay"
    return [LAY_DIR, written] if written.is_dir() else [LAY_DIR]


def is_current(settings: Settings) -> bool:
    """Whether the index in use fits the documents and the model."""
    return index.is_current(
        document_dirs(settings), index_dir(settings), settings.embedding_model, lay=lay_dirs(settings)
    )


def open_searcher(
    settings: Settings, *, force: bool = False, progress: Callable[[str], None] = lambda text: None
) -> Searcher:
    """A searcher over an index that is current; documents left out are told to `progress`.

    Raises:
        IndexUnavailable: not one document could be read.
    """
    encoder = load_encoder(settings.embedding_model)
    problems = index.ensure_index(
        document_dirs(settings),
        index_dir(settings),
        settings.embedding_model,
        encoder=encoder,
        lay=lay_dirs(settings),
        force=force,
        progress=lambda text: progress(say("indexing", what=text)),
    )
    for problem in problems:
        progress(say("document_problem", file=problem.file, field=problem.field, reason=problem.reason))
    return Searcher.open(index_dir(settings), encoder)
