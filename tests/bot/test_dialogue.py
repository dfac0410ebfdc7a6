"""Between inbox and Rasa: what Rasa is given, and what citizens get when it is down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from actions.turn import Services
from bot.dialogue import Dialogue, known_intents
from bot.launch import free_port
from conversations import handoffs, inbox
from conversations.calendar import Calendar
from conversations.inbox import Claimed
from conversations.messages import AnswerStatus, Channel, Choice, InboundMessage, OutboundMessage


class EveryDay(Calendar):
    """Working hours that know no day off."""

    def works_on(self, day: date) -> bool:
        return True


@pytest.fixture
async def without_rasa(bundled: Services) -> AsyncIterator[Dialogue]:
    """A dialogue whose Rasa does not answer, at a time when officers work."""
    services = replace(bundled, calendar=EveryDay("00:00-23:59"))
    dialogue = Dialogue(f"http://127.0.0.1:{free_port()}", services, timeout=2)
    yield dialogue
    await dialogue.close()


def claimed(
    bundled: Services, text: str = "", *, person: str | None = None, payload: str | None = None
) -> Claimed:
    """A citizen's message, taken from the inbox."""
    inbound = InboundMessage(
        channel=Channel.WEB,
        event_id=uuid4().hex,
        external_user_id=person or uuid4().hex,
        text=text,
        payload=payload,
    )
    with bundled.db.session() as session:
        inbox.receive(session, inbound)
    found = inbox.claim(bundled.db, lease=timedelta(minutes=1))
    assert found is not None
    return found


def finished(bundled: Services, item: Claimed, *replies: OutboundMessage) -> None:
    with bundled.db.session() as session:
        inbox.finish(session, item, replies)


async def test_without_rasa_retrieval_answers(bundled: Services, without_rasa: Dialogue) -> None:
    item = claimed(bundled, "lam lai can cuoc bi mat het bao nhieu tien")
    (reply,) = await without_rasa.answer(item)
    finished(bundled, item, reply)

    assert "35.000 đồng" in reply.text
    assert any(choice.payload == "/request_human" for choice in reply.choices)


async def test_without_rasa_an_officer_can_still_be_reached(
    bundled: Services, without_rasa: Dialogue
) -> None:
    item = claimed(bundled, payload="/request_human")
    (reply,) = await without_rasa.answer(item)
    finished(bundled, item, reply)

    assert reply.meta is not None
    assert reply.meta.status is AnswerStatus.HANDOFF


async def test_without_rasa_a_command_is_told_to_wait(bundled: Services, without_rasa: Dialogue) -> None:
    item = claimed(bundled, payload="/give_feedback")
    (reply,) = await without_rasa.answer(item)
    finished(bundled, item, reply)

    assert [choice.payload for choice in reply.choices] == ["/request_human"]


async def test_danger_is_answered_even_while_an_officer_is_awaited(
    bundled: Services, without_rasa: Dialogue
) -> None:
    person = uuid4().hex
    asked = claimed(bundled, payload="/request_human", person=person)
    finished(bundled, asked, *await without_rasa.answer(asked))

    quiet = claimed(bundled, "dạ em chờ", person=person)
    assert await without_rasa.while_waiting(quiet) == []
    finished(bundled, quiet)
    cry = claimed(bundled, "chồng tôi đang đánh tôi cứu với", person=person)
    (reply,) = await without_rasa.while_waiting(cry)
    finished(bundled, cry, reply)

    assert "113" in reply.text
    with bundled.db.session() as session:
        case = handoffs.current(session, cry.conversation_id)
        assert case is not None
        assert case.reason == "urgent"


async def test_without_words_the_citizen_is_asked_to_write(bundled: Services, without_rasa: Dialogue) -> None:
    item = claimed(bundled, "   ")
    (reply,) = await without_rasa.answer(item)
    finished(bundled, item, reply)

    assert reply.meta is not None
    assert reply.meta.status is AnswerStatus.CLARIFICATION


@pytest.mark.parametrize(
    ("typed", "given"),
    [("/restart", "restart"), ("//give_feedback", "give_feedback"), ("làm khai sinh", "làm khai sinh")],
)
def test_what_is_typed_is_never_a_command(
    bundled: Services, without_rasa: Dialogue, typed: str, given: str
) -> None:
    item = claimed(bundled, typed)
    finished(bundled, item)

    assert without_rasa.words_for_rasa(item) == given


@pytest.mark.parametrize(
    ("payload", "given"),
    [
        ("/give_feedback", "/give_feedback"),
        ('/ask_procedure{"procedure_code": "1.001193"}', '/ask_procedure{"procedure_code": "1.001193"}'),
        ("/restart", "restart"),
        ("Làm giấy khai sinh", "Làm giấy khai sinh"),
    ],
)
def test_a_button_gives_only_commands_of_ours(
    bundled: Services, without_rasa: Dialogue, payload: str, given: str
) -> None:
    item = claimed(bundled, payload=payload)
    finished(bundled, item)

    assert without_rasa.words_for_rasa(item) == given


def test_a_number_stands_for_the_choice_offered_last(bundled: Services, without_rasa: Dialogue) -> None:
    person = uuid4().hex
    offered = OutboundMessage(
        text="?", choices=(Choice(title="A", payload="/help"), Choice(title="B", payload="/request_human"))
    )
    finished(bundled, claimed(bundled, "chào", person=person), offered)
    item = claimed(bundled, " 2. ", person=person)
    finished(bundled, item)

    assert without_rasa.words_for_rasa(item) == "/request_human"


def test_a_number_beyond_the_choices_is_a_word(bundled: Services, without_rasa: Dialogue) -> None:
    item = claimed(bundled, "113")
    finished(bundled, item)

    assert without_rasa.words_for_rasa(item) == "113"


def test_every_payload_of_the_domain_is_an_intent_or_plain_words() -> None:
    assert {"ask_procedure", "give_feedback", "request_human", "resume"} <= known_intents()


@pytest.mark.parametrize(("hours", "kept"), [("00:00-23:59", False), ("00:00-00:00", True)])
async def test_outside_of_working_hours_a_message_is_kept_for_the_officer(
    bundled: Services, hours: str, kept: bool
) -> None:
    services = replace(bundled, calendar=EveryDay(hours))
    dialogue = Dialogue("http://127.0.0.1:9", services, timeout=2)
    first = claimed(bundled, "gặp cán bộ")
    with bundled.db.session() as session:
        handoffs.request(session, first.conversation_id, "requested")
    finished(bundled, first)
    left = claimed(bundled, "tôi mất giấy khai sinh", person=first.external_user_id)
    assert ["lời nhắn" in reply.text for reply in await dialogue.while_waiting(left)] == [True] * kept
    await dialogue.close()


def test_a_number_for_a_choice_that_never_reaches_rasa_is_its_payload(
    bundled: Services, without_rasa: Dialogue
) -> None:
    first = claimed(bundled, "liên kết")
    offered = OutboundMessage(text="Đã nối.", choices=(Choice(title="Các phản ánh", payload="/my_cases"),))
    finished(bundled, first, offered)
    number = claimed(bundled, "1", person=first.external_user_id)
    assert without_rasa.with_choice(number).message.payload == "/my_cases"
