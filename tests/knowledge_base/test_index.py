"""An index is built aside, checked, and switched to in one step."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base.index import IndexUnavailable, build, current, ensure_index, is_current, load
from knowledge_base.ranking import DENSE_GROUPS
from knowledge_base.search import Searcher
from nlu.embedding.encoder import Encoder
from nlu.text import normalise
from tests.knowledge_base.conftest import DOCUMENTS, MODEL, a_procedure, write_documents


@pytest.fixture
def indexes(tmp_path: Path, documents: Path, encoder: Encoder) -> Path:
    ensure_index(documents, tmp_path / "index", MODEL, encoder=encoder)
    return tmp_path / "index"


def test_a_current_index_is_left_alone(indexes: Path, documents: Path, encoder: Encoder) -> None:
    before = current(indexes)
    ensure_index(documents, indexes, MODEL, encoder=encoder)
    assert current(indexes) == before
    assert is_current(documents, indexes, MODEL, encoder=encoder)


def test_a_changed_document_makes_a_new_index(indexes: Path, documents: Path, encoder: Encoder) -> None:
    before = current(indexes)
    write_documents(documents, DOCUMENTS[:2])
    assert not is_current(documents, indexes, MODEL, encoder=encoder)
    ensure_index(documents, indexes, MODEL, encoder=encoder)
    assert current(indexes) != before


@pytest.mark.parametrize("name", ["text.py", "words.yaml", "syllables.txt"])
def test_another_normalisation_makes_the_index_stale(
    indexes: Path, documents: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"#" * (path.name == name))
    assert not is_current(documents, indexes, MODEL, encoder=encoder)


def test_an_earlier_index_is_taken_up_again(indexes: Path, documents: Path, encoder: Encoder) -> None:
    before = current(indexes)
    write_documents(documents, DOCUMENTS[:2])
    ensure_index(documents, indexes, MODEL, encoder=encoder)
    write_documents(documents, DOCUMENTS)
    ensure_index(documents, indexes, MODEL, encoder=encoder)
    assert current(indexes) == before


def test_each_passage_has_the_vector_of_its_own_text(indexes: Path, encoder: Encoder) -> None:
    index = load(current(indexes))
    for row, chunk in enumerate(index.chunks):
        (group,) = (name for name, fields in DENSE_GROUPS.items() if chunk.field in fields)
        expected = encoder.encode([normalise(chunk.text)])[0]
        rows, near = index.dense[group].of_document(expected, int(index.owners[row]))
        assert near[rows == row] == pytest.approx(1, abs=1e-5)


def test_old_indexes_are_removed(indexes: Path, documents: Path, encoder: Encoder) -> None:
    for count in (1, 2, 3, 4):
        write_documents(documents, DOCUMENTS[:count])
        ensure_index(documents, indexes, MODEL, encoder=encoder)
    assert len(list(indexes.glob("*-*/manifest.json"))) == 2


def test_bad_documents_are_told_and_the_rest_is_indexed(
    documents: Path, tmp_path: Path, encoder: Encoder
) -> None:
    write_documents(documents, [*DOCUMENTS, {"kind": "procedure", "code": "9"}])
    problems = build(documents, tmp_path / "index", encoder, model=MODEL)
    assert {p.document for p in problems} == {"9"}
    assert len(load(current(tmp_path / "index")).entries) == len(DOCUMENTS)


def test_without_documents_the_index_in_use_stays(indexes: Path, tmp_path: Path, encoder: Encoder) -> None:
    before = current(indexes)
    with pytest.raises(IndexUnavailable):
        ensure_index(tmp_path / "nothing", indexes, MODEL, encoder=encoder)
    assert current(indexes) == before
    assert [p.name for p in indexes.iterdir() if p.is_dir() and not p.is_symlink()] == [before.name]


def test_no_index_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailable):
        Searcher.open(tmp_path)


@pytest.mark.parametrize("name", ["chunks.jsonl", "dense/near_name/vectors.faiss", "manifest.json"])
def test_a_damaged_file_is_noticed(indexes: Path, encoder: Encoder, name: str) -> None:
    file = current(indexes) / name
    file.write_bytes(file.read_bytes()[:-3] + b"xyz")
    with pytest.raises(IndexUnavailable):
        Searcher.open(indexes, encoder)


def test_a_running_search_takes_up_the_new_index(indexes: Path, documents: Path, encoder: Encoder) -> None:
    searcher = Searcher.open(indexes, encoder)
    assert not searcher.reload_if_changed()
    write_documents(documents, [*DOCUMENTS, a_procedure("1.000009", "Đăng ký nuôi con nuôi")])
    ensure_index(documents, indexes, MODEL, encoder=encoder)
    assert searcher.reload_if_changed()
    assert searcher.search("nhận con nuôi", limit=1)[0].id == "1.000009"


def test_a_running_search_keeps_its_index_when_the_new_one_is_damaged(
    indexes: Path, documents: Path, encoder: Encoder
) -> None:
    searcher = Searcher.open(indexes, encoder)
    write_documents(documents, DOCUMENTS[1:])
    ensure_index(documents, indexes, MODEL, encoder=encoder)
    (current(indexes) / "chunks.jsonl").write_text("", encoding="utf-8")
    assert not searcher.reload_if_changed()
    assert searcher.search("khai sinh", limit=1)[0].id == "1.000001"
