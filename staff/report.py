"""The month on paper: the figures of the console as a PDF of two pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from fpdf import FPDF
from sqlalchemy.orm import Session

from conversations.tally import Measure
from staff import charts, statistics
from staff.statistics import SMALLEST, Figure, Span
from staff.words import label

_FONTS = Path(__file__).parent / "fonts"
_FAMILY = "BeVietnamPro"
_INK, _QUIET, _BAR, _SHADE = (29, 45, 51), (81, 100, 107), (11, 90, 107), (236, 236, 230)
_MARGIN = 18.0
_ROWS = 10


class _Paper(FPDF):
    """A4 with our fonts; lengths in millimetres."""

    def __init__(self) -> None:
        super().__init__(format="A4")
        self.add_font(_FAMILY, "", _FONTS / "BeVietnamPro-Regular.ttf")
        self.add_font(_FAMILY, "B", _FONTS / "BeVietnamPro-SemiBold.ttf")
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(True, _MARGIN)

    def footer(self) -> None:
        """The number of the page."""
        self.set_y(-14)
        self.write_line(label("report", "page", number=self.page_no()), 8, quiet=True)

    def write_line(self, text: str, size: float, *, bold: bool = False, quiet: bool = False) -> None:
        """Text over the whole width."""
        self.set_font(_FAMILY, "B" if bold else "", size)
        self.set_text_color(*(_QUIET if quiet else _INK))
        self.multi_cell(0, size * 0.55, text, new_x="LMARGIN", new_y="NEXT")


def monthly(session: Session, span: Span, title_of: Callable[[str], str | None]) -> bytes:
    """The report of a span of days (a month).

    Args:
        title_of: the short name of a procedure code, or None.
    """
    found, before = statistics.sums(session, span), statistics.sums(session, span.before)
    paper = _Paper()
    paper.set_title(label("report", "title", month=f"{span.first:%m/%Y}"))
    paper.set_lang("vi")
    paper.add_page()
    paper.write_line(label("report", "title", month=f"{span.first:%m/%Y}"), 18, bold=True)
    paper.write_line(label("report", "note", smallest=SMALLEST), 9, quiet=True)
    paper.ln(4)
    for measure in (Measure.QUESTION, Measure.PERSON, Measure.HANDOFF, Measure.FEEDBACK, Measure.CLOSED):
        _fact(paper, label("measure", measure), found[measure].total(), before[measure].total())
    votes = found[Measure.VOTE]
    helpful = statistics.share(votes["1"], votes.total())
    if helpful is not None:
        _row(paper, label("report", "helpful"), f"{round(100 * helpful)}%")
    _columns(paper, label("report", "days"), statistics.daily(session, span, Measure.QUESTION))
    _bars(paper, label("report", "statuses"), statistics.suppressed(found[Measure.STATUS]), "answer_status")
    procedures = statistics.top(found[Measure.PROCEDURE], _ROWS)
    named = [Figure(title_of(item.name) or item.name, item.count) for item in procedures]
    _bars(paper, label("report", "procedures"), named, "procedure")
    _bars(paper, label("report", "channels"), statistics.by_channel(session, span), "channel")
    _bars(paper, label("report", "reasons"), statistics.suppressed(found[Measure.HANDOFF]), "reason")
    _bars(paper, label("report", "categories"), statistics.suppressed(found[Measure.FEEDBACK]), "category")
    return bytes(paper.output())


def _fact(paper: _Paper, name: str, count: int, before: int) -> None:
    shown, past = statistics.shown(count), statistics.shown(before)
    compared = label("report", "before", count=_number(past))
    _row(paper, name, _number(shown), compared)


def _row(paper: _Paper, name: str, value: str, remark: str = "") -> None:
    paper.set_font(_FAMILY, "", 11)
    paper.set_text_color(*_INK)
    paper.cell(90, 7, name)
    paper.set_font(_FAMILY, "B", 11)
    paper.cell(30, 7, value, align="R")
    paper.set_font(_FAMILY, "", 9)
    paper.set_text_color(*_QUIET)
    paper.cell(0, 7, remark, align="R", new_x="LMARGIN", new_y="NEXT")


def _columns(paper: _Paper, title: str, figures: Sequence[Figure]) -> None:
    _heading(paper, title, 45)
    scale = paper.epw / charts.WIDTH
    top, height = paper.get_y(), 34.0
    paper.set_fill_color(*_BAR)
    for column in charts.columns(figures):
        tall = column.height * height / charts.HEIGHT
        paper.rect(_MARGIN + column.x * scale, top + height - tall, column.width * scale, tall, "F")
    paper.set_y(top + height + 1)
    first, last = (f"{name[8:]}/{name[5:7]}" for name in (figures[0].name, figures[-1].name))
    busiest = label("report", "busiest", count=_number(charts.highest(figures)))
    paper.write_line(f"{first} – {last}. {busiest}", 8, quiet=True)


def _bars(paper: _Paper, title: str, figures: Sequence[Figure], kind: str) -> None:
    _heading(paper, title, 14 + 9 * min(len(figures), 4))
    if not figures:
        paper.write_line(label("report", "nothing"), 9, quiet=True)
    for figure in figures:
        paper.set_font(_FAMILY, "", 9.5)
        paper.set_text_color(*_INK)
        paper.cell(paper.epw - 22, 5, _cut(paper, label(kind, figure.name), paper.epw - 24))
        paper.cell(22, 5, _number(figure.count), align="R", new_x="LMARGIN", new_y="NEXT")
        for color, width in ((_SHADE, 100.0), (_BAR, charts.share(figure, figures))):
            paper.set_fill_color(*color)
            paper.rect(_MARGIN, paper.get_y(), paper.epw * width / 100, 1.6, "F")
        paper.ln(3.6)


def _heading(paper: _Paper, title: str, needed: float) -> None:
    """A heading that stays with what follows it."""
    if paper.will_page_break(needed):
        paper.add_page()
    paper.ln(5)
    paper.write_line(title, 12, bold=True)
    paper.ln(1.5)


def _cut(paper: _Paper, text: str, width: float) -> str:
    if paper.get_string_width(text) <= width:
        return text
    while text and paper.get_string_width(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"


def _number(count: int | None) -> str:
    return f"< {SMALLEST}" if count is None else f"{count:,}".replace(",", ".")
