"""Procedures of which we hold only name, level and page: what is said when a question is about one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.buttons import human
from actions.compose import source_note
from actions.texts import say
from conversations.messages import AnswerMeta, AnswerStatus, Link, OutboundMessage
from knowledge_base.schema import Level, ListedProcedure
from knowledge_base.search import Hit

BEHIND = 0.5
"""A reviewed document goes first from this share of a listed one's score: it can answer."""


def after_reviewed(hits: Sequence[Hit]) -> list[Hit]:
    """The hits, with listed procedures behind a document that fits about as well and holds an answer."""
    best = max((hit.score for hit in hits if hit.kind != "listed"), default=0.0)
    held = [
        replace(hit, score=min(hit.score, best))
        if hit.kind == "listed" and best >= BEHIND * hit.score
        else hit
        for hit in hits
    ]
    return sorted(held, key=lambda hit: (-hit.score, hit.kind == "listed"))


def listed_message(document: ListedProcedure, field: str, score: float) -> OutboundMessage:
    """Which procedure it is and where its page is; nothing is told of what nobody has reviewed."""
    return OutboundMessage(
        text=say("answer.listed", p=document, levels={level: say(f"level.{level}") for level in Level}),
        choices=(human(),),
        links=(Link(title=say("link.page"), url=document.source.url),) if document.source.url else (),
        meta=AnswerMeta(
            status=AnswerStatus.UNANSWERABLE,
            field=field,
            procedures=(document.code,),
            sources=(source_note(document),),
            score=score,
        ),
    )
