"""The matters of a talk: what was spoken of before, and which of them a message comes back to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import yaml

from actions.aspects import asked_aspect
from actions.feedback_facts import asks
from actions.papers import asked_paper, papers_called
from actions.question import content_words, without_asides, without_fields
from actions.turn import GENERAL, Services, Turn
from knowledge_base.documents import names_of
from knowledge_base.schema import ListedProcedure, Procedure
from nlu.text import fold, has_diacritics, normalise, read, syllables

KEPT = 6
"""Matters of a talk that are remembered."""
FORGET = ("procedure_code", "field", "matters", "others", "offered", "place", "guide", "awaiting")
"""Slots of a talk that is over."""
REPEAT = "guide_repeat"
"""Intent of somebody who wants to read the same again."""
_FEW = 2
"""Words beside a question that may well name nothing."""
Which = Literal["earlier", "first", "present"]


@dataclass(frozen=True)
class Matter:
    """A procedure spoken of, with the field last asked of it."""

    code: str
    field: str

    def as_slot(self) -> dict[str, str]:
        """For Rasa's tracker."""
        return {"code": self.code, "field": self.field}


def matters_of(slots: dict[str, Any]) -> list[Matter]:
    """The matters of the talk, the present one first."""
    return [Matter(**one) for one in slots.get("matters") or ()]


def remembering(slots: dict[str, Any], *new: Matter) -> dict[str, Any]:
    """What slots are to be set once these matters were spoken of, in order."""
    matters = matters_of(slots)
    for one in new:
        matters = [one, *(other for other in matters if other.code != one.code)]
    return {
        "procedure_code": matters[0].code,
        "field": matters[0].field,
        "matters": [one.as_slot() for one in matters[:KEPT]],
    }


def comes_back(text: str) -> bool:
    """Whether a message speaks of an earlier matter of the talk ("quay lại cái hồi nãy")."""
    found = _reference(text)
    return found is not None and found[0] != "present"


def meant_matter(turn: Turn, services: Services) -> Matter | None:
    """The matter of the talk that a message refers to, with the field that is asked of it now.

    "Cái trước nộp ở đâu" means the one before; "còn vụ khai sinh hồi nãy" the one so named. None when
    the message refers to nothing, or to something that was not spoken of.
    """
    found = _reference(turn.text)
    matters = matters_of(turn.slots)
    if turn.intent == REPEAT and matters and not turn.asks:
        return matters[0]
    if found is None or not matters:
        return None
    which, rest = found
    named = content_words(rest, turn.field_entities)
    candidates = [matter for matter in matters if is_named(matter.code, named, services)]
    if not candidates:
        return None
    at = 0
    if not named:
        at = {"earlier": 1, "first": -1, "present": 0}[which]
    matter = candidates[at] if at < len(candidates) else candidates[0]
    if _asks_the_same(turn):
        return Matter(matter.code, str(turn.slots.get("field") or GENERAL))
    return Matter(matter.code, turn.fields[0]) if turn.fields != [GENERAL] else matter


def _asks_the_same(turn: Turn) -> bool:
    """Whether the field asked before is asked again: "cái trước thì sao" asks for no steps."""
    ends_so = any(pattern.search(read(turn.text).folded) for pattern in _patterns()["same"])
    return ends_so and turn.fields in ([GENERAL], ["steps"])


def _reference(text: str) -> tuple[Which, str] | None:
    """The kind of reference in a text, and the text with blanks in its place; None when there is none."""
    reading = read(text)
    kinds = _patterns()
    if any(pattern.search(reading.folded) for pattern in kinds["never"]):
        return None
    for which in ("first", "earlier", "present"):
        for pattern in kinds[which]:
            found = pattern.search(reading.folded)
            if found:
                start, end = reading.span(*found.span())
                return which, f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return None


def is_named(code: str, words: Iterable[str], services: Services) -> bool:
    """Whether all these folded words stand in the names of a procedure."""
    document = services.library.get(code)
    if not isinstance(document, Procedure):
        return False
    names = set(syllables(fold(normalise(" ".join(names_of(document))))))
    return all(word in names for word in words)


def stays_with(
    remembered: Procedure | ListedProcedure, turn: Turn, told: Sequence[dict[str, Any]], services: Services
) -> bool:
    """Whether a message of a talk names no other matter than the one before, or one of its papers.

    One word left beside a question ("mấy ngày xong") names none, nor does the place where somebody lives.
    Without diacritics "so do" is "sổ đỏ", or nothing but function words ("… số đó").

    Args:
        told: entities whose words say what is asked, and for whom.
    """
    if turn.values("procedure"):
        return False
    paper = asked_paper(turn.text)
    if paper and isinstance(remembered, Procedure) and papers_called(remembered, paper):
        return True
    words = _words_left(turn, told)
    if not words:
        return has_diacritics(turn.text) or not names_something(turn, services)
    return _asks(turn) and len(words) == 1 and not services.library.named(words[0])


def asks_in_few_words(turn: Turn, services: Services) -> bool:
    """Whether a message asks something with two words at most beside it, which stand in no name.

    "Ai ký giấy chuyển?": search finds something for any words, so a talk changes its matter for a sure hit
    only.
    """
    few = len(_words_left(turn, turn.field_entities)) <= _FEW
    return few and _asks(turn) and not turn.values("procedure") and not names_something(turn, services)


def is_short(turn: Turn) -> bool:
    """Whether three words at most are left beside what is asked: more tell something of their own."""
    return len(_words_left(turn, turn.field_entities)) <= _FEW + 1


def _asks(turn: Turn) -> bool:
    return turn.asks or asks(turn.text) or asked_aspect(turn.text) is not None


def _words_left(turn: Turn, told: Sequence[dict[str, Any]]) -> list[str]:
    """The words that may name a matter: without what is asked, for whom, and where."""
    figure = asked_aspect(turn.text)
    spans = [{"start": figure.start, "end": figure.end}] if figure else []
    return content_words(without_asides(turn.text), [*told, *turn.place_entities, *spans])


def names_something(turn: Turn, services: Services) -> bool:
    """Whether two words in a row stand so in a short name: search alone finds something for any words."""
    rest = without_fields(turn.text, turn.field_entities)
    said = {" ".join(pair) for pair in pairwise(syllables(fold(rest)))}
    names = [f" {fold(procedure.short_name)} " for procedure in services.library.of(Procedure)]
    return any(f" {pair} " in name for pair in said for name in names)


@cache
def _patterns() -> dict[str, list[re.Pattern[str]]]:
    table: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("references.yaml").read_text("utf-8"))
    thing = table.pop("thing")
    return {
        kind: [re.compile(rf"(?<!\w)(?:{pattern.replace('THING', thing)})(?!\w)") for pattern in patterns]
        for kind, patterns in table.items()
    }
