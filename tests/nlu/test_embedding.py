"""The light encoder gives what sentence-transformers gives, and the shipped model does its work."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.embedding import pairs
from nlu.embedding.encoder import StaticEncoder, TransformerEncoder, load_encoder
from nlu.embedding.train import train_tokenizer
from nlu.text import fold

MODEL = Path(__file__).parents[2] / "nlu" / "embedding" / "model"
TEXTS = ["làm giấy khai sinh", "lam giay khai sinh", "sổ đỏ", "", "???", "xyzzy 123 không có trong từ điển"]


@pytest.mark.slow
def test_numpy_gives_what_sentence_transformers_gives(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    tokenizer = train_tokenizer(["làm giấy khai sinh cho con", "sang tên sổ đỏ", "mất căn cước"] * 20, 120)
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)], device="cpu").save(
        str(tmp_path), create_model_card=False
    )
    light, heavy = load_encoder(tmp_path), TransformerEncoder(str(tmp_path))
    assert isinstance(light, StaticEncoder)
    assert light.dimension == heavy.dimension == 16
    np.testing.assert_allclose(light.encode(TEXTS), heavy.encode(TEXTS), atol=1e-6)


def test_the_shipped_model_needs_no_torch() -> None:
    code = (
        "import sys; from nlu.embedding.encoder import load_encoder;"
        f"load_encoder({str(MODEL)!r}).encode(['sổ đỏ']); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=MODEL.parents[2])


def test_the_shipped_model_is_small() -> None:
    assert sum(file.stat().st_size for file in MODEL.rglob("*") if file.is_file()) <= 24 * 1024 * 1024


def test_vectors_have_length_one() -> None:
    encoder = load_encoder(MODEL)
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1)[[0, 1, 2]], 1, atol=1e-5)


def test_texts_without_diacritics_land_near() -> None:
    written = ["đăng ký khai sinh cho con", "cấp lại giấy phép lái xe", "sang tên sổ đỏ", "đăng ký tạm trú"]
    encoder = load_encoder(MODEL)
    nearness = encoder.encode(written) @ encoder.encode([fold(text) for text in written]).T
    assert nearness.argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_people_s_words_are_nearest_to_the_official_ones() -> None:
    said = ["mất bằng lái", "vợ mới sinh em bé", "sổ hồng bị mất"]
    official = ["Cấp lại giấy phép lái xe", "Đăng ký khai sinh", "Cấp lại giấy chứng nhận quyền sử dụng đất"]
    encoder = load_encoder(MODEL)
    assert (encoder.encode(said) @ encoder.encode(official).T).argmax(axis=1).tolist() == [0, 1, 2]


def test_no_text_at_all() -> None:
    assert load_encoder(MODEL).encode([]).shape[0] == 0


@given(st.text(max_size=50), st.integers(0, 1000))
def test_noise_takes_any_text_and_is_seeded(text: str, seed: int) -> None:
    once, again = (pairs.disturbed(text, random.Random(seed)) for _ in range(2))
    assert once == again


def test_pairs_of_a_document(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "name: Đăng ký khai sinh\naliases: [làm giấy khai sinh]\nsummary: Ghi nhận việc sinh.",
        encoding="utf-8",
    )
    found = list(pairs.document_pairs(tmp_path))
    assert ("làm giấy khai sinh", "Đăng ký khai sinh") in found
    assert ("Đăng ký khai sinh", "Ghi nhận việc sinh.") in found


def test_lay_pairs_join_sentences_with_names_and_each_other() -> None:
    found = list(pairs.lay_pairs({"1": ["a", "b"]}, {"1": ["Tên"]}, random.Random(0)))
    assert {("a", "Tên"), ("b", "Tên")} <= set(found)
    assert {("a", "b"), ("b", "a")} & set(found)
