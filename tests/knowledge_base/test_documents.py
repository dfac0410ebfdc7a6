"""Documents are read from every form, and a bad one never stops the others."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.documents import Library, check_record, load_documents
from knowledge_base.schema import Announcement, Procedure, Regulation

PROCEDURE = """
code: "1.001193"
name: Thủ tục đăng ký khai sinh
short_name: đăng ký khai sinh
aliases: [làm giấy khai sinh]
field: Hộ tịch
summary: Ghi nhận việc sinh.
source: {title: Cổng Dịch vụ công quốc gia, checked: 2026-07-20}
"""
JSON_PROCEDURE = {
    "kind": "procedure",
    "code": "1.000001",
    "name": "Tên",
    "short_name": "tên",
    "field": "Đất đai",
    "summary": "Tóm tắt",
    "source": {"title": "Nguồn", "checked": "2026-07-20"},
}


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_a_file_with_one_document(tmp_path: Path) -> None:
    write(tmp_path, "deep/one.yaml", PROCEDURE)
    documents, problems = load_documents(tmp_path)
    assert [d.id for d in documents] == ["1.001193"]
    assert problems == []


def test_a_list_json_lines_and_front_matter(tmp_path: Path) -> None:
    write(tmp_path, "list.json", json.dumps([JSON_PROCEDURE]))
    write(tmp_path, "lines.jsonl", json.dumps(JSON_PROCEDURE | {"code": "1.000002"}) + "\n\n")
    with gzip.open(tmp_path / "more.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(JSON_PROCEDURE | {"code": "1.000003"}))
    front = "id: nghi-le\ntitle: Nghỉ lễ\npublished: 2026-04-20\nsource: {title: Mẫu, checked: 2026-04-20}"
    write(tmp_path, "news.md", f"---\n{front}\n---\nTrung tâm nghỉ ngày 30/4.\n")
    documents, problems = load_documents(tmp_path)
    assert problems == []
    assert {d.id for d in documents} == {"1.000001", "1.000002", "1.000003", "nghi-le"}
    assert next(d for d in documents if isinstance(d, Announcement)).body == "Trung tâm nghỉ ngày 30/4."


def test_a_bad_document_is_reported_with_file_field_and_reason(tmp_path: Path) -> None:
    write(tmp_path, "bad.yaml", PROCEDURE.replace('"1.001193"', '"9"').replace("summary", "sumary"))
    write(tmp_path, "good.yaml", PROCEDURE)
    documents, problems = load_documents(tmp_path)
    assert [d.id for d in documents] == ["1.001193"]
    assert {(p.file, p.document, p.field) for p in problems} == {
        ("bad.yaml", "9", "code"),
        ("bad.yaml", "9", "summary"),
        ("bad.yaml", "9", "sumary"),
    }
    assert "thiếu trường bắt buộc" in {p.reason for p in problems}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "code: [1"),
        ("a.json", "{"),
        ("a.jsonl", "{\n"),
        ("a.yaml", "- chỉ là chữ"),
        ("a.jsonl.gz", "x"),
    ],
)
def test_an_unreadable_file_is_one_problem(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, name, text)
    write(tmp_path, "good.yaml", PROCEDURE)
    documents, problems = load_documents(tmp_path)
    assert len(documents) == 1
    assert [p.file for p in problems] == [name]


def test_of_two_with_the_same_id_the_first_is_kept(tmp_path: Path) -> None:
    write(tmp_path, "1.yaml", PROCEDURE)
    write(tmp_path, "2.yaml", PROCEDURE.replace("Hộ tịch", "Đất đai"))
    documents, problems = load_documents(tmp_path)
    assert [d.field for d in documents if isinstance(d, Procedure)] == ["Hộ tịch"]
    assert [(p.file, p.document, p.field) for p in problems] == [("2.yaml", "1.001193", "id")]


@pytest.mark.parametrize("listed", ["a.json", "z.json"])
def test_a_full_procedure_stands_in_place_of_one_that_is_listed_only(tmp_path: Path, listed: str) -> None:
    names = {key: JSON_PROCEDURE[key] for key in ("code", "name", "field", "source")}
    write(tmp_path, listed, json.dumps(names | {"kind": "listed"}))
    write(tmp_path, "full.json", json.dumps(JSON_PROCEDURE))
    [document], problems = load_documents(tmp_path)
    assert isinstance(document, Procedure)
    assert problems == []


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    documents, problems = load_documents(tmp_path / "none")
    assert documents == []
    assert len(problems) == 1


def test_library_finds_by_id_kind_and_alias(tmp_path: Path) -> None:
    write(tmp_path, "one.yaml", PROCEDURE)
    library = Library(load_documents(tmp_path)[0])
    found = library.get("1.001193")
    assert found is not None
    assert library.named("LAM GIAY KHAI SINH") == [found]
    assert library.of(Procedure) == [found]
    assert library.of(Regulation) == []
    assert library.get("nothing") is None


def test_the_bundled_documents_are_all_valid() -> None:
    folder = Path(__file__).parents[2] / "knowledge_base" / "documents"
    documents, problems = load_documents(folder)
    assert problems == []
    assert len(Library(documents).of(Procedure)) >= 80


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(list(JSON_PROCEDURE)), inner),
    max_leaves=12,
)


@given(json_values, st.sampled_from(list(JSON_PROCEDURE)))
def test_any_record_gives_a_document_or_reasons(value: object, field: str) -> None:
    for record in (value, JSON_PROCEDURE | {field: value}):
        document, problems = check_record(record)
        assert (document is None) == bool(problems)
        assert all(p.reason for p in problems)
