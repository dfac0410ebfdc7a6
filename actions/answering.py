"""Decides how a question is answered: with a document, with a question back, or not at all.

The same decision serves Rasa's action and, when Rasa is down, the app itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from actions import compose, memory, several
from actions.aspects import asked_aspect
from actions.buttons import ask_choice, command, human
from actions.listed import after_reviewed, listed_message
from actions.procedure_answer import besides, fields_of, joined, procedure_message
from actions.question import (
    content_words,
    corrected_from,
    is_unspoken_variant,
    new_matter,
    without_asides,
    without_cues,
    without_fields,
    without_takes,
)  # fmt: skip
from actions.texts import say
from actions.turn import GENERAL, Services, Turn
from actions.whereabouts import office_note, place_named
from conversations.messages import AnswerMeta, AnswerStatus, Choice, OutboundMessage
from knowledge_base.schema import AnyDocument, ListedProcedure, Procedure, Regulation
from knowledge_base.search import Hit

ANSWER = 0.5
"""Calibrated score from which a document is given as the answer."""
ASK_BACK = 0.25
"""Calibrated score from which documents are offered to choose from."""
ANSWER_AGAINST_REFUSAL = 0.9
"""The same as ANSWER when the classifier holds the question to be none of ours."""
UNSPOKEN = 0.4
"""What is left of the score of a special variant that the message does not speak of."""
CHOICES = 4
SURE = 0.8
"""Calibrated score from which the second best is not worth asking about."""
PLAIN = 0.9
"""Score below which the matter alone is searched too, without the words of the field and of a place."""
NEAR = 0.6
"""Share of the best score from which the second best is a rival."""
BARE = 2
"""Words of a message that only names a thing."""
OTHERS = 3
"""Procedures that fitted too, kept for a citizen who says that this is not it."""
FAILURES_BEFORE_HANDOFF = 3

_YEAR = re.compile(r"(?<=/)(19|20)\d\d(?=/)")


@dataclass(frozen=True)
class Reply:
    """Messages to the citizen and what is to be remembered."""

    messages: tuple[OutboundMessage, ...]
    slots: dict[str, Any] = field(default_factory=dict)
    hand_over: bool = False
    """True: too many questions in a row were not understood; a person must see to it."""

    @property
    def status(self) -> AnswerStatus:
        """Of its last message that has one."""
        return next((m.meta.status for m in reversed(self.messages) if m.meta), AnswerStatus.ERROR)


def answer(turn: Turn, services: Services) -> Reply:
    """Answer a question about procedures, regulations or announcements."""
    turn = _as_corrected(turn)
    named = _named_document(turn, services)
    if named is not None:
        return _answer_with(named, turn, services, score=1.0)
    unknown = turn.value("procedure_code")
    if unknown is not None and not content_words(turn.text.replace(unknown, " "), turn.field_entities):
        text = say("answer.unknown_code", code=unknown)
        return Reply((_plain(text, AnswerStatus.UNANSWERABLE, (human(),)),))
    number = turn.value("regulation_number")
    if number is not None and turn.intent == "ask_regulation":
        text = say("answer.unknown_regulation", number=number)
        return Reply((_plain(text, AnswerStatus.UNANSWERABLE, (human(),)),))
    meant = memory.meant_matter(turn, services)
    if meant is not None and not turn.values("procedure"):
        return _about(meant, turn, services)
    parts = several.parts_of(turn, services)
    if parts:
        return _answer_each(parts, services)
    remembered = _remembered(turn, services)
    people = [entity for entity in turn.entities if entity["entity"] == "person"]
    told = [*turn.field_entities, *people]
    words = content_words(without_asides(turn.text), told)
    if remembered is not None and memory.stays_with(remembered, turn, told, services):
        if turn.slots.get("offered"):
            return _offer_again(turn, services)
        other = people and asked_aspect(turn.text) is None  # "con tôi nộp thay được không" is about no other
        if other and isinstance(remembered, Procedure):
            return _for_whom(remembered, turn, services)
        return _go_on(remembered, turn, services)
    if not words and not turn.values("procedure") and not memory.names_something(turn, services):
        # Without diacritics "so do" is "sổ đỏ" or nothing but function words ("… số đó").
        return _offer_again(turn, services) if turn.slots.get("offered") else _not_understood(turn)
    alone = None if people else _named_alone(words, services)  # "kết hôn với người Đài Loan" is another
    if alone is not None:
        return _answer_with(alone, turn, services, score=1.0, hits=_search(turn, services))
    return _from_search(turn, services)


def _as_corrected(turn: Turn) -> Turn:
    """The turn without what its own words take back: "mấy ngày, à lộn, lệ phí bao nhiêu"."""
    start = corrected_from(turn.text)
    if not start:
        return turn
    kept = tuple(entity for entity in turn.entities if entity.get("start", start) >= start)
    return replace(turn, text=" " * start + turn.text[start:], entities=kept)


def _about(matter: memory.Matter, turn: Turn, services: Services) -> Reply:
    """Answer about a matter of the talk that the message came back to."""
    document = services.library.get(matter.code)
    if not isinstance(document, Procedure):
        return _not_understood(turn)
    if matter.field not in turn.fields:
        turn = turn.asking(matter.field)
    return _answer_with(document, turn, services, score=1.0)


def _answer_each(parts: Sequence[tuple[Procedure, Turn]], services: Services) -> Reply:
    """One message for each matter, in the order of mention; the last is then the present one."""
    replies = [_answer_with(document, part, services, score=1.0) for document, part in parts]
    new = [memory.Matter(document.code, fields_of(part)[0]) for document, part in parts]
    slots = memory.remembering(parts[0][1].slots, *new) | {"others": []}
    return Reply(tuple(one for reply in replies for one in reply.messages), slots)


def _go_on(remembered: Procedure | ListedProcedure, turn: Turn, services: Services) -> Reply:
    if turn.fields == [GENERAL] and turn.place_entities and not asked_aspect(turn.text):
        turn = turn.asking("where")  # "tôi ở xã Vĩnh Thuận" wants the office there
    return _answer_with(remembered, turn, services, score=1.0)


def _for_whom(remembered: Procedure, turn: Turn, services: Services) -> Reply:
    """The same matter for another person ("không, tôi hỏi cho ba tôi"): maybe a variant of the procedure."""
    asked = memory.Matter(remembered.code, str(turn.slots.get("field") or GENERAL))
    text = f"{remembered.short_name} {turn.text}"
    hits = services.searcher.search(text, as_of=turn.as_of, limit=1, kinds=["procedure"])
    code = hits[0].id if hits and hits[0].score >= PLAIN else remembered.code
    return _about(replace(asked, code=code), turn, services)


def _named_document(turn: Turn, services: Services) -> AnyDocument | None:
    """The document whose code or number stands in the message or in the button pressed."""
    for key in turn.values("procedure_code") + turn.values("regulation_number"):
        document = services.library.get(key) or _only_regulation(f"{key}/", services)
        if document is not None:
            return document
    return None


def _only_regulation(beginning: str, services: Services) -> Regulation | None:
    """The regulation whose number begins so, if there is just one: "01/2021" for 01/2021/NĐ-CP."""
    found = [r for r in services.library.of(Regulation) if r.number.startswith(beginning)]
    return found[0] if len(found) == 1 else None


def _remembered(turn: Turn, services: Services) -> Procedure | ListedProcedure | None:
    """The procedure that the conversation is about."""
    document = services.library.get(turn.slots.get("procedure_code") or "")
    return document if isinstance(document, Procedure | ListedProcedure) else None


def _named_alone(words: list[str], services: Services) -> Procedure | None:
    """The one procedure whose name says just these words, or to register them: "còn khai tử thì sao"."""
    bare = " ".join(words)
    named = services.library.named(bare) or services.library.named(f"dang ky {bare}")
    return named[0] if len(named) == 1 and isinstance(named[0], Procedure) else None


def _from_search(turn: Turn, services: Services) -> Reply:
    hits = _search(turn, services)
    refused = turn.intent == "out_of_scope"
    top = hits[0].score if hits else 0.0
    document = services.library.get(hits[0].id) if hits else None
    remembered = _remembered(turn, services)
    if remembered is not None and top < PLAIN and memory.asks_in_few_words(turn, services):
        return _answer_with(remembered, turn, services, score=1 - top)
    if (
        document is not None
        and top >= (ANSWER_AGAINST_REFUSAL if refused else ANSWER)
        and not _rivals(hits, turn)
    ):
        return _answer_with(document, turn, services, score=top, hits=hits)
    if (
        remembered is not None
        and turn.field_entities
        and top < ANSWER
        and not refused
        and (memory.is_short(turn) or remembered.code in [hit.id for hit in hits[:CHOICES]])
    ):
        # A field is asked and no other matter stands out: "đem lên đâu nộp?" goes on with the one before.
        return _answer_with(remembered, turn, services, score=1 - top)
    if refused and top < ANSWER_AGAINST_REFUSAL:
        return Reply((_plain(say("answer.out_of_scope"), AnswerStatus.OUT_OF_SCOPE),))
    hits = [hit for hit in hits if hit.kind != "listed"]
    if hits and hits[0].score >= ASK_BACK:
        return _ask_back(hits, turn, services)
    return _not_understood(turn)


def _rivals(hits: Sequence[Hit], turn: Turn) -> bool:
    """Whether the two best are too close to choose for the citizen.

    A bare thing ("căn cước") fits what is done with it equally well: to get, change or replace it.
    """
    if len(hits) < 2:
        return False
    if turn.fields == [GENERAL] and len(content_words(turn.text)) <= BARE and hits[1].kind == hits[0].kind:
        return hits[1].score >= PLAIN * hits[0].score
    return hits[0].score < SURE and hits[1].score >= NEAR * hits[0].score


def _search(turn: Turn, services: Services) -> list[Hit]:
    """Hits of every kind; a regulation that surely fits comes first when a regulation was asked for."""
    matter = _matter(turn.text)
    if turn.intent == "ask_regulation" and asked_aspect(turn.text) is None:
        named = _regulations(matter, turn, services)
        if named and named[0].score >= ANSWER:
            return named
    hits = _with_figure(turn, services) or _with_words(matter, turn, services)
    return after_reviewed(_ordinary_first(hits, turn, services))


def _with_words(matter: str, turn: Turn, services: Services) -> list[Hit]:
    """Hits for the matter; where they are not plain, those for its bare words if they confirm one of them."""
    hits = services.searcher.search(matter, as_of=turn.as_of, limit=10)
    if not hits or hits[0].score < PLAIN:
        bare = without_cues(without_fields(turn.text, [*turn.field_entities, *turn.place_entities]))
        near = {hit.id for hit in hits[:CHOICES]}
        for said in (bare, *([" ".join(content_words(bare))] if turn.place_entities else [])):
            closer = services.searcher.search(_matter(said), as_of=turn.as_of, limit=10)
            if (
                closer
                and closer[0].id in near
                and closer[0].score > hits[0].score
                and _clear(closer, hits[0])
            ):
                hits = closer  # it confirms one of those found; alone, a bare word or two finds anything
    return hits


def _with_figure(turn: Turn, services: Services) -> list[Hit]:
    """Procedures that surely fit the matter of a figure ("mức phạt chậm khai sinh theo nghị định nào")."""
    figure = asked_aspect(turn.text)
    if figure is None:
        return []
    spans = [*turn.field_entities, {"start": figure.start, "end": figure.end}]
    bare = _matter(without_cues(without_fields(turn.text, spans)))
    hits = services.searcher.search(bare, as_of=turn.as_of, limit=10, kinds=["procedure"])
    return hits if hits and hits[0].score >= PLAIN else []


def _clear(closer: Sequence[Hit], first: Hit) -> bool:
    """Whether a search for the bare matter does not leave the first hit and another one side by side."""
    again = next((hit.score for hit in closer if hit.id == first.id), 0.0)
    return closer[0].id == first.id or again < PLAIN * closer[0].score


def _matter(text: str) -> str:
    """What search is given: the matter without what stands around it."""
    said = without_asides(text)
    return without_takes(new_matter(said) or said)


def _ordinary_first(hits: list[Hit], turn: Turn, services: Services) -> list[Hit]:
    """Variants for special cases stand behind the ordinary procedure, unless the message speaks of them."""
    scores = {hit.id: hit for hit in hits}
    for hit in hits:
        if not is_unspoken_variant(hit.title, turn.text):
            continue
        scores[hit.id] = replace(hit, score=hit.score * UNSPOKEN)
        ordinary = _ordinary_of(hit, services)
        if ordinary is not None and (ordinary.id not in scores or scores[ordinary.id].score < hit.score):
            scores[ordinary.id] = replace(hit, id=ordinary.id, title=ordinary.title)
    return sorted(scores.values(), key=lambda hit: -hit.score)


def _ordinary_of(variant: Hit, services: Services) -> Procedure | None:
    """The procedure whose name the variant's name begins with: "… kết hôn" of "… kết hôn có yếu tố …"."""
    name = variant.title.lower()
    shorter = [
        p for p in services.library.of(Procedure) if p.id != variant.id and name.startswith(p.name.lower())
    ]
    return max(shorter, key=lambda p: len(p.name), default=None)


