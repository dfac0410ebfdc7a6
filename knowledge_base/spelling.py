"""Repairs slips of the keys in a question with the words that the index knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from nlu.text import WORD, fold

_SHORTEST = 3
"""Letters; a slip in a shorter word leaves too many words to choose from."""
_BESIDE = 2.0
"""How much a pair with a neighbour counts against the word alone."""


class Speller:
    """Puts the likeliest known word in the place of a word that no document holds.

    Known words are at most one slip away: a letter left out, put in, changed, or two turned round. What
    stands beside decides among them.
    """

    def __init__(self, words: Iterable[str], commonness: Callable[[str], float]) -> None:
        """`words`: folded syllables; `commonness`: of a syllable or a pair of them, 0 if never seen."""
        self._commonness = commonness
        self._known = frozenset(words)
        self._near: dict[str, list[str]] = {}
        for word in sorted(self._known):
            if word.isascii() and word.isalpha():
                for bare in {word, *_without_one(word)}:
                    self._near.setdefault(bare, []).append(word)

    def repair(self, text: str) -> str:
        """The text with unknown words replaced where a known one is near; otherwise as it is."""
        matches = list(WORD.finditer(text))
        words = ["", *(fold(match[0]) for match in matches), ""]
        pieces, position = [], 0
        for place, match in enumerate(matches, start=1):
            meant = self._meant(*words[place - 1 : place + 2])
            if meant is not None:
                words[place] = meant
                pieces += [text[position : match.start()], meant]
                position = match.end()
        return "".join([*pieces, text[position:]])

    def _meant(self, before: str, word: str, after: str) -> str | None:
        """The known word that an unknown one stands for; None if it is known or nothing speaks for one."""
        if word in self._known or len(word) < _SHORTEST or not word.isalpha():
            return None
        near = self._candidates(word)
        beside = {c: self._beside(before, c, after) for c in near}
        best = max(near, key=lambda c: self._commonness(c) + _BESIDE * beside[c], default=None)
        return best if best is not None and (beside[best] or len(near) == 1) else None

    def _beside(self, before: str, word: str, after: str) -> float:
        """How common the pairs with the neighbours are."""
        return sum(self._commonness(f"{a} {b}") for a, b in pairwise([before, word, after]) if a and b)

    def _candidates(self, word: str) -> list[str]:
        near = dict.fromkeys(c for bare in [word, *_without_one(word)] for c in self._near.get(bare, ()))
        return [candidate for candidate in near if _one_slip(word, candidate)]


def _without_one(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter was left out, put in or changed, or two neighbours turned round."""
    longest = max(len(typed), len(meant))
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), longest)
    first, second = typed[start:], meant[start:]
    return (
        first[1:] == second
        or first == second[1:]
        or first[1:] == second[1:]
        or (first[:2] == second[1::-1] and first[2:] == second[2:])
    )
