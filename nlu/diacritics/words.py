"""How a text is cut for the model: words, what stays as it is, and where a clause ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlu.text import place_tone

_PIECE = re.compile(
    r"(?P<kept>(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org)(?!\w)"
    r"|\w*\d(?:[\w./-]*\w)?[\u0300-\u036f]*)"
    r"|(?P<word>(?:[^\W\d_][\u0300-\u036f]*)+)"
    r"|(?P<end>[.!?;:()\n…])"
)
BOUNDARY, NUMBER, UNKNOWN = "<s>", "<n>", "<u>"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, or a number, address or code that stays as it is (`kept`)."""

    start: int
    end: int
    text: str
    kept: bool

    @property
    def plain(self) -> bool:
        """Whether the word may lack its diacritics: two or more ASCII letters, or a single vowel."""
        return not self.kept and self.text.isascii() and (len(self.text) > 1 or self.text in "aeiouyAEIOUY")

    @property
    def known_as(self) -> str:
        """The word as the model spells it: lower case, tone in its place; a mark for what stays."""
        return NUMBER if self.kept else place_tone(self.text.lower())


def clauses(text: str) -> Iterator[list[Word]]:
    """The words of a text, clause by clause; a comma ends none."""
    clause: list[Word] = []
    for piece in _PIECE.finditer(text):
        if piece["end"]:
            if clause:
                yield clause
            clause = []
        else:
            clause.append(Word(piece.start(), piece.end(), piece[0], piece["kept"] is not None))
    if clause:
        yield clause
