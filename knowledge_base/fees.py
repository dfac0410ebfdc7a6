"""Reads what a fee cell and its note really say, with the dates on which it changes.

The portal writes "Miễn phí" as a placeholder beside notes that state a fee, and describes cuts that end
on a day in words. A cut becomes consecutive dated fees, so that the answer changes by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from knowledge_base.documents import reason
from knowledge_base.portal import Way, squeeze
from knowledge_base.schema import Fee, SubmissionChannel

_DATE = r"\d{1,2}\s*/\s*\d{1,2}\s*/\s*\d{4}|\d{1,2} tháng \d{1,2} năm \d{4}"
_PERIOD = re.compile(
    rf"(?:từ\s+(?:kể từ\s+)?(?:ngày\s+)?(?P<start>{_DATE})\s*)?"
    rf"(?:đến|tới)\s*(?:hết\s*)?(?:ngày\s*)?(?P<end>{_DATE})",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"(?P<dong>\d{1,3}(?:\.\d{3})+|\d{4,})\s*(?:đồng|vnđ|vnd|đ(?![\wà-ỹ]))"
    r"|(?P<million>\d{1,3}(?:,\d{1,2})?)\s*triệu(?:\s*đồng)?",
    re.IGNORECASE,
)
_SHARE = re.compile(r"(?P<cut>giảm\s+)?(?P<percent>\d{1,2})\s?%", re.IGNORECASE)
_WAIVED = re.compile(r"miễn?\s*(?:lệ\s*)?phí|miễn\s+(?:kể\s+)?từ", re.IGNORECASE)
_CLAUSES = re.compile(r"\n+|;|\s[-+*•]\s|(?<=[^\d\s])\.\s+(?=[A-ZĐ(])|(?<=đồng)\.?\s+(?=Trường hợp|Kể từ)")
_EMPTY_NOTE = re.compile(
    r"(?:không(?: (?:có|thu|quy định|có thông tin|thu (?:lệ )?phí|thu phí, lệ phí|mất phí|phí|lệ phí))*"
    r"|miễn (?:lệ )?phí|không áp dụng|chưa quy định|0|0 đồng)?[\s.;]*",
    re.IGNORECASE,
)
_NO_FEE = re.compile(r"[-+\s]*(?:miễn|không thu|không phải nộp|không mất)", re.IGNORECASE)
_NAMED_FEE = re.compile(r"(Lệ phí|Phí)[^\d:]{0,60}:", re.IGNORECASE)
_SEVERAL = re.compile(r"phí: ?\d{1,3},\d{3}", re.IGNORECASE)
_LONGEST = 600


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both included; `start` may be open."""

    start: date | None
    end: date


@dataclass(frozen=True)
class Reading:
    """What a fee cell says; not `reliable` when a person has to confirm it."""

    fees: tuple[Fee, ...]
    reliable: bool


def read_fee(way: Way) -> Reading:
    """The dated fees of one way of submitting, valid on its channel."""
    note = "" if _EMPTY_NOTE.fullmatch(way.note) else way.note
    if _MONEY.search(way.description) or "%" in way.description:
        note = f"{note}\n{way.description}".strip()
    if way.amount is not None:
        main = _with_amount(way.amount, note, way.channel)
        several = _SEVERAL.search(note) is not None
        return Reading(main.fees + _further(way.amount, note, way.channel), main.reliable and not several)
    if way.label == "free" and not note:
        return Reading((Fee(amount=0, channels=(way.channel,)),), True)
    if way.label == "free" and _NO_FEE.match(note) and not _MONEY.search(note) and not periods(note):
        return Reading((Fee(amount=0, text=_short(note), channels=(way.channel,)),), True)
    if note:
        return Reading(_from_note(note, way.channel), False)
    if way.label == "amount":
        foreign = way.fee_label.endswith(("USD", "EUR"))
        words = way.fee_label if foreign else reason("fee_doubtful", label=way.fee_label)
        return Reading((Fee(text=words, channels=(way.channel,)),), foreign)
    return Reading((), True)


def periods(text: str) -> list[Period]:
    """Periods with an end that a text names ("từ 01/07/2025 đến hết ngày 31/12/2026")."""
    found = []
    for match in _PERIOD.finditer(text):
        start, end = _day(match["start"]), _day(match["end"])
        if end and (start is None or start <= end):
            found.append(Period(start, end))
    return found


def _with_amount(amount: int, note: str, channel: SubmissionChannel) -> Reading:
    cuts = _cuts(amount, note, channel)
    if cuts:
        return Reading(_timeline(amount, cuts, _short(note), channel), True)
    limits = periods(note)
    if limits:
        return Reading(_limited(amount, limits[0], note, channel), False)
    return Reading((Fee(amount=amount, text=_short(note), channels=(channel,)),), True)


