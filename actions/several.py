"""Several matters in one message: "khai sinh với kết hôn cần giấy gì"."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from functools import cache

from actions.memory import is_named
from actions.question import content_words, patterns, without_asides, without_cues, without_fields
from actions.turn import Services, Turn
from knowledge_base.schema import Procedure

SURE = 0.9
"""Score from which a part of a message names its procedure."""
CLEAR = 0.5
"""Share of the best score that leaves no doubt about the best."""
_FEWEST = 2
"""Words of a matter: "khai sinh"; a single one ("xong") is none."""
_SHORT = 5
"""Words of a matter that is only named."""
MOST = 3
"""Matters answered in one message."""


def parts_of(turn: Turn, services: Services) -> list[tuple[Procedure, Turn]]:
    """The procedures that a message names one after another, each with what is asked of it.

    A part without a question of its own asks what the others ask. Empty when the message is about one
    matter only, or when one procedure covers all that is named.
    """
    return _parts(turn, _joined(turn), services) or _parts(turn, _asked_apart(turn), services)


def _joined(turn: Turn) -> list[Turn]:
    """Short matters with "và", "với" between them; longer pieces tell a story of one matter."""
    pieces = _pieces(turn, "joints")
    return pieces if all(len(_words(piece)) <= _SHORT for piece in pieces) else []


def _asked_apart(turn: Turn) -> list[Turn]:
    """Pieces between any signs, when each asks something of its own."""
    pieces = _pieces(turn, "borders")
    return pieces if all(piece.field_entities for piece in pieces) else []


def _parts(turn: Turn, pieces: list[Turn], services: Services) -> list[tuple[Procedure, Turn]]:
    if not 2 <= len(pieces) <= MOST:
        return []
    named = [(_named(piece, services), piece) for piece in pieces]
    found = {procedure.code: (procedure, piece) for procedure, piece in named if procedure is not None}
    if len(found) < len(pieces):
        return []
    whole = services.searcher.search(turn.text, as_of=turn.as_of, limit=1)
    words = [word for piece in pieces for word in _words(piece)]
    best = whole[0] if whole and whole[0].score >= SURE else None
    if best is not None and (best.id not in found or is_named(best.id, words, services)):
        return []
    if _covered(turn, found, services):
        return []
    shared = turn.field_entities
    return [
        (procedure, piece if piece.field_entities else replace(piece, entities=tuple(shared)))
        for procedure, piece in found.values()
    ]


def _covered(turn: Turn, found: Collection[str], services: Services) -> bool:
    """Whether one other procedure stands for all that is named, clearly before those found apart."""
    bare = without_cues(without_fields(without_asides(turn.text), turn.field_entities))
    hits = services.searcher.search(bare, as_of=turn.as_of, limit=5)
    best = next(iter(hits), None)
    if best is None or best.score < SURE or best.id in found:
        return False
    return all(hit.score < CLEAR * best.score for hit in hits if hit.id in found)


def _words(piece: Turn) -> list[str]:
    return content_words(without_asides(piece.text), piece.field_entities)


def _pieces(turn: Turn, cuts: str) -> list[Turn]:
    """The message cut at words or signs, each piece that names something with the fields that stand in it."""
    borders = [0]
    for joint in _joints(cuts).finditer(turn.text.lower()):
        borders += [joint.start(), joint.end()]
    borders.append(len(turn.text))
    pieces = []
    for start, end in zip(borders[::2], borders[1::2], strict=True):
        inside = [
            entity | {"start": entity["start"] - start, "end": entity["end"] - start}
            for entity in turn.field_entities
            if start <= entity.get("start", -1) < end
        ]
        pieces.append(replace(turn, text=turn.text[start:end], entities=tuple(inside)))
    return [piece for piece in pieces if len(_words(piece)) >= _FEWEST]


def _named(piece: Turn, services: Services) -> Procedure | None:
    bare = " ".join(_words(piece))
    for text in (without_asides(piece.text), bare):
        hits = services.searcher.search(text, as_of=piece.as_of, limit=1, kinds=["procedure"])
        document = services.library.get(hits[0].id) if hits and hits[0].score >= SURE else None
        if isinstance(document, Procedure):
            return document
    return None


@cache
def _joints(name: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns(name)))
