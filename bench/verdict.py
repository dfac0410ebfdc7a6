"""Compares what each person was told with what they wrote, for `bench.channels`."""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.traffic import Call
from connectors.chat_texts import say
from conversations.texts import say as say_working

NOTED_WITHIN = 5.0
"""Seconds within which the app notes a delivery: a kill in that time makes it deliver again."""

_CODE = re.compile(r"PA-\d{4}-\d{4}")


@dataclass(frozen=True)
class Heard:
    """A message that reached a person; see `platforms.Taken`."""

    channel: str
    user: str
    text: str
    at: float
    answer_lost: bool


@dataclass
class Verdict:
    """Counts over all people."""

    due: int = 0
    answered: int = 0
    by_retrieval: int = 0
    """Answered without Rasa: those answers do not quote the code."""
    lost: int = 0
    twice: int = 0
    """Repeats that cannot be explained by a lost answer or a kill."""
    twice_answer_lost: int = 0
    twice_killed: int = 0
    out_of_order: int = 0
    answered_forged: int = 0
    examples: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For the report."""
        return [
            f"to be answered {self.due}: answered {self.answered} (of them {self.by_retrieval} by retrieval "
            f"while Rasa was down), lost {self.lost}, out of order {self.out_of_order}",
            f"told twice: {self.twice} without need; unavoidable (the platform has no key to tell a repeat): "
            f"{self.twice_answer_lost} after the platform's answer was lost, "
            f"{self.twice_killed} after a kill between delivery and our note",
            *(f"  ! {example}" for example in self.examples[:10]),
        ]


def judge(
    calls: Sequence[Call],
    accepted: set[str],
    order: Sequence[str],
    heard: Sequence[Heard],
    kills: Sequence[float],
) -> Verdict:
    """The verdict.

    Args:
        accepted: ids of events that were acknowledged with 200.
        order: ids of events in the order in which the app stored them.
        heard: in the order of arrival.
        kills: moments at which the app was killed.
    """
    verdict = Verdict()
    by_id = {call.event_id: call for call in calls if not call.forged}
    rank = {event_id: at for at, event_id in enumerate(order)}
    told: dict[tuple[str, str], list[Heard]] = defaultdict(list)
    for one in heard:
        told[one.channel, one.user].append(one)
    due: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for event_id in sorted(accepted, key=lambda event_id: rank.get(event_id, -1)):
        call = by_id.get(event_id)
        if call is not None and call.needs_answer:
            due[call.channel, call.user].append(call)
    forged = {call.code for call in calls if call.forged}
    verdict.answered_forged = sum(bool(forged & set(_CODE.findall(one.text))) for one in heard)
    notice, patience = _plain(say("edited")), _plain(say_working("working"))
    for person in due.keys() | told.keys():
        notices = [one for one in told[person] if _plain(one.text) == notice]
        answers = [one for one in told[person] if _plain(one.text) not in (notice, patience)]
        _judge_answers(verdict, due[person], _first_only(verdict, answers, kills))
        edits = [call for call in due[person] if call.kind != "asked"]
        unread = sum(call.event_id not in rank for call in edits)
        _judge_notices(verdict, len(edits), unread, notices, kills)
    return verdict


def _first_only(verdict: Verdict, told: Sequence[Heard], kills: Sequence[float]) -> list[Heard]:
    """Without repeats; each is counted by its cause.

    One conversation's messages go one after the other, so a repeat follows its first at once.
    """
    kept: list[Heard] = []
    codes: set[str] = set()
    before: Heard | None = None
    for one in told:
        new = set(_CODE.findall(one.text)) - codes
        repeats = before is not None and before.text == one.text
        if before is not None and repeats and not new and before.answer_lost:
            verdict.twice_answer_lost += 1
        elif before is not None and repeats and not new and _killed_after(before, kills):
            verdict.twice_killed += 1
        elif _CODE.search(one.text) and not new:
            verdict.twice += 1
            verdict.examples.append(f"twice: {one.user} {one.text[:60]!r}")
        else:
            kept.append(one)
        codes |= new
        before = one
    return kept


def _plain(text: str) -> str:
    return " ".join(html.unescape(text).split())


def _killed_after(one: Heard, kills: Sequence[float]) -> bool:
    return any(one.at <= kill <= one.at + NOTED_WITHIN for kill in kills)


def _judge_answers(verdict: Verdict, due: Sequence[Call], answers: Sequence[Heard]) -> None:
    """Each answer quotes the code of its question, unless retrieval alone gave it."""
    asked = [call for call in due if call.kind == "asked"]
    found = [set(_CODE.findall(one.text)) for one in answers]
    quoted: Counter[str] = Counter(code for codes in found for code in codes)
    retrieved = sum(not codes for codes in found)
    missing = sum(call.code not in quoted for call in asked)
    lost, surplus = max(0, missing - retrieved), max(0, retrieved - missing)
    wrong = sum(bool(codes) and call.code not in codes for call, codes in zip(asked, found, strict=False))
    verdict.due += len(asked)
    verdict.lost += lost
    verdict.twice += surplus
    verdict.by_retrieval += min(retrieved, missing)
    verdict.answered += len(asked) - lost
    verdict.out_of_order += wrong if not lost else 0
    if lost or surplus or wrong:
        wanted = [call.code for call in asked]
        got = [next(iter(codes), one.text[:40]) for codes, one in zip(found, answers, strict=True)]
        verdict.examples.append(f"{(asked or answers)[0].user}: {wanted}; told {got}")


def _judge_notices(
    verdict: Verdict, edits: int, unread: int, notices: Sequence[Heard], kills: Sequence[float]
) -> None:
    """The notices about edits are all the same words, and may overtake answers: only their number counts.

    Args:
        unread: edits that the app acknowledged and never took; lost whatever was told.
    """
    surplus = max(0, len(notices) - edits)
    lost = max(unread, edits - len(notices))
    answer_lost = min(surplus, sum(one.answer_lost for one in notices))
    killed = min(surplus - answer_lost, sum(_killed_after(one, kills) for one in notices))
    verdict.due += edits
    verdict.lost += lost
    verdict.answered += edits - lost
    verdict.twice_answer_lost += answer_lost
    verdict.twice_killed += killed
    verdict.twice += surplus - answer_lost - killed
    if lost:
        verdict.examples.append(f"{lost} of {edits} edits were not noticed, {unread} of them never taken")
