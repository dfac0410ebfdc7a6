"""Things that follow a pattern: codes, numbers of regulations, days, money, telephones, persons."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from nlu.quantities import amounts, dates
from nlu.text import read

_CASE_CODE = re.compile(r"(?<!\w)PA[\s-]?([0-9A-Z]{4})[\s-]?([0-9A-Z]{4})(?!\w)", re.IGNORECASE)
_PROCEDURE_CODE = re.compile(r"(?<![\w.])(?:\d|X)\.\d{6}(?![\w.])", re.IGNORECASE)
_REGULATION = re.compile(
    r"(?<![\w/])\d{1,4}(?:/\d{4})?/(?:QH\d{1,2}|UBTVQH\d{1,2}|(?:NĐ|ND|NQ|QĐ|QD|TT|TTLT|CT|PL|L|VBHN|HD)"
    r"(?:-[A-ZĐ]{2,}\d*)*)(?![\w/])"
    r"|(?<![\w/])\d{1,4}/(?:19|20)\d{2}(?![\w/])",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.])(?:\+?84|0)(?:[ .-]?\d){9,10}(?!\w)")
_PERSONS = {
    value: re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")
    for value, pattern in yaml.safe_load(
        (Path(__file__).parent / "data" / "persons.yaml").read_text("utf-8")
    ).items()
}


def _written(text: str) -> list[tuple[str, str, int, int]]:
    """Entity, value, start, end of what is recognised by its letters and digits alone."""
    found = []
    for match in _CASE_CODE.finditer(text):
        sure = any(c.isdigit() for c in match[1] + match[2]) or match[0].isupper() or match[0].count("-") == 2
        if sure:
            found.append(("case_code", f"PA-{match[1]}-{match[2]}".upper(), *match.span()))
    found += [("procedure_code", m[0].upper(), *m.span()) for m in _PROCEDURE_CODE.finditer(text)]
    for match in _REGULATION.finditer(text):
        number = re.sub(r"/(ND|QD)(?=-|$)", lambda m: f"/{m[1][0]}Đ", match[0].upper())
        found.append(("regulation_number", number, *match.span()))
    found += [("phone", re.sub(r"\D", "", m[0]), *m.span()) for m in _PHONE.finditer(text)]
    return found


def pattern_names(text: str) -> set[str]:
    """Names of the written patterns that occur in a text."""
    return {entity for entity, _, _, _ in _written(text)}


def find_patterns(text: str, today: date) -> list[tuple[str, Any, int, int]]:
    """Entity, value, start and end of every pattern; days as ISO text, money as đồng."""
    found: list[tuple[str, Any, int, int]] = list(_written(text))
    taken = [(start, end) for _, _, start, end in found]

    def free(start: int, end: int) -> bool:
        return all(end <= other or other_end <= start for other, other_end in taken)

    found += [
        ("date", d.value.isoformat(), d.start, d.end) for d in dates(text, today) if free(d.start, d.end)
    ]
    found += [("money", a.value, a.start, a.end) for a in amounts(text) if free(a.start, a.end)]
    reading = read(text)
    for value, pattern in _PERSONS.items():
        found += [("person", value, *reading.span(*m.span())) for m in pattern.finditer(reading.folded)]
    return sorted(found, key=lambda entity: entity[2])
