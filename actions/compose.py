"""Puts a document's structured fields into words, as of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from actions.texts import say, words_of_field
from actions.turn import GENERAL
from conversations.messages import Link, SourceNote
from knowledge_base.schema import (
    Announcement,
    AnyDocument,
    DossierCase,
    Fee,
    Procedure,
    Regulation,
    SubmissionChannel,
    TimeLimit,
)

FIELDS = (
    "general", "dossier", "fee", "time_limit", "where", "how_online", "steps", "conditions", "result",
    "legal_basis",
)  # fmt: skip
LONG_DOSSIER = 9
"""Papers; of a longer dossier with several cases one case is told at a time."""


def procedure_field(procedure: Procedure, field: str, as_of: date, case: int | None = None) -> str:
    """The answer to one field of a procedure, without its source.

    Args:
        procedure: the document.
        field: one of FIELDS.
        as_of: only fees and time limits in force on that day count.
        case: number of the case that is told of a long dossier; the first if left out. Short ones are
            told whole.
    """
    cases = procedure.dossier
    if is_long(procedure):
        cases = (whole_case(procedure, case or 0),)
    return say(f"procedure.{field}", p=procedure, cases=cases, **_facts(procedure, as_of))


def whole_case(procedure: Procedure, case: int) -> DossierCase:
    """A case with all its papers: one that only adds some ("nộp thêm") has those of the first too."""
    chosen = procedure.dossier[case if 0 <= case < len(procedure.dossier) else 0]
    if not case or say("dossier.adding") not in chosen.case:
        return chosen
    return chosen.model_copy(update={"papers": (*procedure.dossier[0].papers, *chosen.papers)})


def is_long(procedure: Procedure) -> bool:
    """Whether the papers of all cases are too many for one message on a phone."""
    papers = sum(len(case.papers) for case in procedure.dossier)
    return len(procedure.dossier) > 1 and papers > LONG_DOSSIER


def told_instead(procedure: Procedure, field: str) -> str:
    """The field that is told when this one is asked: without conditions of its own, the whole."""
    return GENERAL if field == "conditions" and not procedure.conditions else field


def _facts(procedure: Procedure, as_of: date) -> dict[str, object]:
    fees = [fee for fee in procedure.fees if fee.in_force(as_of)]
    return {
        "fees": _by_words(fees),
        "later_fees": [fee for fee in procedure.fees if fee.effective_from and fee.effective_from > as_of],
        "ends": next((fee.effective_to for fee in fees if fee.effective_to), None),
        "limits": [limit for limit in procedure.time_limits if limit.in_force(as_of)],
        "channel_names": channel_names,
        "as_of": as_of,
    }


def _by_words(fees: Sequence[Fee]) -> list[Fee]:
    """Fees that differ in their channel only, told once."""

    def words(fee: Fee) -> tuple[str, int, str]:
        return fee.case, -1 if fee.amount is None else fee.amount, fee.text

    merged = []
    for _, same in groupby(sorted(fees, key=words), key=words):
        alike = list(same)
        channels = {channel for fee in alike for channel in fee.channels}
        everywhere = any(not fee.channels for fee in alike) or channels == set(SubmissionChannel)
        merged.append(alike[0].model_copy(update={"channels": () if everywhere else tuple(sorted(channels))}))
    return sorted(merged, key=lambda fee: fees.index(next(f for f in fees if words(f) == words(fee))))


def channel_names(item: Fee | TimeLimit) -> str:
    """The channels that an item is limited to, in words; empty when it holds on all of them."""
    return ", ".join(say(f"channel.{channel}") for channel in item.channels)


def caution(document: AnyDocument, fields: Sequence[str] = ()) -> str:
    """What of an answer could not be confirmed, and to ask about it; empty when all was.

    Args:
        fields: those told; notes that speak of them are quoted, others only counted as a doubt.
    """
    if not document.review:
        return ""
    about = [
        note
        for note in document.review
        if any(word in note.lower() for name in fields for word in words_of_field(name))
    ]
    return say("caution.review", notes=about[:2])


def regulation(document: Regulation, article: str | None, as_of: date, newer: Regulation | None) -> str:
    """What a regulation is, whether it is in force, and the article asked for or its main ones."""
    articles = [a for a in document.articles if a.article == article] or list(document.articles[:4])
    return say("regulation.answer", r=document, articles=articles, as_of=as_of, newer=newer)


def announcement(document: Announcement) -> str:
    """One announcement, marked when it is a sample."""
    return say("announcement.answer", a=document)


def source_note(document: AnyDocument) -> SourceNote:
    """The source line of a document."""
    return SourceNote(
        id=document.id,
        title=document.title,
        effective_from=document.published if isinstance(document, Announcement) else document.effective_from,
        effective_to=document.expires if isinstance(document, Announcement) else document.effective_to,
        checked=document.source.checked,
        url=document.source.url,
    )


def online_link(procedure: Procedure) -> tuple[Link, ...]:
    """Where to file online, if it can be done."""
    url = procedure.online.url or procedure.source.url
    if procedure.online.available in ("full", "partial") and url:
        return (Link(title=say("link.online"), url=url),)
    return ()