def _regulations(matter: str, turn: Turn, services: Services) -> list[Hit]:
    """Regulations in force, or one that has ended if the message names it by its year."""
    ended = services.searcher.search(matter, limit=5, kinds=["regulation"], ended=True)
    for hit in ended:
        document = services.library.get(hit.id)
        year = _YEAR.search(document.number) if isinstance(document, Regulation) else None
        if year and year[0] in turn.text and hit.score >= ANSWER:
            return [hit]
    return services.searcher.search(matter, as_of=turn.as_of, limit=10, kinds=["regulation"])


def _answer_with(
    document: AnyDocument,
    turn: Turn,
    services: Services,
    *,
    score: float,
    hits: Sequence[Hit] = (),
) -> Reply:
    ranked = tuple(hit.id for hit in hits if hit.kind == "procedure")
    if isinstance(document, Procedure):
        ranked = ranked and tuple(dict.fromkeys((document.code, *ranked)))
        fields = fields_of(turn)
        told, about = besides(document, fields, turn)
        notes = (about, office_note(document, fields, turn, services))
        chosen = turn.value("dossier_case")
        message = procedure_message(
            document,
            told,
            turn.as_of,
            score,
            ranked or (document.code,),
            notes,
            asked=fields[0],
            case=int(chosen) if chosen else None,
        )
        slots = memory.remembering(turn.slots, memory.Matter(document.code, fields[0])) | {"offered": None}
        if ranked:
            slots["others"] = [code for code in ranked if code != document.code][:OTHERS]
        place = place_named(turn, services)
        if place is not None and place.said != "former_district":
            slots["place"] = place.name
        return Reply((_with_resume(message, turn),), slots)
    if isinstance(document, ListedProcedure):
        field = fields_of(turn)[0]
        message = _with_resume(listed_message(document, field, score), turn)
        return Reply((message,), {"procedure_code": document.code, "field": field, "others": []})
    if isinstance(document, Regulation):
        text = compose.regulation(
            document, hits[0].chunk if hits else None, turn.as_of, _newer(document, services)
        )
    else:
        text = compose.announcement(document)
    meta = AnswerMeta(
        status=AnswerStatus.ANSWERED,
        intent=turn.intent,
        field=turn.fields[0],
        procedures=ranked,
        sources=(compose.source_note(document),),
        score=score,
    )
    message = OutboundMessage(text=joined(text, compose.caution(document, ("legal_basis",))), meta=meta)
    return Reply((_with_resume(message, turn),))


