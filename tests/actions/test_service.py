"""Small words between: what a yes means depends on what was asked."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.between import Affirm
from actions.turn import Services
from conversations.models import Conversation


def after(conversation: int, *actions: str) -> Tracker:
    """The citizen says yes after the assistant did these things."""
    events: list[dict[str, Any]] = [{"event": "user", "text": "…"}]
    events += [{"event": "action", "name": name} for name in (*actions, "action_listen")]
    yes = {"text": "có", "intent": {"name": "affirm", "confidence": 1.0}, "entities": []}
    state = {
        "sender_id": f"{conversation}-1",
        "slots": {},
        "latest_message": yes,
        "events": [*events, {"event": "user", "text": "có"}],
    }
    tracker: Tracker = Tracker.from_dict(state)
    return tracker


@pytest.mark.parametrize(
    ("done", "erases"),
    [
        (["action_delete_data"], True),
        (["action_delete_data", "action_listen", "action_answer"], False),
        (["action_answer"], False),
    ],
)
def test_a_yes_erases_only_right_after_the_question(
    bundled: Services, conversation: int, done: list[str], erases: bool
) -> None:
    Affirm(bundled).run(CollectingDispatcher(), after(conversation, *done), {})

    with bundled.db.session(read_only=True) as session:
        found = session.get_one(Conversation, conversation)
        assert (found.person.erasure_requested_at is not None) is erases
