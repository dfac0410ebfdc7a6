"""The guide: its buttons turn a page where they stand, and words are answered below."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.guide import STAGES, GuideStep, StartGuide, beginning
from actions.turn import Services
from knowledge_base.schema import Procedure

BIRTH = "1.001193"


def step(bundled: Services, intent: str, *, stage: str = "papers", **entities: str) -> dict[str, Any]:
    """What the guide shows when a button of that intent is pressed in message 42."""
    latest = {
        "text": f"/{intent}",
        "intent": {"name": intent, "confidence": 1.0},
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        "metadata": {"text": f"/{intent}", "pressed_in": "42"},
    }
    slots = {"guide": {"code": BIRTH, "stage": stage, "case": 0}}
    tracker = Tracker.from_dict({"sender_id": "1-1", "slots": slots, "latest_message": latest, "events": []})
    dispatcher = CollectingDispatcher()
    action = StartGuide(bundled) if entities else GuideStep(bundled)
    action.run(dispatcher, tracker, {})
    shown: dict[str, Any] = dispatcher.messages[0]["custom"]
    return shown


@pytest.mark.parametrize("intent", ["guide_next", "guide_back", "guide_repeat", "resume"])
def test_a_button_of_the_guide_turns_its_page(bundled: Services, intent: str) -> None:
    assert step(bundled, intent)["replaces"] == "42"


def test_choosing_a_case_turns_the_page_too(bundled: Services) -> None:
    assert step(bundled, "start_guide", guide_case="0")["replaces"] == "42"


def test_a_yes_under_another_message_is_answered_below(bundled: Services) -> None:
    assert step(bundled, "affirm")["replaces"] is None


def test_without_a_guide_going_back_means_the_matter_of_the_talk(bundled: Services) -> None:
    words = "quay lai cai hoi nay"
    latest = {"text": words, "intent": {"name": "guide_back", "confidence": 1.0}, "metadata": {"text": words}}
    slots = {"matters": [{"code": BIRTH, "field": "fee"}], "procedure_code": BIRTH}
    tracker = Tracker.from_dict({"sender_id": "1-1", "slots": slots, "latest_message": latest, "events": []})
    dispatcher = CollectingDispatcher()
    (event,) = GuideStep(bundled).run(dispatcher, tracker, {})
    assert (event["event"], event["name"]) == ("followup", "action_answer")
    assert dispatcher.messages == []


def test_every_procedure_can_be_walked_through(bundled: Services) -> None:
    for procedure in bundled.library.of(Procedure):
        state = beginning(procedure.code)
        for _ in STAGES:
            latest = {
                "text": "/guide_next",
                "intent": {"name": "guide_next"},
                "metadata": {"text": "/guide_next"},
            }
            slots = {"guide": state | {"stage": "papers"} if state["stage"] == "case" else state}
            tracker = Tracker.from_dict(
                {"sender_id": "1-1", "slots": slots, "latest_message": latest, "events": []}
            )
            events = GuideStep(bundled).run(CollectingDispatcher(), tracker, {})
            state = next(event["value"] for event in events if event["name"] == "guide")
            if state is None:
                break
        assert state is None, procedure.code
