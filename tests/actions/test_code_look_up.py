"""Codes with a slip, and numbers of dossiers: what citizens are told."""

from __future__ import annotations

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.codes import dossier_number, nearest, quoted_code
from actions.service import Answer, LookUpCode
from actions.turn import Services
from conversations import cases
from conversations.messages import OutboundMessage
from conversations.texts import MY_CASES


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("mã hồ sơ H01.12-250701-0005 sao rồi", "H01.12-250701-0005"),
        ("000.00.16.h01-240101-0001", "000.00.16.H01-240101-0001"),
        ("hồ sơ G22.99.02-220801-00012 tới đâu", "G22.99.02-220801-00012"),
        ("thủ tục 1.001193", None),
        ("nghị định 120/2025/NĐ-CP", None),
        ("ngày 01-07-2025 gọi 0912-345-678", None),
    ],
)
def test_the_number_of_a_dossier_is_known_by_its_form(text: str, number: str | None) -> None:
    assert dossier_number(text) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("pa-7k3m-92q", "PA-7K3M-92Q"),
        ("mã PA7K3M92QDD đó", "PA-7K3M-92QDD"),
        ("HT 7K3M 92QD", "HT-7K3M-92QD"),
        ("mã pa-nvdu-axra đâu", "PA-NVDU-AXRA"),
        ("phương án PA 2025", None),
        ("pa ơi giúp con", None),
        ("làm giấy khai sinh", None),
    ],
)
def test_a_code_is_known_by_its_form_right_or_not(text: str, code: str | None) -> None:
    assert quoted_code(text) == code


def test_a_code_with_one_slip_is_near_and_another_code_is_not() -> None:
    own = ["PA-7K3M-92QD", "PA-0000-AAAA"]
    assert nearest("PA-7K3N-92QD", own) == "PA-7K3M-92QD"
    assert nearest("PA-7K3M-92Q", own) == "PA-7K3M-92QD"
    assert nearest("PA-1234-5678", own) is None


def looked_up(bundled: Services, conversation: int, text: str) -> OutboundMessage:
    latest = {"text": text, "intent": {"name": "lookup_code"}, "entities": [], "metadata": {"text": text}}
    state = {"sender_id": f"{conversation}-1", "slots": {}, "latest_message": latest, "events": []}
    dispatcher = CollectingDispatcher()
    LookUpCode(bundled).run(dispatcher, Tracker.from_dict(state), {})
    return OutboundMessage.model_validate(dispatcher.messages[0]["custom"])


def test_a_slip_in_ones_own_code_is_put_right(bundled: Services, conversation: int) -> None:
    with bundled.db.session() as session:
        code = cases.open_feedback(session, conversation, content="rác ở chợ").code
    wrong = code[:-1] + ("A" if code[-1] != "A" else "C")
    reply = looked_up(bundled, conversation, f"mã {wrong}")
    assert reply.choices[0].payload == code
    assert code in reply.text


def test_a_strangers_code_is_never_suggested(bundled: Services, conversation: int) -> None:
    reply = looked_up(bundled, conversation, "mã PA-7K3M-92Q")
    assert "có 7 ký tự" in reply.text
    assert [choice.payload for choice in reply.choices] == [MY_CASES]


def test_a_dossier_is_looked_up_on_the_portal(bundled: Services, conversation: int) -> None:
    reply = looked_up(bundled, conversation, "mã hồ sơ H01.12-250701-0005 sao rồi")
    assert reply.text.startswith("H01.12-250701-0005 là mã hồ sơ")
    assert reply.links[0].url == "https://dichvucong.gov.vn"


@pytest.mark.parametrize("text", ["H01.12-250701-0005", "pa7k3m92q"])
def test_a_number_alone_is_looked_up_whatever_it_was_taken_for(
    bundled: Services, conversation: int, text: str
) -> None:
    latest = {"text": text, "intent": {"name": "out_of_scope"}, "entities": [], "metadata": {"text": text}}
    state = {"sender_id": f"{conversation}-1", "slots": {}, "latest_message": latest, "events": []}
    [event] = Answer(bundled).run(CollectingDispatcher(), Tracker.from_dict(state), {})
    assert event["name"] == "action_lookup_code"


@pytest.mark.parametrize("text", ["tra cuu ho so da nop", "hồ sơ đất của tôi xong chưa"])
def test_who_asks_for_a_dossier_without_its_number_is_sent_to_the_portal(
    bundled: Services, conversation: int, text: str
) -> None:
    answer = looked_up(bundled, conversation, text)

    assert "dichvucong.gov.vn" in answer.text
    assert "PA-XXXX-XXXX" in answer.text
