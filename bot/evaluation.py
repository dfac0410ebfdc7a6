"""How well the assistant answers a set of questions with known answers; see `bench/data/`."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.texts import say
from conversations.messages import AnswerStatus

if TYPE_CHECKING:
    from bot.ask import Asked

RESAMPLES = 1_000
WORST = 20
REFUSALS = frozenset({AnswerStatus.OUT_OF_SCOPE, AnswerStatus.UNANSWERABLE, AnswerStatus.CHITCHAT})


@dataclass(frozen=True)
class Case:
    """A question and what is right: any of `codes`; no code means that it must be refused.

    `intent` names what else is right for questions that are no procedure questions (`ask_place` …).
    """

    question: str
    style: str
    codes: tuple[str, ...] = ()
    field: str | None = None
    out_of_scope: bool = False
    follow_up: str | None = None
    """What is said next in the same conversation; the rest then holds for its answer."""

    @property
    def lines(self) -> list[str]:
        """As `ask` reads them."""
        return [self.question] + ([f"\t{self.follow_up}"] if self.follow_up else [])

    @classmethod
    def read(cls, path: Path) -> list[Case]:
        """From JSON lines with `question`, `style`, `gold_codes`, `field`, `out_of_scope`, `follow_up`."""
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [
            cls(
                question=row["question"],
                style=row["style"],
                codes=tuple(row.get("gold_codes") or ()),
                field=row.get("field"),
                out_of_scope=bool(row.get("out_of_scope")),
                follow_up=row.get("follow_up"),
            )
            for row in rows
        ]


@dataclass(frozen=True)
class Judged:
    """A case with what came back."""

    case: Case
    asked: Asked

    @property
    def right_procedure(self) -> bool:
        """The first code is right, or the question back offers a right one."""
        codes = self.asked.meta.procedures
        offered = codes[:4] if self.asked.meta.status is AnswerStatus.CLARIFICATION else codes[:1]
        return any(code in self.case.codes for code in offered)

    @property
    def right_at_once(self) -> bool:
        """The first code is right and was given as the answer."""
        return self.right_procedure and self.asked.meta.status is not AnswerStatus.CLARIFICATION

    @property
    def right_field(self) -> bool:
        return self.asked.meta.field == self.case.field

    @property
    def refused(self) -> bool:
        return self.asked.meta.status in REFUSALS


def judge(cases: Sequence[Case], answers: Iterable[Asked]) -> list[Judged]:
    """Match answers to cases: a case with a follow-up takes two and is judged by the second."""
    stream = iter(answers)
    judged = []
    for case in cases:
        asked = [next(stream) for _ in case.lines]
        judged.append(Judged(case, asked[-1]))
    return judged


def report(judged: Sequence[Judged]) -> str:
    """One table: each measure with its 95% interval, in all and by style; then the worst errors."""
    good = [one for one in judged if one.case.codes]
    foreign = [one for one in judged if one.case.out_of_scope]
    measures: list[tuple[str, Sequence[Judged], Callable[[Judged], bool]]] = [
        ("procedure", good, lambda one: one.right_procedure),
        ("procedure_at_once", good, lambda one: one.right_at_once),
        ("field", [one for one in good if one.case.field], lambda one: one.right_field),
        ("refused_foreign", foreign, lambda one: one.refused),
        ("refused_good", good, lambda one: one.refused),
    ]
    styles = sorted({one.case.style for one in judged})
    lines = [f"{'':34}{'%':>7}{'95%':>15}{'n':>6}   " + "".join(f"{style:>7}" for style in styles)]
    for name, cases, is_true in measures:
        flags = [is_true(one) for one in cases]
        low, high = interval(flags)
        by_style = "".join(_percent([is_true(o) for o in cases if o.case.style == style]) for style in styles)
        label, share, spread = say(f"measure_{name}"), _percent(flags), f"{low:.1f}–{high:.1f}"
        lines.append(f"{label:34}{share}{spread:>15}{len(flags):>6}   {by_style}")
    times = sorted(one.asked.ms for one in judged)
    lines.append(
        say("measure_time", p50=f"{times[len(times) // 2]:.0f}", p95=f"{times[int(len(times) * 0.95)]:.0f}")
    )
    return "\n".join([*lines, "", *_worst(judged)])


def interval(flags: Sequence[bool], seed: int = 0) -> tuple[float, float]:
    """A 95% bootstrap interval of the share of True, in percent."""
    if not flags:
        return 0.0, 0.0
    chance = random.Random(seed)
    shares = sorted(sum(chance.choices(flags, k=len(flags))) / len(flags) for _ in range(RESAMPLES))
    return 100 * shares[int(RESAMPLES * 0.025)], 100 * shares[int(RESAMPLES * 0.975)]


def _percent(flags: Sequence[bool]) -> str:
    return f"{100 * sum(flags) / len(flags):7.1f}" if flags else f"{'–':>7}"


def _worst(judged: Sequence[Judged]) -> list[str]:
    """Errors, the most confident first: those mislead people most."""
    wrong = [(one, why) for one in judged if (why := _error(one))]
    wrong.sort(key=lambda pair: -(pair[0].asked.meta.score or 0))
    lines = [say("worst", shown=min(WORST, len(wrong)), count=len(wrong))]
    for one, why in wrong[:WORST]:
        meta = one.asked.meta
        got = ", ".join(meta.procedures[:3]) or "–"
        score = f"{meta.score:.2f}" if meta.score is not None else "–"
        lines.append(
            f"  [{why}] {one.asked.question!r}\n      {say('expected')}: {', '.join(one.case.codes) or '∅'}"
            f"/{one.case.field}  {say('got')}: {meta.status} {got}/{meta.field} ({score})"
        )
    return lines


def _error(one: Judged) -> str:
    if one.case.out_of_scope:
        return "" if one.refused else say("error_answered_foreign")
    if not one.case.codes:
        return ""
    if one.refused:
        return say("error_refused_good")
    if not one.right_procedure:
        return say("error_procedure")
    if one.case.field and not one.right_field:
        return say("error_field")
    return ""


def as_rows(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """For `--out`: every question with what came back."""
    return [
        one.asked.as_dict() | {"gold_codes": one.case.codes, "gold_field": one.case.field} for one in judged
    ]
