"""Turns texts into vectors, with the lightest means that the model allows.

A saved `StaticEmbedding` is a table of token vectors whose mean is taken: it is served with numpy and
tokenizers alone, equal to sentence-transformers' result and without torch in the process. Any other
model, by path or name, goes through sentence-transformers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

Vectors = NDArray[np.float32]
_BATCH = 1024


class Encoder(Protocol):
    """What search needs of an embedding model."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def identity(self) -> str:
        """Changes whenever the vectors would: an index is valid for one identity only."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1, shape `(len(texts), dimension)`; zeros for a text without a known token."""


class StaticEncoder:
    """A saved `StaticEmbedding` model."""

    def __init__(self, folder: Path) -> None:
        weights = load_file(folder / "model.safetensors")
        self._table = weights["embedding.weight"].astype(np.float32)
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._identity = "static:" + _digest(folder / "model.safetensors", folder / "tokenizer.json")

    @property
    def dimension(self) -> int:
        return int(self._table.shape[1])

    @property
    def identity(self) -> str:
        return self._identity

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = list(texts[start : start + _BATCH])
            for row, encoding in enumerate(
                self._tokenizer.encode_batch_fast(batch, add_special_tokens=False), start
            ):
                if encoding.ids:
                    vectors[row] = self._table[encoding.ids].mean(axis=0)
        return _unit(vectors)


class TransformerEncoder:
    """Any sentence-transformers model, by path or by name."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer  # seconds to import: only where needed

        self._model = SentenceTransformer(name, device="cpu")
        self._identity = f"sentence-transformers:{name}:{_config_digest(self._model)}"

    @property
    def dimension(self) -> int:
        return int(self._model.get_embedding_dimension())

    @property
    def identity(self) -> str:
        return self._identity

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)
        return _unit(vectors.astype(np.float32))


def load_encoder(name_or_path: str | Path) -> Encoder:
    """Load a model.

    Args:
        name_or_path: a folder that sentence-transformers saved, or a model's name.

    Raises:
        OSError: no such model can be read.
    """
    folder = Path(name_or_path)
    if static := _static_folder(folder):
        return StaticEncoder(static)
    return TransformerEncoder(str(name_or_path))


def _static_folder(folder: Path) -> Path | None:
    """Where the static embedding's files are, if that is all there is to the model."""
    modules = folder / "modules.json"
    if not modules.is_file():
        return None
    first, *rest = json.loads(modules.read_text(encoding="utf-8"))
    only_static = first["type"].endswith("StaticEmbedding") and all(
        m["type"].endswith("Normalize") for m in rest
    )
    return folder / first["path"] if only_static else None


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
    return unit


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _config_digest(model: object) -> str:
    return hashlib.sha256(str(model).encode()).hexdigest()[:8]
