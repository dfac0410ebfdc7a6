"""Procedures that are listed only: named with their page, never answered from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions import answering
from actions.listed import after_reviewed
from actions.turn import Services, Turn
from conversations.messages import AnswerStatus
from knowledge_base.search import Hit
from tests.bundled import asked

MakeTurn = Callable[..., Turn]
FERTILISER = "1.007929"


def hit(id: str, kind: str, score: float) -> Hit:
    return Hit(id, kind, id, "name", id, score)


@pytest.mark.parametrize("text", ["nhập khẩu phân bón cần giấy phép gì", "xin nhap khau phan bon"])
def test_its_name_and_page_are_told_and_that_no_more_is_known(
    bundled: Services, turn: MakeTurn, text: str
) -> None:
    reply = answering.answer(turn(text, entities=asked(text)), bundled)

    [said] = reply.messages
    assert reply.status is AnswerStatus.UNANSWERABLE
    assert FERTILISER in said.text
    assert said.links[0].url.startswith("https://dichvucong.gov.vn/")
    assert said.choices[-1].payload == "/request_human"


def test_a_question_after_it_stays_with_it(bundled: Services, turn: MakeTurn) -> None:
    text = "lệ phí bao nhiêu"
    slots = {"procedure_code": FERTILISER, "field": "dossier"}
    reply = answering.answer(turn(text, entities=asked(text), slots=slots), bundled)

    assert FERTILISER in reply.messages[0].text
    assert reply.status is AnswerStatus.UNANSWERABLE


def test_what_can_be_answered_goes_before_what_is_only_listed() -> None:
    hits = after_reviewed([hit("listed", "listed", 0.9), hit("reviewed", "procedure", 0.5)])
    assert [one.id for one in hits] == ["reviewed", "listed"]


def test_a_listed_procedure_that_fits_far_better_goes_first() -> None:
    hits = after_reviewed([hit("reviewed", "procedure", 0.3), hit("listed", "listed", 0.9)])
    assert [one.id for one in hits] == ["listed", "reviewed"]
