"""The evaluation counts what it says."""

from __future__ import annotations

from bot.ask import Asked
from bot.evaluation import Case, Judged, interval, judge, report
from conversations.messages import AnswerMeta, AnswerStatus, OutboundMessage


def asked(question: str, status: AnswerStatus, *codes: str, field: str | None = None) -> Asked:
    meta = AnswerMeta(status=status, procedures=codes, field=field, score=0.5)
    return Asked(question, [OutboundMessage(text="x", meta=meta)], ms=1.0)


CASE = Case("q", "std", ("1.001193",), "fee")


def test_the_first_code_of_an_answer_decides() -> None:
    assert Judged(CASE, asked("q", AnswerStatus.ANSWERED, "1.001193", "1.000656")).right_procedure
    assert not Judged(CASE, asked("q", AnswerStatus.ANSWERED, "1.000656", "1.001193")).right_procedure


def test_a_question_back_is_right_when_it_offers_the_right_one_but_not_at_once() -> None:
    offered = Judged(CASE, asked("q", AnswerStatus.CLARIFICATION, "1.000656", "1.001193"))

    assert offered.right_procedure
    assert not offered.right_at_once


def test_a_follow_up_is_judged_by_its_own_answer() -> None:
    case = Case("q", "std", ("1.001193",), "fee", follow_up="còn lệ phí?")
    (judged,) = judge(
        [case],
        [
            asked("q", AnswerStatus.CHITCHAT),
            asked("còn lệ phí?", AnswerStatus.ANSWERED, "1.001193", field="fee"),
        ],
    )

    assert judged.right_procedure
    assert judged.right_field


def test_the_report_has_a_line_for_each_measure_and_names_the_errors() -> None:
    foreign = Case("thời tiết", "std", out_of_scope=True)
    text = report(
        [
            Judged(CASE, asked("q", AnswerStatus.ANSWERED, "1.001193", field="fee")),
            Judged(foreign, asked("thời tiết", AnswerStatus.ANSWERED, "1.001193")),
        ]
    )

    assert "100.0" in text
    assert "thời tiết" in text


def test_the_interval_holds_the_share() -> None:
    low, high = interval([True] * 90 + [False] * 10)

    assert low < 90 < high
