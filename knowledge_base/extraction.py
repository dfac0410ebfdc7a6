"""Takes the text out of an office's files, as the start of a draft: PDF, DOCX, HTML, plain text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from unicodedata import normalize

import docx
import pypdf
from docx.table import Table
from docx.text.paragraph import Paragraph
from pypdf.errors import PyPdfError
from selectolax.lexbor import LexborHTMLParser

MAX_PAGES = 200
MAX_UNPACKED = 100 * 1024 * 1024
"""Bytes that a DOCX may unpack to."""
MAX_TITLE = 300
_NOT_TEXT = "script, style, noscript, nav, header, footer, form, svg, iframe, button"
_BLOCKS = "p, li, h1, h2, h3, h4, h5, h6, tr, dt, dd, blockquote, pre"


class Unreadable(ValueError):
    """No text can be taken out; the message is a key of `texts.yaml`."""


@dataclass(frozen=True)
class Extracted:
    """The text of a file: its title and paragraphs, one a line."""

    title: str
    text: str


def extract(name: str, content: bytes) -> Extracted:
    """Take the text out of a file.

    Args:
        name: the file's name; its ending says what it is.
        content: the whole file.

    Raises:
        Unreadable: an unknown kind, a broken file, or one without text (a scan).
    """
    reader = _READERS.get(PurePath(name).suffix.lower())
    if reader is None:
        raise Unreadable("file_kind")
    try:
        title, lines = reader(content)
    except Unreadable:
        raise
    except (PyPdfError, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise Unreadable("file_broken") from error
    lines = [line for line in (" ".join(normalize("NFC", line).split()) for line in lines) if line]
    title = " ".join(normalize("NFC", title).split()) or (lines[0] if lines else "")
    if lines and lines[0] == title:
        lines = lines[1:]
    if not lines and not title:
        raise Unreadable("file_without_text")
    return Extracted(title[:MAX_TITLE], "\n".join(lines))


def _pdf(content: bytes) -> tuple[str, list[str]]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise Unreadable("file_locked")
    pages = [page.extract_text() for page in reader.pages[:MAX_PAGES]]
    return "", _joined(line for page in pages for line in page.splitlines())


def _joined(lines: Iterator[str]) -> list[str]:
    """Lines of print put together again: a line that goes on in small letters belongs to the one before."""
    paragraphs: list[str] = []
    for line in (line.strip() for line in lines):
        goes_on = bool(paragraphs) and line[:1].islower() and not paragraphs[-1].endswith((".", ":", ";"))
        if goes_on:
            paragraphs[-1] += f" {line}"
        elif line:
            paragraphs.append(line)
    return paragraphs


def _docx(content: bytes) -> tuple[str, list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
            raise Unreadable("file_broken")
    document = docx.Document(io.BytesIO(content))
    return document.core_properties.title or "", list(_parts(document.iter_inner_content()))


def _parts(parts: Iterator[Paragraph | Table]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Paragraph):
            yield part.text
        else:
            for row in part.rows:
                yield " | ".join(dict.fromkeys(cell.text.strip() for cell in row.cells if cell.text.strip()))


def _html(content: bytes) -> tuple[str, list[str]]:
    tree = LexborHTMLParser(content.decode("utf-8", errors="replace"))
    heading = tree.css_first("h1") or tree.css_first("title")
    title = heading.text() if heading else ""
    for node in tree.css(_NOT_TEXT):
        node.decompose()
    body = tree.css_first("main") or tree.css_first("article") or tree.body
    if body is None:
        return title, []
    blocks = [node.text(separator=" ") for node in body.css(_BLOCKS)]
    return title, blocks or body.text(separator="\n").splitlines()


def _text(content: bytes) -> tuple[str, list[str]]:
    return "", content.decode("utf-8-sig", errors="replace").splitlines()


_READERS: dict[str, Callable[[bytes], tuple[str, list[str]]]] = {
    ".pdf": _pdf,
    ".docx": _docx,
    ".html": _html,
    ".htm": _html,
    ".txt": _text,
}
