"""Lay sentences are read by code; a bad one is reported."""

from __future__ import annotations

from pathlib import Path

from knowledge_base.lay import load_lay


def test_sentences_of_all_files_are_joined(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text('"1.001193": [làm giấy cho bé, Làm giấy cho bé]', encoding="utf-8")
    (tmp_path / "b.yaml").write_text('"1.001193": [khai sanh]\n"1.000894": [cưới]', encoding="utf-8")
    assert load_lay(tmp_path) == ({"1.001193": ["làm giấy cho bé", "khai sanh"], "1.000894": ["cưới"]}, [])


def test_what_cannot_be_read_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text('1.001193: [số]\n"1.000894": [cưới, 5, ""]', encoding="utf-8")
    (tmp_path / "b.yaml").write_text("[", encoding="utf-8")
    (tmp_path / "c.yaml").write_text("- chữ", encoding="utf-8")
    sentences, problems = load_lay(tmp_path)
    assert sentences == {"1.000894": ["cưới"]}
    assert [p.file for p in problems] == ["a.yaml", "a.yaml", "a.yaml", "b.yaml", "c.yaml"]


def test_a_missing_folder_is_empty(tmp_path: Path) -> None:
    assert load_lay(tmp_path / "none") == ({}, [])


def test_the_bundled_sentences_are_valid() -> None:
    sentences, problems = load_lay()
    assert problems == []
    assert all(sentences.values())