def _offer_again(turn: Turn, services: Services) -> Reply:
    """What was offered to choose from, now that a field of it is asked: "mấy ngày có" before the choice."""
    offered = [services.library.get(code) for code in turn.slots.get("offered") or ()]
    options = [ask_choice(one, fields_of(turn)[0]) for one in offered if isinstance(one, Procedure)]
    return Reply((_plain(say("answer.which"), AnswerStatus.CLARIFICATION, (*options, human())),))


def _ask_back(hits: Sequence[Hit], turn: Turn, services: Services) -> Reply:
    wanted = fields_of(turn)[0]
    options = []
    for hit in hits:
        document = services.library.get(hit.id)
        if isinstance(document, Procedure):
            options.append(ask_choice(document, wanted))
        elif isinstance(document, Regulation):
            payload = command("ask_regulation", regulation_number=document.number)
            options.append(Choice(title=f"{document.type} {document.number}"[:100], payload=payload))
        if len(options) == CHOICES:
            break
    if not options:
        return _not_understood(turn)
    meta = AnswerMeta(
        status=AnswerStatus.CLARIFICATION,
        intent=turn.intent,
        field=wanted,
        procedures=tuple(hit.id for hit in hits if hit.kind == "procedure"),
        score=hits[0].score,
    )
    choices = (*options, human())
    message = OutboundMessage(text=say("answer.which"), choices=choices, meta=meta)
    return Reply((_with_resume(message, turn),), {"offered": list(meta.procedures[:CHOICES])})


def _not_understood(turn: Turn) -> Reply:
    if turn.failures + 1 >= FAILURES_BEFORE_HANDOFF:
        return Reply((_plain(say("answer.unanswerable_again"), AnswerStatus.HANDOFF),), hand_over=True)
    return Reply((_plain(say("answer.unanswerable"), AnswerStatus.UNANSWERABLE, (human(),)),))


def _newer(document: Regulation, services: Services) -> Regulation | None:
    """The regulation that replaced this one, if we hold it."""
    for other in services.library.of(Regulation):
        if document.number in other.replaces:
            return other
    return None


def _with_resume(message: OutboundMessage, turn: Turn) -> OutboundMessage:
    """Offer to go on with a guide that this question interrupted."""
    if not turn.slots.get("guide"):
        return message
    resume = Choice(title=say("choice.resume_guide"), payload="/resume")
    return message.model_copy(update={"choices": (resume, *message.choices)})


def _plain(text: str, status: AnswerStatus, choices: tuple[Choice, ...] = ()) -> OutboundMessage:
    return OutboundMessage(text=text, choices=choices, meta=AnswerMeta(status=status))
