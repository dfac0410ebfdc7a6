"""Short help in English; the first screen's buttons."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions import english
from actions.english import in_other_words, is_english
from actions.events import life_events
from actions.turn import Services, Turn
from knowledge_base.schema import Procedure

MakeTurn = Callable[..., Turn]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("how can I register my baby's birth", True),
        ("i want to marry a vietnamese woman, what papers do i need", True),
        ("how much is a passport", True),
        ("lam ho chieu can documents gi", False),
        ("cần documents gì để check in cho khách", False),
        ("to khai can me no the", False),
        ("menu", False),
    ],
)
def test_english_is_told_from_vietnamese_without_diacritics(text: str, told: bool) -> None:
    assert is_english(text) is told


def test_an_english_question_gets_fee_and_vietnamese_name(bundled: Services, turn: MakeTurn) -> None:
    answered = in_other_words(turn("how much is a passport"), bundled)

    assert answered is not None
    message, slots = answered
    assert "200,000 VND" in message.text
    assert "cấp hộ chiếu phổ thông" in message.text
    assert message.meta is not None
    assert message.meta.sources[0].id == "1.001456"
    assert slots["procedure_code"] == "1.001456"


@pytest.mark.parametrize("text", ["Hello, can you help me please", "អ្នកអាចជួយខ្ញុំបានទេ", "请问怎么登记结婚"])
def test_what_is_not_understood_in_another_language_is_handed_to_an_officer(
    bundled: Services, turn: MakeTurn, text: str
) -> None:
    answered = in_other_words(turn(text), bundled)

    assert answered is not None
    assert answered[0].choices[-1].payload == "/request_human"


def test_vietnamese_is_left_to_the_rest(bundled: Services, turn: MakeTurn) -> None:
    assert in_other_words(turn("làm hộ chiếu bao nhiêu tiền"), bundled) is None


def test_every_matter_in_the_tables_is_a_bundled_procedure(bundled: Services) -> None:
    codes = {matter["code"] for matter in english._table()["matters"]}
    codes |= {code for event in life_events() for code in event["procedures"]}

    assert {code for code in codes if not isinstance(bundled.library.get(code), Procedure)} == set()
