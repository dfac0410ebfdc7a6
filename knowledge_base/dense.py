"""Nearest passages by meaning, in a flat FAISS index: exact, and fast up to some 100,000 passages."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import faiss
import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Rows = NDArray[np.int64]
NEAREST = 400
faiss.omp_set_num_threads(1)  # one question is too small a task to share out


class DenseIndex:
    """Vectors of passages that belong to documents; a document is as near as its nearest passage."""

    def __init__(self, vectors: faiss.Index, owners: NDArray[np.int32], chunks: Rows) -> None:
        self._vectors = vectors
        self._owners = owners
        self._chunks = chunks

    @classmethod
    def build(cls, vectors: Scores, owners: NDArray[np.int32], chunks: Rows) -> Self:
        """Index unit vectors, shape (passages, dimension), with the document and chunk number of each."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return cls(index, owners, chunks)

    def score(self, query: Scores, documents: int) -> Scores:
        """Nearness of all documents, -1 to 1.

        Args:
            query: a unit vector.
            documents: how many there are; those beyond the nearest passages get the last one's nearness.
        """
        if self._vectors.ntotal == 0:
            return np.zeros(documents, dtype=np.float32)
        near, rows = self._vectors.search(query[None, :], min(NEAREST, self._vectors.ntotal))
        complete = self._vectors.ntotal <= NEAREST
        scores = np.full(documents, 0.0 if complete else near[0, -1], dtype=np.float32)
        np.maximum.at(scores, self._owners[rows[0]], near[0])
        return scores

    def of_document(self, query: Scores, document: int) -> tuple[Rows, Scores]:
        """Chunk numbers of one document and the nearness of each."""
        first, last = np.searchsorted(self._owners, [document, document + 1])
        if first == last:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        vectors = self._vectors.reconstruct_n(int(first), int(last - first))
        return self._chunks[first:last], vectors @ query

    def save(self, folder: Path) -> None:
        """Write the index into a new folder."""
        folder.mkdir(parents=True)
        faiss.write_index(self._vectors, str(folder / "vectors.faiss"))
        np.save(folder / "owners.npy", self._owners)
        np.save(folder / "chunks.npy", self._chunks)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        return cls(
            faiss.read_index(str(folder / "vectors.faiss")),
            np.load(folder / "owners.npy"),
            np.load(folder / "chunks.npy"),
        )
