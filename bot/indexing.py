"""The search index of the documents in use, built when they, or the model, have changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.settings import Settings
from bot.texts import say
from knowledge_base import index
from knowledge_base.search import Searcher
from nlu.embedding.encoder import load_encoder


def index_dir(settings: Settings) -> Path:
    """Where the index is kept."""
    return settings.data_dir / "index"


def is_current(settings: Settings) -> bool:
    """Whether the index in use fits the documents and the model."""
    return index.is_current(
        index_dir(settings), settings.knowledge_dir, load_encoder(settings.embedding_model)
    )


def open_searcher(
    settings: Settings, *, force: bool = False, progress: Callable[[str], None] = lambda text: None
) -> Searcher:
    """A searcher over an index that is current; documents left out are told to `progress`.

    Raises:
        IndexUnavailable: not one document could be read.
    """
    encoder = load_encoder(settings.embedding_model)
    folder = index_dir(settings)
    if force or not index.is_current(folder, settings.knowledge_dir, encoder):
        progress(say("indexing"))
        problems = index.build(
            settings.knowledge_dir, folder, encoder, model=settings.embedding_model, progress=progress
        )
        for problem in problems:
            progress(say("document_problem", file=problem.file, field=problem.field, reason=problem.reason))
    return Searcher.open(folder, encoder)
