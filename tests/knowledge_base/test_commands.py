"""`python -m knowledge_base`, as scripts use it."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from knowledge_base.__main__ import app
from tests.knowledge_base.conftest import DOCUMENTS, write_documents

run = CliRunner().invoke


def test_search_answers_a_json_object_a_line(documents: Path, tmp_path: Path) -> None:
    options = [
        "--documents",
        str(documents),
        "--data-dir",
        str(tmp_path),
        "--as-of",
        "2027-01-01",
        "--limit",
        "2",
    ]
    result = run(app, ["search", "--json", *options], input="dang ky khai sinh\n\nkhai thác thủy sản\n")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["question"] for row in rows] == ["dang ky khai sinh", "", "khai thác thủy sản"]
    assert rows[0]["hits"][0]["id"] == "1.000001"
    assert set(rows[0]["hits"][0]) == {"id", "kind", "title", "chunk", "score"}
    assert len(rows[0]["hits"]) <= 2
    assert rows[1]["hits"] == []
    assert "1.000003" not in {hit["id"] for hit in rows[2]["hits"]}
    assert all(row["ms"] >= 0 for row in rows)


def test_the_environment_chooses_documents_and_place(documents: Path, tmp_path: Path) -> None:
    environment = {"KNOWLEDGE_DIR": str(documents), "DATA_DIR": str(tmp_path / "data")}
    result = run(app, ["search", "kết hôn"], env=environment)
    assert "1.000002" in result.stdout
    assert (tmp_path / "data" / "index" / "current").exists()


def test_check_tells_what_is_wrong(documents: Path) -> None:
    assert run(app, ["check", "--documents", str(documents)]).exit_code == 0
    write_documents(documents, [*DOCUMENTS, {"kind": "procedure", "code": "9"}])
    result = run(app, ["check", "--documents", str(documents)])
    assert result.exit_code == 1
    assert "documents.jsonl 9 code" in result.stderr


def test_import_lists_the_bad_and_writes_the_rest(tmp_path: Path) -> None:
    good = {"ma_thu_tuc": "2.009999", "ten_thu_tuc": "Thủ tục mẫu", "linh_vuc": "Mẫu"}
    file = tmp_path / "export.jsonl"
    file.write_text(
        "\n".join(json.dumps(row) for row in (good, good | {"ma_thu_tuc": "?"})), encoding="utf-8"
    )
    result = run(app, ["import", str(file), "--out", str(tmp_path / "out"), "--taken", "2026-07-20"])
    assert result.exit_code == 0
    assert "export.jsonl:2 ? ma_thu_tuc" in result.stderr
    assert len((tmp_path / "out" / "procedures.jsonl").read_text(encoding="utf-8").splitlines()) == 1
