"""The bench of articles of law measures what it says."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from bench.legal import OURS, features, interval, main, passages, read, systems
from bench.retrieval import measure
from knowledge_base.chunks import MAX_WORDS
from nlu.embedding.encoder import load_encoder

pytestmark = pytest.mark.slow

MODEL = str(Path(__file__).parents[2] / "nlu" / "embedding" / "model")
ARTICLES = [
    {"doc_id": "a", "law": "Luật Hộ tịch", "text": "Trẻ em sinh ra được đăng ký khai sinh trong 60 ngày."},
    {"doc_id": "b", "law": "Luật Đất đai", "text": "Người sử dụng đất được cấp giấy chứng nhận."},
]
QUESTIONS = [
    {"question": "Đăng ký khai sinh trong bao nhiêu ngày?", "relevant": ["a"]},
    {"question": "Khi nào được cấp giấy chứng nhận quyền sử dụng đất?", "relevant": ["b"]},
]


def test_absent_data_is_skipped_with_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(data=tmp_path, model=MODEL)
    assert capsys.readouterr().out.startswith("skipped")


def test_every_way_finds_the_article_with_and_without_diacritics(tmp_path: Path) -> None:
    for name, rows in (("corpus", ARTICLES), ("queries-dev", QUESTIONS)):
        with gzip.open(tmp_path / f"legal-tiny-{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    tiny = read(tmp_path, "tiny")
    assert tiny
    written, bare = systems(tiny, load_encoder(MODEL))
    for scores in (written, {name: found for name, found in bare.items() if name != "BM25, words"}):
        for name, found in scores.items():
            assert (measure(found, tiny.gold).ranks == 0).all(), name
    assert features(bare).shape == (2, 2, len(OURS))


def test_a_long_article_is_cut_and_each_passage_names_its_law() -> None:
    parts = passages("Luật Đất đai\n" + "đất " * (2 * MAX_WORDS + 1))
    assert len(parts) == 3
    assert all(part.startswith("Luật Đất đai\n") for part in parts)


def test_the_interval_holds_the_mean() -> None:
    values = np.array([0.0, 1.0] * 50)
    low, high = interval(values)
    assert low < values.mean() < high
