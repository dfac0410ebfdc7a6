"""Text out of real files: made here with the libraries that offices' programs resemble."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pypdf
import pytest
from fpdf import FPDF

from knowledge_base.documents import reason
from knowledge_base.extraction import Unreadable, extract

FONT = Path(__file__).parents[2] / "staff" / "fonts" / "BeVietnamPro-Regular.ttf"
LINES = ("Thông báo cúp điện", "Cúp điện từ 8 giờ đến 11 giờ tại phường Rạch Giá.", "Bà con tắt máy bơm.")


def pdf(*lines: str) -> bytes:
    paper = FPDF()
    paper.add_page()
    paper.add_font("Vietnamese", "", FONT)
    paper.set_font("Vietnamese", size=12)
    for line in lines:
        paper.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(paper.output())


def word(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Khu phố", "8 giờ"
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def test_a_pdf_gives_its_title_and_lines() -> None:
    found = extract("cup-dien.pdf", pdf(*LINES))
    assert found.title == LINES[0]
    assert found.text.splitlines() == list(LINES[1:])


def test_lines_that_print_broke_are_joined() -> None:
    found = extract("x.PDF", pdf("Thông báo", "Cúp điện từ 8 giờ", "đến 11 giờ."))
    assert found.text == "Cúp điện từ 8 giờ đến 11 giờ."


def test_a_word_file_gives_paragraphs_and_tables() -> None:
    found = extract("a.docx", word(*LINES))
    assert found.title == LINES[0]
    assert found.text.splitlines() == [*LINES[1:], "Khu phố | 8 giờ"]


def test_a_web_page_gives_what_stands_in_its_main_part() -> None:
    page = (
        "<html><head><title>Cổng</title></head><body><nav><p>Trang chủ</p></nav>"
        f"<main><h1>{LINES[0]}</h1><p>{LINES[1]}</p><script>x()</script></main></body></html>"
    )
    found = extract("trang.html", page.encode())
    assert (found.title, found.text) == (LINES[0], LINES[1])


def test_decomposed_letters_are_composed() -> None:
    assert extract("a.txt", "Tie\u0302\u0301ng Vie\u0323\u0302t".encode()).title == "Tiếng Việt"


def locked() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("x")))
    writer.encrypt("mật khẩu", algorithm="RC4-128")
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("a.exe", b"MZ", "file_kind"),
        ("a.pdf", b"no pdf", "file_broken"),
        ("a.docx", b"no zip", "file_broken"),
        ("a.pdf", pdf(), "file_without_text"),
        ("a.pdf", locked(), "file_locked"),
    ],
)
def test_files_without_text_are_refused_with_a_reason(name: str, content: bytes, key: str) -> None:
    with pytest.raises(Unreadable, match=key):
        extract(name, content)
    assert reason(key)
