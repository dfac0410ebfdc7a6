"""The feedback form: what comes along with an answer."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.attachments import ReceiveAttachment
from actions.feedback import WITHOUT_WORDS, ValidateFeedbackForm
from actions.turn import Services

PHOTO = {"kind": "image", "remote_id": "a" * 64 + ".jpg"}
NOT_KEPT = {"kind": "file", "remote_id": "BQAC-docx"}
VOICE = {"kind": "audio", "remote_id": "voice-1"}
STICKER = {"kind": "sticker"}
CONTACT = {"kind": "contact", "name": "Năm"}
PIN = {"kind": "location", "latitude": 10.0123, "longitude": 105.0811}


def validated(
    bundled: Services, asked: str, text: str, *attachments: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[str]]:
    """The events and the messages that follow upon an answer to what was asked."""
    latest = {
        "text": text,
        "intent": {"name": "out_of_scope", "confidence": 0.4},
        "entities": [],
        "metadata": {"text": text, "attachments": list(attachments)},
    }
    slots = {"requested_slot": f"feedback_{asked}"}
    state = {"sender_id": "1-1", "slots": slots, "latest_message": latest, "events": [{"event": "user"}]}
    dispatcher = CollectingDispatcher()
    events = ValidateFeedbackForm(bundled).run(dispatcher, Tracker.from_dict(state), {})
    return events, [message["custom"]["text"] for message in dispatcher.messages]


def filled(bundled: Services, asked: str, text: str, *attachments: dict[str, Any]) -> dict[str, Any]:
    """The slots that an answer to what was asked fills."""
    events, _ = validated(bundled, asked, text, *attachments)
    return {event["name"]: event["value"] for event in events}


def answers(bundled: Services, asked: str, text: str) -> list[str]:
    """What the citizen reads before the next question."""
    return validated(bundled, asked, text)[1]


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


def test_somebody_in_danger_reads_the_emergency_numbers_whatever_was_asked(bundled: Services) -> None:
    assert any("113" in text for text in answers(bundled, "place", "anh hàng xóm hiếp con gái tôi"))


def test_a_number_that_cannot_be_right_is_asked_again_in_one_message(bundled: Services) -> None:
    slots = filled(bundled, "contact", "0918")

    assert slots == {"feedback_hint": "contact_bad", "feedback_contact": None}
    assert answers(bundled, "contact", "0918") == []


@pytest.mark.parametrize("nothing", [VOICE, STICKER, CONTACT, NOT_KEPT])
def test_what_officers_could_not_open_is_not_attached(bundled: Services, nothing: dict[str, Any]) -> None:
    assert filled(bundled, "content", WITHOUT_WORDS, PHOTO, nothing)["feedback_attachments"] == [PHOTO]


@pytest.mark.parametrize(
    ("sent", "words", "offered"),
    [
        ((PHOTO, PHOTO | {"remote_id": "b" * 64 + ".pdf"}), "2 tệp", ["Gửi phản ánh"]),
        ((PIN,), "vị trí", ["Gửi phản ánh"]),
        ((VOICE,), "tin thoại", ["Gặp cán bộ"]),
        ((STICKER,), "Cảm ơn", []),
        ((NOT_KEPT,), "PDF, mỗi tệp tối đa 5 MB", []),
    ],
    ids=["files", "place", "voice", "sticker", "kind that is not kept"],
)
def test_each_kind_has_its_own_answer(
    bundled: Services, sent: tuple[dict[str, Any], ...], words: str, offered: list[str]
) -> None:
    metadata = {"text": WITHOUT_WORDS, "attachments": list(sent)}
    latest = {"text": WITHOUT_WORDS, "intent": {"name": "send_attachment"}, "metadata": metadata}
    state = {"sender_id": "1-1", "slots": {}, "latest_message": latest, "events": [{"event": "user"}]}
    dispatcher = CollectingDispatcher()
    ReceiveAttachment(bundled).run(dispatcher, Tracker.from_dict(state), {})
    [answer] = [one["custom"] for one in dispatcher.messages]
    assert words in answer["text"]
    assert [choice["title"] for choice in answer["choices"]] == offered
