"""The feedback form: what comes along with an answer."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.feedback import WITHOUT_WORDS, ValidateFeedbackForm
from actions.turn import Services

PHOTO = {"kind": "image", "remote_id": "p1"}
PIN = {"kind": "location", "latitude": 10.0123, "longitude": 105.0811}


def filled(bundled: Services, asked: str, text: str, *attachments: dict[str, Any]) -> dict[str, Any]:
    """The slots that an answer to what was asked fills."""
    latest = {
        "text": text,
        "intent": {"name": "out_of_scope", "confidence": 0.4},
        "entities": [],
        "metadata": {"text": text, "attachments": list(attachments)},
    }
    slots = {"requested_slot": f"feedback_{asked}"}
    state = {"sender_id": "1-1", "slots": slots, "latest_message": latest, "events": [{"event": "user"}]}
    events = ValidateFeedbackForm(bundled).run(CollectingDispatcher(), Tracker.from_dict(state), {})
    return {event["name"]: event["value"] for event in events}


def test_words_under_a_photo_answer_what_was_asked(bundled: Services) -> None:
    slots = filled(bundled, "content", "rác đổ tràn lan cả tuần nay, bốc mùi hôi", PHOTO)
    assert slots["feedback_attachments"] == [PHOTO]
    assert slots["feedback_content"].startswith("rác đổ tràn lan")


def test_a_photo_alone_is_only_kept(bundled: Services) -> None:
    assert filled(bundled, "content", WITHOUT_WORDS, PHOTO) == {"feedback_attachments": [PHOTO]}


def test_a_pin_on_the_map_says_where(bundled: Services) -> None:
    slots = filled(bundled, "place", WITHOUT_WORDS, PIN)
    assert slots["feedback_place"] == "Vị trí trên bản đồ 10.01230, 105.08110"
    assert slots["feedback_attachments"] == [PIN]
