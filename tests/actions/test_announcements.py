"""News: what fits the question, the newest when no matter is named, nothing when none fits."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.service import Announcements
from actions.turn import Services
from conversations.messages import AnswerStatus, OutboundMessage


def asked(bundled: Services, text: str) -> tuple[list[OutboundMessage], list[Any]]:
    """What is said, and which action follows."""
    latest = {
        "text": text,
        "intent": {"name": "ask_announcement"},
        "entities": [],
        "metadata": {"text": text},
    }
    state = {"sender_id": "1-1", "slots": {}, "latest_message": latest, "events": []}
    dispatcher = CollectingDispatcher()
    events = Announcements(bundled).run(dispatcher, Tracker.from_dict(state), {})
    return [OutboundMessage.model_validate(said["custom"]) for said in dispatcher.messages], events


@pytest.mark.parametrize("text", ["có thông báo gì mới không", "tin tuc hom nay"])
def test_the_newest_are_told_when_no_matter_is_named(bundled: Services, text: str) -> None:
    [said], _ = asked(bundled, text)

    assert said.meta is not None
    assert len(said.meta.sources) == 3


def test_news_that_do_not_fit_are_not_told(bundled: Services) -> None:
    [said], _ = asked(bundled, "có thông báo về lễ hội pháo hoa không")

    assert said.meta is not None
    assert said.meta.status is AnswerStatus.UNANSWERABLE


def test_a_question_that_no_news_fits_is_answered_like_any_other(bundled: Services) -> None:
    said, [follow_up] = asked(bundled, "lương hưu tháng này khi nào có")

    assert said == []
    assert follow_up["name"] == "action_answer"
