"""Feedback as a table to take away: CSV or XLSX, personal data hidden unless it is asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from openpyxl import Workbook

from conversations.history import clean_text
from conversations.models import Case
from conversations.privacy import redact
from staff.words import label, label_of, labels

COLUMNS = (
    "code", "created", "status", "category", "unit", "content", "place", "happened", "contact",
    "officer", "due", "answer", "outcome", "closed",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Clock = Callable[[datetime], str]
"""Writes a time for people."""


def table(cases: Iterable[Case], clock: Clock, *, full: bool) -> list[list[str]]:
    """A head line and a line a case; with `full` the words and contacts of citizens as they are."""
    hide: Callable[[str], str] = (lambda text: text) if full else redact
    hidden = label("export", "hidden")
    rows = [[labels()["export"][column] for column in COLUMNS]]
    for case in cases:
        contact = (case.contact or "") if full else (hidden if case.contact else "")
        rows.append(
            [
                case.code,
                clock(case.created_at),
                label("case_status", case.status),
                label("category", case.category),
                case.unit.name if case.unit else "",
                hide(case.content),
                hide(case.place or ""),
                hide(case.happened or ""),
                contact,
                case.officer.full_name if case.officer else "",
                clock(case.due_at) if case.due_at else "",
                hide(case.public_answer or ""),
                label_of(case.outcome, "outcome", "ending") if case.outcome else "",
                clock(case.closed_at) if case.closed_at else "",
            ]
        )
    return [[_harmless(cell) for cell in row] for row in rows]


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """CSV that spreadsheets take for UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of one sheet whose head line stays in view."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(label("export", "sheet"))
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _harmless(cell: str) -> str:
    """Without what a spreadsheet would run as a formula or cannot hold."""
    cell = clean_text(cell)
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
