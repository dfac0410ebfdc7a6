"""What slips people make when they type a word, and how unlikely each is: the channel of `nlu.spelling`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from nlu.text import fold

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_EITHER_TONE = {"\u0303", "\u0309"}
"""Hỏi and ngã, which the south speaks alike."""
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ONSETS = (
    ("s", "x"), ("ch", "tr"), ("l", "n"), ("v", "d"), ("gi", "d"), ("gi", "v"), ("r", "g"), ("c", "k"),
    ("qu", "w"), ("qu", "q"), ("ng", "n"), ("ngh", "ng"), ("gh", "g"), ("ph", "f"), ("kh", "h"), ("d", "z"),
    ("gi", "z"), ("gi", "j"), ("gi", "g"), ("kh", "k"), ("nh", "d"), ("c", "q"), ("th", "t"),
)  # fmt: skip
_CODAS = (
    ("n", "ng"),
    ("t", "c"),
    ("y", "i"),
    ("nh", "n"),
    ("ch", "t"),
    ("ch", "c"),
    ("ng", "g"),
    ("nh", "h"),
)

MARK_ADDED = 4.0
"""Nats of a mark that differs, in a word that is typed with marks."""
TONE_TURNED = 4.0
ALIKE_TONE = 2.5
PLAIN_D = 3.0
BY_EAR = 5.5
DOUBLED = 3.5
SWAPPED = 4.5
BESIDE = 6.0
MISSING = 5.0
EXTRA = 7.0
CHANGED = 9.0


def _keys_beside() -> frozenset[str]:
    pairs = set()
    for number, row in enumerate(_ROWS):
        for at, key in enumerate(row):
            others = row[at + 1 : at + 2]
            if number + 1 < len(_ROWS):
                others += _ROWS[number + 1][max(0, at - 1) : at + 1]
            for other in others:
                pairs |= {key + other, other + key}
    return frozenset(pairs)


def _both_ways(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    alike: dict[str, list[str]] = {}
    for first, second in pairs:
        alike.setdefault(first, []).append(second)
        alike.setdefault(second, []).append(first)
    return alike


_BESIDE = _keys_beside()
_ONSETS_ALIKE, _CODAS_ALIKE = _both_ways(_ONSETS), _both_ways(_CODAS)


def by_ear(plain: str) -> Iterator[str]:
    """Folded words that sound like this one somewhere in the country, or are spelled for the same sound."""
    for length in range(1, min(4, len(plain))):
        for onset in _ONSETS_ALIKE.get(plain[:length], ()):
            yield onset + plain[length:]
        for coda in _CODAS_ALIKE.get(plain[-length:], ()):
            yield plain[:-length] + coda


def slip_cost(typed: str, meant: str) -> float | None:
    """Nats of one slip of the keys between two folded words; None when more than one lies between."""
    if typed == meant:
        return 0.0
    shortest = min(len(typed), len(meant))
    start = next((i for i in range(shortest) if typed[i] != meant[i]), shortest)
    first, second = typed[start:], meant[start:]
    if first[:2] == second[1::-1] and len(second) > 1 and first[2:] == second[2:]:
        return SWAPPED
    if first[1:] == second:
        near = typed[max(0, start - 1) : start + 2].replace(first[0], "", 1)
        if first[0] in near:
            return DOUBLED
        return BESIDE if any(first[0] + key in _BESIDE for key in near) else EXTRA
    if first == second[1:]:
        return MISSING
    if first[1:] == second[1:]:
        return BESIDE if first[0] + second[0] in _BESIDE else CHANGED
    return None


def mark_cost(typed: str, meant: str) -> float:
    """Nats of the marks in which two words differ, the first typed with marks."""
    here, there = unicodedata.normalize("NFD", typed), unicodedata.normalize("NFD", meant)
    cost = PLAIN_D if ("đ" in here) != ("đ" in there) else 0.0
    tones = {c for c in here if c in _TONES}, {c for c in there if c in _TONES}
    if tones[0] != tones[1]:
        if tones[0] | tones[1] == _EITHER_TONE:
            cost += ALIKE_TONE
        else:
            cost += MARK_ADDED if not (tones[0] and tones[1]) else TONE_TURNED
    shapes = [
        sorted(c for c in word if unicodedata.combining(c) and c not in _TONES) for word in (here, there)
    ]
    return cost + (MARK_ADDED if shapes[0] != shapes[1] else 0.0)


def without_one(word: str) -> set[str]:
    """The word, and the word without each of its letters: words one slip apart share one of them."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def cost(typed: str, meant: str, plain: str, *, alike: bool) -> float | None:
    """Nats of the slip from a typed word to a meant one; None when it takes more than one.

    Args:
        typed: in lower case, with or without marks.
        meant: in lower case.
        plain: `meant`, folded.
        alike: whether the two sound alike (`by_ear`).
    """
    slip = slip_cost(fold(typed), plain)
    if alike:
        slip = BY_EAR if slip is None else min(slip, BY_EAR)
    if slip is None:
        return None
    return slip + (0.0 if typed.isascii() else mark_cost(typed, meant))
