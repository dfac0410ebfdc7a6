"""Finds the documents that answer a citizen's question."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index import Index, IndexUnavailable, current, load
from knowledge_base.lexical import tokens
from knowledge_base.ranking import DENSE_GROUPS, LEXICAL_GROUPS, Ranking, query_units, signs_of
from nlu.diacritics.chances import shipped
from nlu.embedding.encoder import Encoder, load_encoder
from nlu.spelling import Corrector

__all__ = ["MAX_LIMIT", "MAX_QUERY", "Hit", "IndexUnavailable", "Searcher"]

MAX_QUERY = 1000
"""Characters of a question that are read."""
MAX_LIMIT = 50
_NEAR = 0.3
"""A document that shares no word with the question must be at least this near to be a hit."""

_FILTERS = 32
"""Combinations of day, kinds and levels whose documents are kept at hand."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hit:
    """A document that may answer, and the passage of it that fits best."""

    id: str
    kind: str
    title: str
    chunk: str
    """Field of the passage, e.g. `fee`."""
    text: str
    score: float
    """Calibrated, 0 to 1: of hits with 0.8, about 8 in 10 are right."""

    def as_dict(self) -> dict[str, object]:
        """The hit as JSON-ready fields."""
        return asdict(self)


class Searcher:
    """Search over the index in use."""

    def __init__(self, index: Index, encoder: Encoder, ranking: Ranking) -> None:
        self._index = index
        self._encoder = encoder
        self._ranking = ranking
        body, said = index.lexical["body"], index.lexical["said"]
        self._allowed = lru_cache(maxsize=_FILTERS)(self._permitted)
        self._corrector = Corrector(shipped(), {*body.words, *said.words})

    @classmethod
    def open(cls, index_dir: Path, encoder: Encoder | None = None) -> Self:
        """Open the index in use.

        Args:
            index_dir: the folder that `index.build` writes to.
            encoder: the model that built it; loaded by the name in the manifest if left out.

        Raises:
            IndexUnavailable: no index has been built, or its files fail their checksum.
        """
        index = load(current(index_dir))
        try:
            model = encoder or load_encoder(index.model)
        except Exception as error:
            raise IndexUnavailable(f"model {index.model}: {error}") from error
        return cls(index, model, Ranking.load())

    def __len__(self) -> int:
        return len(self._index.entries)

    def reload_if_changed(self) -> bool:
        """Switch to a newer index if one was put into use; on any fault the present one goes on serving."""
        try:
            folder = current(self._index.folder.parent)
            if folder == self._index.folder:
                return False
            index = load(folder)
            encoder = self._encoder if index.model == self._index.model else load_encoder(index.model)
        except Exception as error:
            _log.warning("index not reloaded: %s", error)
            return False
        self.__init__(index, encoder, self._ranking)  # type: ignore[misc]
        return True

    def search(
        self,
        query: str,
        *,
        as_of: date | None = None,
        limit: int = 5,
        kinds: Collection[str] | None = None,
        levels: Collection[str] | None = None,
        ended: bool = False,
    ) -> list[Hit]:
        """Rank documents for a citizen's question.

        Args:
            query: the question as typed, any diacritics; at most `MAX_QUERY` characters are read.
            as_of: only documents in force on that day count; today if left out.
            limit: number of hits, 1 to `MAX_LIMIT`.
            kinds: only these kinds (`procedure`, `regulation`, `announcement`); all if left out.
            levels: only procedures of these levels of government; other kinds are not touched by it.
            ended: documents that are not in force on that day count too; whoever shows one must say so.

        Returns:
            Hits, best first; empty when nothing is near.

        Raises:
            ValueError: `limit` is out of range.
        """
        if not 1 <= limit <= MAX_LIMIT:
            raise ValueError(f"limit must be 1 to {MAX_LIMIT}")
        query = self._read(query)
        vector = self._encode(query)
        features = self._measure(query, vector)
        if features is None:
            return []
        allowed = self._allowed(None if ended else as_of or date.today(), _frozen(kinds), _frozen(levels))
        lexical = features[:, : len(LEXICAL_GROUPS)].max(axis=1)
        dense = features[:, len(LEXICAL_GROUPS) : len(LEXICAL_GROUPS) + len(DENSE_GROUPS)].max(axis=1)
        places = np.flatnonzero(allowed & ((lexical > 0) | (dense >= _NEAR)))
        if not len(places):
            return []
        sums = self._ranking.sums(features[places])
        order = np.argsort(-sums, kind="stable")[:limit]
        scores = self._ranking.certainty(signs_of(sums, features[places], order.tolist()))
        scores = np.minimum.accumulate(scores)
        return [
            self._hit(int(places[place]), vector, score) for place, score in zip(order, scores, strict=True)
        ]

    def features(self, query: str) -> NDArray[np.float32] | None:
        """What is measured of each document, shape (documents, features); None for a query without words."""
        query = self._read(query)
        return self._measure(query, self._encode(query))

    def _read(self, query: str) -> str:
        """Normalised, slips of the keys repaired, diacritics restored."""
        return self._corrector.meant(query[:MAX_QUERY])

    def _measure(self, query: str, vector: NDArray[np.float32]) -> NDArray[np.float32] | None:
        units = query_units(query)
        if not units[tokens]:
            return None
        count = len(self._index.entries)
        columns = [
            self._index.lexical[name].score(units[group.units], count)
            for name, group in LEXICAL_GROUPS.items()
        ]
        columns += [self._index.dense[name].score(vector, count) for name in DENSE_GROUPS]
        return np.stack(columns, axis=1)

    def ranked_by(self, ranking: Ranking) -> Searcher:
        """The same index under other weights."""
        return Searcher(self._index, self._encoder, ranking)

    @property
    def ids(self) -> list[str]:
        """Documents in the order of the rows of `features`."""
        return [entry.id for entry in self._index.entries]

    @property
    def titles(self) -> list[str]:
        """Their titles, in the same order."""
        return [entry.title for entry in self._index.entries]

    def _encode(self, query: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._encoder.encode([query])[0]
        return vector

    def _permitted(
        self, day: date | None, kinds: frozenset[str] | None, levels: frozenset[str] | None
    ) -> NDArray[np.bool_]:
        return np.array(
            [
                (day is None or entry.in_force(day))
                and (kinds is None or entry.kind in kinds)
                and (levels is None or not entry.levels or not levels.isdisjoint(entry.levels))
                for entry in self._index.entries
            ]
        )

    def _hit(self, place: int, vector: NDArray[np.float32], score: np.float32) -> Hit:
        entry = self._index.entries[place]
        rows, near = self._index.dense["near_body"].of_document(vector, place)
        if not len(rows):
            rows, near = self._index.dense["near_name"].of_document(vector, place)
        chunk = self._index.chunks[int(rows[near.argmax()])]
        return Hit(entry.id, entry.kind, entry.title, chunk.field.value, chunk.text, round(float(score), 4))


def _frozen(names: Collection[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)
