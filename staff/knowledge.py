"""What the console asks of the assistant about documents; the room above gives the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge_base.schema import AnyDocument


@dataclass(frozen=True)
class Preview:
    """What a citizen will read."""

    field: str
    """The field of a procedure that is asked for; empty where a document has one answer only."""
    text: str


@dataclass(frozen=True)
class Found:
    """A document that search finds for a question."""

    id: str
    title: str
    score: float


@dataclass(frozen=True)
class Measured:
    """How many of the questions with known answers are found right, now and after a change."""

    questions: int
    before: int
    after: int


@dataclass(frozen=True)
class Trial:
    """What a change would do, tried aside."""

    results: Sequence[tuple[Sequence[Found], Sequence[Found]]]
    """Of each question that was asked for, what is found now and after."""
    measured: Measured | None = None
    """None: there are no questions with known answers here."""


@dataclass(frozen=True)
class KnowledgeDesk:
    """Called in worker threads."""

    documents: Callable[[], Sequence[AnyDocument]]
    """All in use now."""
    preview: Callable[[AnyDocument], Sequence[Preview]]
    search: Callable[[str], Sequence[Found]]
    """What is found for a question now, best first."""
    try_sayings: Callable[[Sequence[tuple[str, str]], Sequence[str]], Trial]
    """What is found for questions now, and would be if sayings (document, words) were in use too."""
    encode: Callable[[Sequence[str]], NDArray[np.float32]]
    """Unit vectors, shape (texts, dimension)."""


def no_knowledge() -> KnowledgeDesk:
    """A desk without documents, for a console that stands alone."""
    return KnowledgeDesk(
        documents=list,
        preview=lambda document: [],
        search=lambda text: [],
        try_sayings=lambda sayings, questions: Trial([([], []) for _ in questions]),
        encode=lambda texts: np.zeros((len(texts), 1), dtype=np.float32),
    )
