"""What passes between the matters of a talk: a stop, small talk, a mood, where somebody lives."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.between import SmallTalk, Stop
from actions.feedback import BeginFeedback
from actions.service import HandOver, PlaceInfo
from actions.turn import Services
from tests.bundled import asked

ANSWER = "action_answer"
BIRTH = "1.001193"


def next_action(
    action: Action, text: str, intent: str, *, confidence: float = 0.9, conversation: int = 1
) -> str:
    """The action that a message of a talk about births is passed on to; empty when it is answered at once."""
    latest = {
        "text": text,
        "intent": {"name": intent, "confidence": confidence},
        "entities": asked(text),
        "metadata": {"text": text},
    }
    slots = {"procedure_code": BIRTH}
    state = {"sender_id": f"{conversation}-1", "slots": slots, "latest_message": latest, "events": []}
    events: list[dict[str, Any]] = action.run(CollectingDispatcher(), Tracker.from_dict(state), {})
    return next((str(event["name"]) for event in events if event["event"] == "followup"), "")


@pytest.mark.parametrize(
    ("said", "passed_on"),
    [
        ("mất bao lâu?", ANSWER),
        ("tôi bực quá làm gì mà lâu vậy", ""),
        ("đi ba lần rồi mà không xong", ""),
    ],
)
def test_anger_brings_an_officer_and_a_plain_question_is_answered(
    bundled: Services, conversation: int, said: str, passed_on: str
) -> None:
    assert next_action(HandOver(bundled), said, "anger", conversation=conversation) == passed_on


@pytest.mark.parametrize(
    ("said", "passed_on"), [("nộp ở đâu vậy, tui ở Hòn Tre", ANSWER), ("trời nóng quá", "")]
)
def test_small_talk_with_a_question_about_the_matter_is_a_question(
    bundled: Services, said: str, passed_on: str
) -> None:
    assert next_action(SmallTalk(bundled), said, "chitchat") == passed_on


def test_thanks_with_a_question_are_a_question(bundled: Services) -> None:
    assert next_action(SmallTalk(bundled), "cám ơn, mà phí bao nhiêu vậy", "thanks") == ANSWER
    assert next_action(SmallTalk(bundled), "cám ơn em đã chỉ chỗ nộp", "thanks") == ""


def test_a_doubtful_stop_that_names_something_is_a_question(bundled: Services) -> None:
    assert next_action(Stop(bundled), "tạm nghỉ bán ba tháng thôi", "stop", confidence=0.6) == ANSWER
    assert next_action(Stop(bundled), "thôi", "stop") == ""
    assert next_action(Stop(bundled), "bỏ đi, cái khác", "stop", confidence=0.6) == ""


@pytest.mark.parametrize(
    ("said", "passed_on"),
    [
        ("tôi ở xã Vĩnh Thuận", ANSWER),
        ("xã Vĩnh Thuận giờ thuộc đâu", ""),
        ("huyện An Minh bỏ rồi thì giờ làm giấy tờ ở đâu", ""),
    ],
)
def test_where_somebody_lives_is_answered_with_the_matter(
    bundled: Services, said: str, passed_on: str
) -> None:
    assert next_action(PlaceInfo(bundled), said, "ask_place") == passed_on


def test_a_trouble_told_in_a_talk_is_answered_if_a_procedure_settles_it(bundled: Services) -> None:
    assert next_action(BeginFeedback(bundled), "hàng xóm tranh chấp ranh đất", "give_feedback") == ANSWER
    assert next_action(BeginFeedback(bundled), "rác đầy hẻm", "give_feedback") == "feedback_form"


def test_a_doubtful_call_for_help_without_a_word_of_danger_is_answered(
    bundled: Services, conversation: int
) -> None:
    def passed_on(said: str, confidence: float) -> str:
        action = HandOver(bundled)
        return next_action(action, said, "urgent", confidence=confidence, conversation=conversation)

    assert passed_on("nó ở với ngoại", 0.6) == ANSWER
    assert passed_on("nó ở với ngoại", 0.9) == ""
    assert passed_on("ổng đòi giết tôi", 0.6) == ""
