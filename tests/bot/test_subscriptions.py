"""What citizens say to hear news, or to hear no more."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from actions.turn import Services
from bot.subscriptions import Subscriptions, say
from conversations import cases, following, inbox
from conversations.inbox import Claimed
from conversations.messages import Channel, InboundMessage
from conversations.models import Subscription


def heard(services: Services, text: str = "", payload: str | None = None) -> Claimed:
    with services.db.session() as session:
        inbound = InboundMessage(
            channel=Channel.WEB,
            event_id=uuid4().hex,
            external_user_id=uuid4().hex,
            text=text,
            payload=payload,
        )
        inbox.receive(session, inbound)
    found = inbox.claim(services.db, lease=timedelta(minutes=1))
    assert found is not None
    with services.db.session() as session:
        inbox.finish(session, found)
    return found


def topics(services: Services, claimed: Claimed) -> dict[str, bool]:
    with services.db.session(read_only=True) as session:
        mine = select(Subscription).filter_by(conversation_id=claimed.conversation_id)
        return {one.topic: one.active for one in session.scalars(mine)}


def test_a_code_is_followed_from_another_channel_and_stopped(bundled: Services) -> None:
    filer = heard(bundled, "rác")
    with bundled.db.session() as session:
        case = cases.open_feedback(session, filer.conversation_id, content="rác")
        code, topic = case.code, following.topic_of_case(case)
    reader = heard(bundled, f"Theo dõi {code.lower().replace('-', ' ')}")
    (reply,) = Subscriptions(bundled).answer(reader) or ()
    assert reply.text == say("following", code=code)
    assert topics(bundled, reader) == {topic: True}
    Subscriptions(bundled).answer(heard(bundled, f"ngung theo doi {code}"))
    pressed = heard(bundled, payload=f"{following.STOP} {topic}")
    (reply,) = Subscriptions(bundled).answer(pressed) or ()
    assert reply.text == say("stopped")
    assert topics(bundled, pressed) == {topic: False}


def test_an_area_is_subscribed_to_by_its_name(bundled: Services) -> None:
    claimed = heard(bundled, "nhận tin phường Rạch Giá")
    (reply,) = Subscriptions(bundled).answer(claimed) or ()
    assert "phường Rạch Giá" in reply.text.replace("Phường", "phường")
    assert len(topics(bundled, claimed)) == 1


def test_an_unknown_code_is_said_to_be_unknown(bundled: Services) -> None:
    (reply,) = Subscriptions(bundled).answer(heard(bundled, "theo dõi PA-0000-0001")) or ()
    assert "PA-0000-0001" in reply.text


@pytest.mark.parametrize(
    "text", ["theo dõi hồ sơ đất đai ở đâu?", "nhận tin nhắn lừa đảo thì báo ai", "làm căn cước"]
)
def test_other_matters_are_left_to_the_assistant(bundled: Services, text: str) -> None:
    assert Subscriptions(bundled).answer(heard(bundled, text)) is None


@pytest.mark.parametrize("payload", ["/stop_news x", "/stop_news case:1 OR 1", "/greet"])
def test_other_payloads_are_left_to_the_assistant(bundled: Services, payload: str) -> None:
    assert Subscriptions(bundled).answer(heard(bundled, payload=payload)) is None
