"""What a citizen says about a feedback that was filed."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.own_feedback import AddToFeedback, ChangeFeedback, WithdrawFeedback
from actions.turn import Services
from conversations import cases
from conversations.models import Case


def said(action: ChangeFeedback, conversation: int, text: str, **entities: str) -> dict[str, Any]:
    """The answer to a message, as Rasa is given it."""
    latest = {
        "text": text,
        "intent": {"name": "add_to_feedback", "confidence": 0.9},
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        "metadata": {"text": text},
    }
    state = {"sender_id": f"{conversation}-1", "slots": {}, "latest_message": latest, "events": []}
    dispatcher = CollectingDispatcher()
    action.run(dispatcher, Tracker.from_dict(state), {})
    answer: dict[str, Any] = dispatcher.messages[-1]["custom"]
    return answer


@pytest.fixture
def filed(bundled: Services, conversation: int) -> Case:
    with bundled.db.session() as session:
        return cases.open_feedback(session, conversation, content="rác đầy hẻm", consent=True)


def stored(bundled: Services, case: Case) -> Case:
    with bundled.db.session(read_only=True) as session:
        return session.get_one(Case, case.id)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tôi muốn bổ sung thêm là có chuột nữa", "có chuột nữa"),
        ("bo sung: sang nay van chua don", "sang nay van chua don"),
    ],
)
def test_the_addition_is_written_without_the_words_that_announce_it(
    bundled: Services, conversation: int, filed: Case, text: str, told: str
) -> None:
    answer = said(AddToFeedback(bundled), conversation, text)

    assert f'"{told}"' in answer["text"]
    assert stored(bundled, filed).content.endswith(f"] {told}")


def test_an_addition_without_words_is_asked_for(bundled: Services, conversation: int, filed: Case) -> None:
    said(AddToFeedback(bundled), conversation, "tôi muốn bổ sung phản ánh")

    assert stored(bundled, filed).content == "rác đầy hẻm"


def test_a_feedback_is_taken_back_only_when_that_was_confirmed(
    bundled: Services, conversation: int, filed: Case
) -> None:
    answer = said(WithdrawFeedback(bundled), conversation, "tôi muốn rút lại phản ánh")
    assert stored(bundled, filed).status == "new"
    assert answer["choices"][0]["payload"].startswith("/withdraw_feedback")

    said(WithdrawFeedback(bundled), conversation, "", case_code=filed.code, confirmed="yes")
    assert stored(bundled, filed).status == "closed"


def test_of_several_the_citizen_chooses(bundled: Services, conversation: int, filed: Case) -> None:
    with bundled.db.session() as session:
        second = cases.open_feedback(session, conversation, content="đèn đường hư").code

    answer = said(WithdrawFeedback(bundled), conversation, "rút phản ánh")

    assert [choice["title"] for choice in answer["choices"]] == [second, filed.code]


def test_the_feedback_of_another_is_not_touched(bundled: Services, conversation: int, filed: Case) -> None:
    answer = said(AddToFeedback(bundled), conversation + 1_000, "bổ sung có chuột", case_code=filed.code)

    assert filed.code in answer["text"]
    assert stored(bundled, filed).content == "rác đầy hẻm"
