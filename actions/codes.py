"""Numbers that citizens quote: a feedback's code with a slip in it, and the portal's number of a dossier."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_DOSSIER = re.compile(
    r"(?<![\w.])(?:\d{3}\.\d{2}\.\d{2,3}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,4}-\d{6}-\d{3,6}(?![\w-])",
    re.IGNORECASE,
)
"""E.g. `H01.12-250701-0005` or `000.00.16.H01-240101-0001`: office, day of receipt, number of the day."""
_CODE = re.compile(r"(?<!\w)(PA|HT)[\s-]?([0-9A-Z]{2,6}(?:[\s-]?[0-9A-Z]{2,6})?)(?!\w)", re.IGNORECASE)
LENGTH = 8
"""Characters of a code after its prefix."""
_SHORTEST = 6
_NEAR = 0.85
"""Likeness above which a code of the person's own is taken for the one that was meant."""


def dossier_number(text: str) -> str | None:
    """The number of a dossier at a public office that a text quotes."""
    found = _DOSSIER.search(text)
    return found[0].upper() if found else None


def quoted_code(text: str) -> str | None:
    """What a text quotes as a tracking code, right or not: a prefix and 6 to 12 characters.

    One code in thirty has no digit: it is told from words by its two dashes.
    """
    for found in _CODE.finditer(text):
        characters = re.sub(r"[\s-]", "", found[2]).upper()
        is_code = found[0].count("-") == 2 or any(character.isdigit() for character in characters)
        if len(characters) >= _SHORTEST and is_code:
            return f"{found[1].upper()}-{characters[:4]}-{characters[4:]}".rstrip("-")
    return None


def length_of(code: str) -> int:
    """Characters after the prefix."""
    return len(code.replace("-", "")) - 2


def nearest(code: str, own: Iterable[str]) -> str | None:
    """The one among the person's own codes that differs by a slip."""
    return next(iter(difflib.get_close_matches(code, list(own), n=1, cutoff=_NEAR)), None)