def _limited(amount: int, period: Period, note: str, channel: SubmissionChannel) -> tuple[Fee, Fee]:
    """An amount that is itself dated: what holds afterwards is not said."""
    during = Fee(
        amount=amount,
        text=_short(note),
        channels=(channel,),
        effective_from=period.start,
        effective_to=period.end,
    )
    after = Fee(
        text=reason("fee_after", day=period.end),
        channels=(channel,),
        effective_from=period.end + timedelta(days=1),
    )
    return during, after


def _further(amount: int, note: str, channel: SubmissionChannel) -> tuple[Fee, ...]:
    """Other payments that the note names by a word of their own ("Lệ phí: 100.000 đồng/hồ sơ")."""
    fees = []
    for clause in _clauses(note):
        if (match := _NAMED_FEE.match(clause)) and not periods(clause):
            amounts = _amounts(clause)
            if len(amounts) == 1 and amounts[0] != amount:
                fees.append(Fee(case=match[1], amount=amounts[0], text=_short(clause), channels=(channel,)))
    return tuple(fees)


def _cuts(amount: int, note: str, channel: SubmissionChannel) -> list[tuple[Period, int]]:
    """Lower amounts, each with the days on which it holds."""
    cuts = []
    for clause in _clauses(note):
        if "trực tuy" in clause.lower() and channel is not SubmissionChannel.ONLINE:
            continue
        for period in periods(clause):
            lower = _lower(amount, clause)
            if lower is not None:
                cuts.append((period, lower))
    return cuts


def _lower(amount: int, clause: str) -> int | None:
    if share := _SHARE.search(clause):
        percent = int(share["percent"])
        return amount * (100 - percent if share["cut"] else percent) // 100
    others = [value for value in _amounts(clause) if value < amount]
    if len(set(others)) == 1:
        return others[0]
    return 0 if not others and _WAIVED.search(clause) else None


def _timeline(
    amount: int, cuts: list[tuple[Period, int]], text: str, channel: SubmissionChannel, case: str = ""
) -> tuple[Fee, ...]:
    """Consecutive fees: on each day the lowest that holds."""
    borders = {date.min, date.max}
    for period, _ in cuts:
        borders.add(period.start or date.min)
        borders.add(period.end + timedelta(1))
    days = sorted(borders)
    spans: list[tuple[date, date, int]] = []
    for start, after in pairwise(days):
        lowest = min([a for p, a in cuts if (p.start or date.min) <= start <= p.end] + [amount])
        if spans and spans[-1][2] == lowest:
            spans[-1] = (spans[-1][0], after, lowest)
        else:
            spans.append((start, after, lowest))
    return tuple(
        Fee(
            case=case,
            amount=value,
            text=text,
            channels=(channel,),
            effective_from=None if start == date.min else start,
            effective_to=None if after == date.max else after - timedelta(1),
        )
        for start, after, value in spans
    )


def _from_note(note: str, channel: SubmissionChannel) -> tuple[Fee, ...]:
    """Fees by case where each clause names one amount; else the note's words."""
    priced = [(clause, _amounts(clause)) for clause in _clauses(note)]
    bases = [(clause, amounts[0]) for clause, amounts in priced if len(amounts) == 1 and not periods(clause)]
    limits, amounts = periods(note), set(_amounts(note))
    if not bases and len(amounts) == 1 and len(limits) == 1:
        return _limited(amounts.pop(), limits[0], note, channel)
    if not bases or any(len(amounts) > 1 for _, amounts in priced):
        return (Fee(text=_short(note), channels=(channel,)),)
    fees: list[Fee] = []
    for clause, amount in bases:
        money = _MONEY.search(clause)
        case = squeeze(clause[: money.start()] if money else clause).strip(" :-+,.(")
        cuts = _cuts(amount, note, channel)
        if cuts:
            fees += _timeline(amount, cuts, _short(clause), channel, case)
        else:
            fees.append(Fee(case=case, amount=amount, text=_short(clause), channels=(channel,)))
    return tuple(fees)


def merge_channels(fees: Iterable[Fee], channels: set[SubmissionChannel]) -> tuple[Fee, ...]:
    """Join fees that differ in their channel only; no channel is named when all have the same."""
    joined: dict[Fee, list[SubmissionChannel]] = {}
    for fee in fees:
        seen = joined.setdefault(fee.model_copy(update={"channels": ()}), [])
        seen += [channel for channel in fee.channels if channel not in seen]
    return tuple(
        fee.model_copy(update={"channels": () if set(on) == channels else tuple(on)})
        for fee, on in joined.items()
    )


def _clauses(note: str) -> list[str]:
    return [clause for part in _CLAUSES.split(note) if part and (clause := part.strip())]


def _amounts(text: str) -> list[int]:
    return [
        int(match["dong"].replace(".", ""))
        if match["dong"]
        else round(float(match["million"].replace(",", ".")) * 1_000_000)
        for match in _MONEY.finditer(text)
    ]


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    day, month, year = (int(n) for n in re.findall(r"\d+", text))
    try:
        return date(year, month, day) if 1900 < year < 2200 else None
    except ValueError:
        return None


def _short(text: str) -> str:
    text = squeeze(text)
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + " …"
