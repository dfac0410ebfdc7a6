"""What is told of a procedure: the fields asked, figures that have no field, and what can be asked next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from actions import compose
from actions.aspects import asked_aspect, sentences_about
from actions.buttons import command
from actions.papers import asked_paper, papers_called
from actions.question import new_matter
from actions.texts import say
from actions.turn import GENERAL, Turn
from conversations.messages import AnswerMeta, AnswerStatus, Choice, OutboundMessage
from knowledge_base.schema import Procedure


def fields_of(turn: Turn) -> list[str]:
    """The fields asked; a mere change of matter ("còn khai tử thì sao") keeps the one before."""
    before = turn.slots.get("field")
    if before and turn.fields == [GENERAL] and new_matter(turn.text):
        return [before]
    return turn.fields


def besides(procedure: Procedure, fields: list[str], turn: Turn) -> tuple[list[str], str]:
    """The fields to tell, and what the record says of a figure without a field, or of the one paper asked.

    The field that the model took such a question for ("vốn bao nhiêu" for the fee) is not told.
    """
    aspect = asked_aspect(turn.text)
    if aspect is None:
        paper = asked_paper(turn.text)
        called = papers_called(procedure, paper) if paper else []
        text = say("answer.paper", p=procedure, how=paper.how, papers=called[:1]) if paper and called else ""
        return ([], text) if text else (fields, "")
    others = [
        entity["value"]
        for entity in turn.field_entities
        if entity.get("start", 0) < entity.get("end", 0)
        and (entity["end"] <= aspect.start or aspect.end <= entity["start"])
    ]
    sentences = sentences_about(procedure, aspect)
    text = say("answer.aspect", p=procedure, name=aspect.name, sentences=sentences)
    return [name for name in fields if name in others], text


def procedure_message(
    procedure: Procedure,
    fields: Sequence[str],
    as_of: date,
    score: float,
    ranked: tuple[str, ...],
    notes: Sequence[str] = (),
    asked: str | None = None,
    case: int | None = None,
) -> OutboundMessage:
    """The answer to one or more fields of a procedure, with its source and what can be asked next.

    `notes`: what is to be said besides, such as the office of the place named. `asked`: the field that
    the question was understood to ask for, when it is not told. `case`: the number of the case chosen.
    """
    told = list(dict.fromkeys(compose.told_instead(procedure, name) for name in fields))
    parts = [compose.procedure_field(procedure, name, as_of, case) for name in told]
    parts += notes
    if procedure.effective_to and procedure.effective_to < as_of:
        parts.insert(0, say("procedure.superseded", p=procedure))
    parts.append(compose.caution(procedure, fields))
    return OutboundMessage(
        text=joined(say("procedure.title", p=procedure), *parts),
        choices=(*_other_cases(procedure, fields, case), *_next_questions(procedure, fields)),
        links=compose.online_link(procedure),
        meta=AnswerMeta(
            status=AnswerStatus.ANSWERED,
            field=asked or fields[0],
            procedures=ranked,
            sources=(compose.source_note(procedure),),
            score=score,
        ),
    )


def _other_cases(procedure: Procedure, asked: Sequence[str], case: int | None) -> tuple[Choice, ...]:
    """Buttons for the cases of a long dossier that are not told."""
    if "dossier" not in asked or not compose.is_long(procedure):
        return ()
    return tuple(
        Choice(
            title=one.case[:100] or say("choice.dossier"),
            payload=command(
                "ask_procedure", procedure_code=procedure.code, field="dossier", dossier_case=str(number)
            ),
        )
        for number, one in enumerate(procedure.dossier)
        if number != (case or 0)
    )


def _next_questions(procedure: Procedure, asked: Sequence[str]) -> tuple[Choice, ...]:
    others = [name for name in ("dossier", "fee", "time_limit", "where", "how_online") if name not in asked]
    fields = [
        Choice(
            title=say(f"choice.{name}"),
            payload=command("ask_procedure", procedure_code=procedure.code, field=name),
        )
        for name in others[:3]
    ]
    guide = Choice(title=say("choice.guide"), payload=command("start_guide", procedure_code=procedure.code))
    return (*fields, guide)


def joined(*parts: str) -> str:
    """Paragraphs of an answer; empty ones left out."""
    return "\n\n".join(part for part in parts if part)
