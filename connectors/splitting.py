"""Cuts long texts into parts that a channel takes, where a reader would pause."""

from __future__ import annotations

from collections.abc import Callable

import regex

_BORDERS = tuple(
    regex.compile(pattern) for pattern in (r"\n\s*\n", r"\n", r"""[.!?…;:]["'”’)\]]*\s+""", r"\s+")
)
"""Ends of a paragraph, line, sentence and word; the best kind that is not too early wins."""
_GRAPHEME = regex.compile(r"\X")


def utf16_length(text: str) -> int:
    """Length as Telegram counts it: characters beyond the basic plane, such as emoji, count twice."""
    return len(text) + sum(character > "\uffff" for character in text)


def split(text: str, limit: int, *, length: Callable[[str], int] = len) -> list[str]:
    """Cut a text into parts; joined they are the text again.

    Cuts at the end of a paragraph, else of a line, sentence or word, else between two graphemes. A
    grapheme is only cut if it is longer than `limit` itself.

    Args:
        limit: longest part, at least 2, measured by `length`.
        length: additive measure of a text; characters if left out.
    """
    if limit < 2:
        raise ValueError("a part needs room for a character")
    parts = []
    start = 0
    while start < len(text):
        end = _end_of_part(text, start, limit, length)
        parts.append(text[start:end])
        start = end
    return parts


def _end_of_part(text: str, start: int, limit: int, length: Callable[[str], int]) -> int:
    ends = _ends_that_fit(text, start, limit, length)
    if not ends:
        return _end_within_grapheme(text, start, limit, length)
    last = ends[-1]
    if last == len(text):
        return last
    allowed = set(ends)
    earliest = start + (last - start) // 3
    for border in _BORDERS:
        found: list[int] = [match.end() for match in border.finditer(text, start, last)]
        good = [end for end in found if end in allowed and end > earliest]
        if good:
            return good[-1]
    return last


def _ends_that_fit(text: str, start: int, limit: int, length: Callable[[str], int]) -> list[int]:
    """Ends of the graphemes from `start` on, as long as the text up to there fits."""
    ends = []
    room = limit
    for grapheme in _GRAPHEME.finditer(text, start):
        room -= length(grapheme[0])
        if room < 0:
            break
        ends.append(grapheme.end())
    return ends


def _end_within_grapheme(text: str, start: int, limit: int, length: Callable[[str], int]) -> int:
    end = start + 1
    while end < len(text) and length(text[start : end + 1]) <= limit:
        end += 1
    return end
