"""What a complaint tells of itself: where, when, and whether it is one at all."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.feedback import BeginFeedback, ValidateFeedbackForm
from actions.feedback_facts import place_in, spot_in, time_in
from actions.turn import Services


@pytest.mark.parametrize(
    ("said", "place", "spot", "time"),
    [
        ("rác ở chợ Rạch Giá từ sáng nay không ai hốt", "chợ Rạch Giá", "chợ Rạch Giá", "từ sáng nay"),
        ("duong hu o ap Hoa Binh", None, "ap Hoa Binh", None),
        ("ở ấp 3, xã Đông Hòa, cầu sập từ hôm 12/11", "ấp 3, xã Đông Hòa", "ấp 3", "hôm 12/11"),
        ("o trung tam xa An Minh sang hom qua", "trung tam xa An Minh", None, "sang hom qua"),
        ("nước kênh hôi thúi cá chết mấy bữa nay", None, None, "mấy bữa nay"),
        ("loa kéo hát tối nào cũng ồn", None, None, "tối nào cũng"),
        ("cán bộ nói chuyện khó nghe", None, None, None),
    ],
)
def test_place_and_time_are_taken_without_the_words_around_them(
    bundled: Services, said: str, place: str | None, spot: str | None, time: str | None
) -> None:
    assert (place_in(said, bundled.places), spot_in(said), time_in(said)) == (place, spot, time)


def saying(text: str, *, requested: str | None = None, **slots: Any) -> Tracker:
    tracker: Tracker = Tracker.from_dict(
        {
            "sender_id": "1-1",
            "slots": slots | {"requested_slot": requested},
            "latest_message": {
                "text": text,
                "intent": {"name": "give_feedback", "confidence": 0.9},
                "entities": [],
            },
            "events": [{"event": "user", "text": text}],
        }
    )
    return tracker


def slots_of(events: list[Any]) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def begin(bundled: Services, text: str) -> tuple[list[Any], list[Any]]:
    """The events and the messages of the first step."""
    dispatcher = CollectingDispatcher()
    return BeginFeedback(bundled).run(dispatcher, saying(text), {}), dispatcher.messages


def test_the_first_message_fills_what_it_tells(bundled: Services) -> None:
    text = "phản ánh rác ở chợ Rạch Giá từ sáng nay không ai hốt"
    events = ValidateFeedbackForm(bundled).run(CollectingDispatcher(), saying(text), {})

    assert slots_of(events) == {
        "feedback_content": text,
        "feedback_place": "chợ Rạch Giá",
        "feedback_happened": "từ sáng nay",
    }


def test_the_commune_is_added_to_the_hamlet_that_was_told(bundled: Services) -> None:
    tracker = saying(
        "xa dong hoa", requested="feedback_place", feedback_content="duong hu o ap Hoa Binh di khong duoc"
    )
    events = ValidateFeedbackForm(bundled).run(CollectingDispatcher(), tracker, {})

    assert slots_of(events) == {"feedback_place": "ap Hoa Binh, xa dong hoa"}


def test_a_time_told_with_the_place_is_not_asked_again(bundled: Services) -> None:
    tracker = saying("o trung tam xa An Minh sang hom qua", requested="feedback_place")
    events = ValidateFeedbackForm(bundled).run(CollectingDispatcher(), tracker, {})

    assert slots_of(events) == {
        "feedback_place": "trung tam xa An Minh",
        "feedback_happened": "sang hom qua",
    }


@pytest.mark.parametrize("text", ["tau ca 17m can dang kiem khong", "làm căn cước ở xã nào?"])
def test_a_plain_question_is_no_complaint(bundled: Services, text: str) -> None:
    events, _ = begin(bundled, text)

    assert [event["name"] for event in events] == ["action_answer"]


@pytest.mark.parametrize(
    "text", ["rác chất đống ở chợ, sao không ai hốt vậy?", "tôi muốn phản ánh, làm căn cước sao lâu vậy?"]
)
def test_a_complaint_in_the_form_of_a_question_is_filed(bundled: Services, text: str) -> None:
    events, _ = begin(bundled, text)

    assert [event["name"] for event in events] == ["feedback_form"]


def test_who_only_vents_gets_calm_words_and_the_offer_to_file(bundled: Services) -> None:
    events, (message,) = begin(bundled, "can bo xa khinh dan qua")
    offered = message["custom"]["choices"]

    assert events == []
    assert offered[0]["payload"].startswith("/give_feedback")
    assert offered[1]["payload"] == "/request_human"


def test_an_anger_with_a_place_and_a_time_is_filed_at_once(bundled: Services) -> None:
    events, _ = begin(bundled, "cán bộ hách dịch ở trung tâm xã An Minh sáng hôm qua")

    assert [event["name"] for event in events] == ["feedback_form"]
