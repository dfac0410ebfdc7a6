"""Compares what each person was told with what they wrote, for `bench.channels`."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.traffic import Call
from connectors.chat_texts import say
from conversations.texts import say as say_working

NOTED_WITHIN = 5.0
"""Seconds within which the app notes a delivery: a kill in that time makes it deliver again."""

ON_THE_WAY = 1.0
"""Seconds after a kill within which a platform still hears what the app had sent before."""

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
    for person in due.keys() | told.keys():
        _judge_person(verdict, due[person], told[person], rank, kills)
    return verdict


def _judge_person(
    verdict: Verdict,
    due: Sequence[Call],
    told: Sequence[Heard],
    rank: Mapping[str, int],
    kills: Sequence[float],
) -> None:
    notice, patience = _plain(say("edited")), _plain(say_working("working"))
    notices = [one for one in told if _plain(one.text) == notice]
    answers = [one for one in told if _plain(one.text) not in (notice, patience)]
    asked = [call for call in due if call.kind == "asked"]
    edits = [call for call in due if call.kind != "asked"]
    found = _first_only(verdict, [one for one in answers if _CODE.search(one.text)], kills)
    _judge_order(verdict, asked, found)
    verdict.due += len(found)
    verdict.answered += len(found)
    verdict.by_retrieval += len(asked) - len(found)
    without_code = [one for one in answers if not _CODE.search(one.text)]
    _judge_number(verdict, [call for call in asked if call.code not in found], without_code, rank, kills)
    _judge_number(verdict, edits, notices, rank, kills)


def _first_only(verdict: Verdict, told: Sequence[Heard], kills: Sequence[float]) -> list[str]:
    """The codes that answers quote, in order, without repeats; each repeat is counted by its cause.

    One conversation's messages go one after the other, so a repeat follows its first at once.
    """
    codes: list[str] = []
    before: Heard | None = None
    for one in told:
        code = _CODE.findall(one.text)[0]
        if code not in codes:
            codes.append(code)
        elif before is not None and before.text == one.text and before.answer_lost:
            verdict.twice_answer_lost += 1
        elif before is not None and before.text == one.text and _killed_after(before, kills):
            verdict.twice_killed += 1
        else:
            verdict.twice += 1
            verdict.examples.append(_told_again(before, one, kills))
        before = one
    return codes


def _judge_order(verdict: Verdict, asked: Sequence[Call], found: Sequence[str]) -> None:
    wanted = [call.code for call in asked if call.code in found]
    wrong = sum(one != other for one, other in zip(wanted, found, strict=False))
    verdict.out_of_order += wrong
    if wrong:
        verdict.examples.append(f"order: {asked[0].user}: {wanted}; told {list(found)}")


def _judge_number(
    verdict: Verdict,
    due: Sequence[Call],
    told: Sequence[Heard],
    rank: Mapping[str, int],
    kills: Sequence[float],
) -> None:
    """Of messages that cannot be told apart (notices about edits, answers without Rasa), the number counts.

    What was acknowledged and never taken is lost, whatever was told.
    """
    never = [call.code for call in due if call.event_id not in rank]
    surplus = max(0, len(told) - len(due))
    lost = max(len(never), len(due) - len(told))
    answer_lost = min(surplus, sum(one.answer_lost for one in told))
    killed = min(surplus - answer_lost, sum(_killed_after(one, kills) for one in told))
    verdict.due += len(due)
    verdict.lost += lost
    verdict.answered += len(due) - lost
    verdict.twice_answer_lost += answer_lost
    verdict.twice_killed += killed
    verdict.twice += surplus - answer_lost - killed
    if lost:
        verdict.examples.append(f"lost: {lost} of {[call.code for call in due]}, never taken {never}")


def _plain(text: str) -> str:
    return " ".join(html.unescape(text).split())


def _killed_after(one: Heard, kills: Sequence[float]) -> bool:
    return any(one.at - ON_THE_WAY <= kill <= one.at + NOTED_WITHIN for kill in kills)


def _told_again(before: Heard | None, one: Heard, kills: Sequence[float]) -> str:
    """What is to be known to find the reason."""
    if before is None or before.text != one.text:
        return f"twice, not in a row: {one.user} {one.text[:60]!r}"
    nearest = min((kill - before.at for kill in kills), key=abs, default=None)
    when = "no kill" if nearest is None else f"the nearest kill {nearest:+.1f} s from the first"
    return f"twice: {one.user} {one.text[:60]!r}, {one.at - before.at:.1f} s apart, {when}"
