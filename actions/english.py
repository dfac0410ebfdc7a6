"""Short help for those who write English, and a hand to an officer for other languages.

The official record stays Vietnamese: its names are quoted so that they can be shown at the counter.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions import compose
from actions.memory import Matter, remembering
from actions.texts import say
from actions.turn import GENERAL, Services, Turn
from conversations.messages import AnswerMeta, AnswerStatus, Choice, OutboundMessage
from knowledge_base.schema import Procedure
from nlu.text import has_diacritics

Answer = tuple[OutboundMessage, dict[str, Any]]
"""A message, and the slots to be set."""

_WORD = re.compile(r"[a-z']+")
_SHARE = 0.5
"""Share of English words from which a text counts as English."""
_PAPERS, _FEES = 6, 4


def is_english(text: str) -> bool:
    """Whether a text is written in English ("where?" is too); "cần documents gì" is not."""
    words = [word for word in _WORD.findall(text.lower()) if word not in _table()["neither"]]
    known = sum(word in _words() for word in words)
    if has_diacritics(text):
        return False
    asks_alone = known == len(words) and _fields_of(text) != [GENERAL]
    return asks_alone or (known >= 2 and known >= _SHARE * len(words))


def in_other_words(turn: Turn, services: Services) -> Answer | None:
    """The answer to a message in another language than Vietnamese; None for one in Vietnamese."""
    for script in _table()["scripts"]:
        if any(script["first"] <= letter <= script["last"] for letter in turn.text):
            return _handing_over(script["text"]), {}
    return answer(turn, services) if is_english(turn.text) else None


def answer(turn: Turn, services: Services) -> Answer:
    """What the record says, in short; or the matters that can be asked about in English."""
    matter = _matter_of(turn.text)
    procedure = services.library.get(matter["code"]) if matter else services.library.get(_before(turn))
    if not isinstance(procedure, Procedure):
        return _handing_over(say("english.unknown"), _offers()), {}
    name = (
        matter["name"]
        if matter
        else next(
            (one["name"] for one in _table()["matters"] if one["code"] == procedure.code),
            procedure.short_name,
        )
    )
    fields = _fields_of(turn.text)
    fees = [fee for fee in procedure.fees if fee.in_force(turn.as_of)][:_FEES]
    limits = [limit for limit in procedure.time_limits if limit.in_force(turn.as_of)][:2]
    papers = procedure.dossier[0].papers[:_PAPERS] if procedure.dossier else ()
    text = say(
        "english.answer", p=procedure, name=name, fields=fields, fees=fees, limits=limits, papers=papers,
        vnd=lambda amount: f"{amount:,} VND",
    )  # fmt: skip
    meta = AnswerMeta(
        status=AnswerStatus.ANSWERED,
        intent=turn.intent,
        field=fields[0],
        procedures=(procedure.code,),
        sources=(compose.source_note(procedure),),
        score=1.0,
    )
    message = OutboundMessage(text=text, choices=_officer(), links=compose.online_link(procedure), meta=meta)
    return message, remembering(turn.slots, Matter(procedure.code, fields[0]))


def _before(turn: Turn) -> str:
    """The matter of the talk, when only a field of it is asked."""
    return str(turn.slots.get("procedure_code") or "") if _fields_of(turn.text) != [GENERAL] else ""


def _matter_of(text: str) -> dict[str, Any] | None:
    said = f" {' '.join(_WORD.findall(text.lower()))} "

    def fits(groups: list[list[str]]) -> bool:
        return all(any(f" {word} " in said for word in group) for group in groups)

    return next((matter for matter in _table()["matters"] if fits(matter["words"])), None)


def _fields_of(text: str) -> list[str]:
    said = f" {' '.join(_WORD.findall(text.lower()))} "
    fields = _table()["fields"].items()
    return [name for name, words in fields if any(f" {word} " in said for word in words)] or [GENERAL]


def _offers() -> tuple[Choice, ...]:
    names = {matter["code"]: matter["name"] for matter in _table()["matters"]}
    return tuple(
        Choice(title=names[code][0].upper() + names[code][1:], payload=say("english.ask", name=names[code]))
        for code in _table()["offered"]
    )


def _handing_over(text: str, choices: tuple[Choice, ...] = ()) -> OutboundMessage:
    meta = AnswerMeta(status=AnswerStatus.CLARIFICATION)
    return OutboundMessage(text=text, choices=(*choices, *_officer()), meta=meta)


def _officer() -> tuple[Choice, ...]:
    return (Choice(title=say("english.officer"), payload="/request_human"),)


@cache
def _words() -> frozenset[str]:
    return frozenset(_table()["words"])


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return table
