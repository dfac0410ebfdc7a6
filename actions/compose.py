"""Puts a document's structured fields into words, as of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from actions.texts import say, words_of_field
from conversations.messages import Link, SourceNote
from knowledge_base.schema import Announcement, Fee, Procedure, Regulation, SubmissionChannel, TimeLimit

FIELDS = (
    "general", "dossier", "fee", "time_limit", "where", "how_online", "steps", "conditions", "result",
    "legal_basis",
)  # fmt: skip
RECENT = timedelta(days=365)
"""A text that ended this recently is mentioned beside the one in force."""


def procedure_field(procedure: Procedure, field: str, as_of: date) -> str:
    """The answer to one field of a procedure, without its source.

    Args:
        procedure: the document.
        field: one of FIELDS.
        as_of: only fees and time limits in force on that day count.
    """
    return say(f"procedure.{field}", p=procedure, **_facts(procedure, as_of))


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


def caution(document: Procedure | Regulation | Announcement, fields: Sequence[str] = ()) -> str:
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


def source_note(document: Procedure | Regulation | Announcement) -> SourceNote:
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
