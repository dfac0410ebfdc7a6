"""A few small documents, and the bundled model that reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from knowledge_base.index import ensure_index
from knowledge_base.search import Searcher
from nlu.embedding.encoder import Encoder, load_encoder

MODEL = str(Path(__file__).parents[2] / "nlu" / "embedding" / "model")
SOURCE = {"title": "Nguồn", "checked": "2026-07-20"}


def a_procedure(code: str, name: str, **fields: Any) -> dict[str, Any]:
    short = name[:1].lower() + name[1:]
    basics = {"kind": "procedure", "code": code, "name": name, "short_name": short, "field": "Hộ tịch"}
    return basics | {"summary": name, "source": SOURCE} | fields


DOCUMENTS = [
    a_procedure(
        "1.000001",
        "Đăng ký khai sinh",
        aliases=["làm giấy khai sinh"],
        levels=["commune"],
        fees=[{"amount": 0, "text": "Đăng ký đúng hạn thì không thu lệ phí"}],
        dossier=[{"papers": [{"name": "Giấy chứng sinh"}, {"name": "Tờ khai"}]}],
    ),
    a_procedure("1.000002", "Đăng ký kết hôn", aliases=["làm hôn thú"], levels=["commune"]),
    a_procedure(
        "1.000003", "Cấp giấy phép khai thác thủy sản", field="Thủy sản", levels=["province"],
        effective_to="2026-12-31",
    ),
    {
        "kind": "regulation", "number": "31/2024/QH15", "title": "Luật Đất đai", "issuer": "Quốc hội",
        "type": "Luật", "about": "Quyền và nghĩa vụ của người sử dụng đất", "source": SOURCE,
        "effective_from": "2024-08-01",
        "articles": [{"article": "Điều 137", "heading": "Giấy tờ về đất", "summary": "Cấp sổ lần đầu."}],
    },
    {
        "kind": "announcement", "id": "nghi-le", "title": "Nghỉ lễ 30/4", "body": "Trung tâm nghỉ hai ngày.",
        "published": "2026-04-20", "expires": "2026-05-02", "source": SOURCE,
    },
]  # fmt: skip


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder(MODEL)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    write_documents(folder, DOCUMENTS)
    return folder


@pytest.fixture(scope="session")
def searcher(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Searcher:
    folder = tmp_path_factory.mktemp("knowledge")
    (folder / "documents").mkdir()
    write_documents(folder / "documents", DOCUMENTS)
    ensure_index(folder / "documents", folder / "index", MODEL, encoder=encoder, lay=folder / "no-lay")
    return Searcher.open(folder / "index", encoder)


def write_documents(folder: Path, documents: list[dict[str, Any]]) -> None:
    text = "\n".join(json.dumps(document, ensure_ascii=False) for document in documents)
    (folder / "documents.jsonl").write_text(text, encoding="utf-8")
