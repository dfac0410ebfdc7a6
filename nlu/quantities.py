"""Amounts of money and days, as people say them: "2tr5", "ba trăm ngàn", "mùng 5 tháng sau".

Both work without diacritics and give the place of each mention in the text as typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from nlu.text import read


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money."""

    value: int
    """Đồng."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar."""

    value: date
    start: int
    end: int


def amounts(text: str) -> list[Amount]:
    """Sums of money in order of mention: digits with a unit ("100k", "50.000đ") or in words."""
    reading = read(text)
    found = []
    for match in _MONEY.finditer(reading.folded):
        value = _money(match)
        if value:
            found.append(Amount(value, *reading.span(*match.span())))
    return found


def dates(text: str, today: date) -> list[Day]:
    """Days in order of mention. Days without a year are the next such day from `today` on."""
    reading = read(text)
    found: list[Day] = []
    taken = [False] * len(reading.folded)
    for pattern, meaning in _DAYS:
        for match in pattern.finditer(reading.folded):
            start, end = match.span()
            value = None if any(taken[start:end]) else _safely(meaning, match, today)
            if value is not None:
                taken[start:end] = [True] * (end - start)
                found.append(Day(value, *reading.span(start, end)))
    return sorted(found, key=lambda day: day.start)


_DIGIT_WORDS = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "nham": 5,
    "sau": 6, "bay": 7, "tam": 8, "chin": 9,
}  # fmt: skip
_SCALES = {
    "k": 10**3, "nghin": 10**3, "ngan": 10**3, "ng": 10**3, "tr": 10**6, "trieu": 10**6, "cu": 10**6,
    "ty": 10**9, "ti": 10**9,
}  # fmt: skip
_NUMBER_WORD = "|".join([*_DIGIT_WORDS, "muoi", "chuc", "tram", "linh", "le"])
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_MONEY = re.compile(
    rf"(?<![\w./-])(?:(?P<number>\d[\d.,]*)|(?P<words>(?:(?:{_NUMBER_WORD})\s)+))"
    rf"\s?(?:(?P<scale>{_SCALE})(?!\shang)(?:\s?(?P<rest>\d{{1,3}})(?:\s?(?P<rest_scale>k|nghin|ngan))?"
    rf"|\s(?P<half>ruoi))?(?:\s?(?:dong|d|vnd))?|(?:dong|d|vnd))(?!\w)"
)


def _money(match: re.Match[str]) -> int | None:
    number = _digits(match["number"]) if match["number"] else _words(match["words"].split())
    if number is None:
        return None
    scale = _SCALES.get(match["scale"] or "", 1)
    value = number * scale
    if match["half"]:
        value += scale / 2
    if match["rest"]:
        unit = 1000 if match["rest_scale"] else scale / 10 ** len(match["rest"])
        value += int(match["rest"]) * unit
    return round(value)


def _digits(text: str) -> float | None:
    """ "50.000" is fifty thousand, "1,5" one and a half."""
    text = text.rstrip(".,")
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", text):
        return float(re.sub(r"[.,]", "", text))
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _words(words: list[str]) -> float | None:
    """Value below a thousand of number words, None when they make no number."""
    total = last = 0
    for word in words:
        if word in _DIGIT_WORDS:
            last = _DIGIT_WORDS[word]
            total += last
        elif word == "muoi" and not last:
            total += 10
        elif word in ("muoi", "chuc", "tram"):
            total += last * ((100 if word == "tram" else 10) - 1)
            last = 0
    return float(total) if total else None


def _safely(meaning: Callable[[re.Match[str], date], date], match: re.Match[str], today: date) -> date | None:
    try:
        return meaning(match, today)
    except (ValueError, OverflowError):
        return None


def _full(match: re.Match[str], today: date) -> date:
    day, month, year = int(match[1]), int(match[2]), match[3]
    if not year:
        return _coming(day, month, today)
    return date(int(year) + (2000 if len(year) == 2 else 0), month, day)


def _coming(day: int, month: int, today: date) -> date:
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


def _day_of_month(match: re.Match[str], today: date) -> date:
    day, where = int(match[1]), match[2] or ""
    ahead = {"sau": 1, "toi": 1, "truoc": -1, "nay": 0}.get(where.split()[-1] if where else "")
    if ahead is None:
        ahead = 0 if day >= today.day else 1
    months = today.year * 12 + today.month - 1 + ahead
    return date(months // 12, months % 12 + 1, day)


def _offset(days: int) -> Callable[[re.Match[str], date], date]:
    return lambda _match, today: today + timedelta(days=days)


def _away(match: re.Match[str], today: date) -> date:
    days = int(match[1]) * {"ngay": 1, "bua": 1, "hom": 1, "tuan": 7}[match[2]]
    return today + timedelta(days=-days if match[3] == "truoc" else days)


def _weekday(match: re.Match[str], today: date) -> date:
    weekday = {"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5}.get(match[1] or "")
    if weekday is None:
        weekday = int(match[1]) - 2 if match[1] else 6
    monday = today - timedelta(days=today.weekday())
    which = match[2] or ""
    if which in ("tuan sau", "tuan toi"):
        return monday + timedelta(days=7 + weekday)
    if which == "tuan truoc":
        return monday + timedelta(days=weekday - 7)
    if which == "tuan nay":
        return monday + timedelta(days=weekday)
    return today + timedelta(days=(weekday - today.weekday()) % 7)


_MONTH = "thang (?:sau|toi|nay|truoc)"
_DAYS: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], date]]] = [
    (re.compile(rf"(?<![\w./-]){pattern}(?![\w/])(?![.-]\w)"), meaning)
    for pattern, meaning in [
        (r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})", _full),
        (r"(?:ngay |mung |mong )?(\d{1,2}) thang (\d{1,2})(?: nam (\d{4}))?", _full),
        (r"(?:ngay |mung |mong )?(\d{1,2})[/-](\d{1,2})()", _full),
        (rf"(?:ngay |mung |mong )(\d{{1,2}})(?: ({_MONTH}))?(?! (?:ngay|tuoi|nam))", _day_of_month),
        (rf"(\d{{1,2}}) ({_MONTH})", _day_of_month),
        (r"(\d{1,3}) (ngay|bua|hom|tuan) (nua|truoc)", _away),
        (r"thu (hai|ba|tu|nam|sau|bay|[2-7])(?: (tuan (?:sau|toi|nay|truoc)))?", _weekday),
        (r"chu nhat()(?: (tuan (?:sau|toi|nay|truoc)))?", _weekday),
        (r"(?:hom|bua|ngay) nay", _offset(0)),
        (r"(?:hom|bua|ngay) qua", _offset(-1)),
        (r"(?:hom|bua) (?:kia|truoc do)", _offset(-2)),
        (r"(?:ngay|sang|trua|chieu|toi) mai", _offset(1)),
        (r"(?:ngay|bua) (?:mot|kia)", _offset(2)),
    ]
]
