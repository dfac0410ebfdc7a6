"""What citizens say to link their channels, and to see their feedback from all of them."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from actions.turn import Services
from bot.links import LINK, MINE, TRIES, UNLINK, Links, say
from conversations import cases, inbox
from conversations.inbox import Claimed
from conversations.messages import Channel, InboundMessage, OutboundMessage
from conversations.models import OutboxItem


class Citizen:
    """One citizen on two channels."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.links = Links(services)
        self.id = uuid4().hex

    def says(self, channel: Channel, text: str = "", payload: str | None = None) -> OutboundMessage | None:
        """The reply, if the message is about links."""
        replies = self.links.answer(self.heard(channel, text, payload))
        return replies[0] if replies else None

    def heard(self, channel: Channel, text: str = "", payload: str | None = None) -> Claimed:
        with self.services.db.session() as session:
            inbound = InboundMessage(
                channel=channel,
                event_id=uuid4().hex,
                external_user_id=self.id,
                text=text,
                payload=payload,
            )
            inbox.receive(session, inbound)
        found = inbox.claim(self.services.db, lease=timedelta(minutes=1))
        assert found is not None
        with self.services.db.session() as session:
            inbox.finish(session, found)
        return found

    def code(self, channel: Channel) -> str:
        reply = self.says(channel, "Liên kết")
        assert reply is not None
        found = re.search(r"LK-\w{4}-\w{4}", reply.text)
        assert found is not None
        return found[0]


@pytest.fixture
def citizen(bundled: Services) -> Citizen:
    return Citizen(bundled)


def text(reply: OutboundMessage | None) -> str:
    assert reply is not None
    return reply.text


def test_two_channels_are_linked_both_are_told_and_it_can_be_undone(citizen: Citizen) -> None:
    code = citizen.code(Channel.WEB)
    linked = citizen.says(Channel.TELEGRAM, f"mã {code.lower()} nè")
    assert text(linked) == say("linked", channel="trang web")
    with citizen.services.db.session(read_only=True) as session:
        [told] = session.scalars(select(OutboxItem).filter_by(external_user_id=citizen.id, channel="web"))
    assert "Telegram" in told.body["text"]
    assert [choice["payload"] for choice in told.body["choices"]] == [UNLINK]
    assert text(citizen.says(Channel.WEB, payload=UNLINK)) == say("unlinked")
    assert text(citizen.says(Channel.WEB, "bỏ liên kết.")) == say("not_linked")


def test_feedback_is_seen_from_the_linked_channel(citizen: Citizen) -> None:
    filer = citizen.heard(Channel.WEB, "rác")
    with citizen.services.db.session() as session:
        code = cases.open_feedback(session, filer.conversation_id, content="rác ở chợ, gọi 0912345678").code
    assert text(citizen.says(Channel.ZALO, "các phản ánh của tôi?")) == say("mine_none")
    citizen.says(Channel.ZALO, citizen.code(Channel.WEB))
    seen = citizen.says(Channel.ZALO, payload=MINE)
    assert f"{code} (" in text(seen)
    assert "0912345678" not in text(seen)
    assert seen is not None
    assert seen.choices[0].payload == code


def test_a_code_sent_where_it_was_asked_for_is_explained(citizen: Citizen) -> None:
    assert text(citizen.says(Channel.WEB, citizen.code(Channel.WEB))) == say("same")


def test_guessing_is_slowed_down(citizen: Citizen) -> None:
    replies = [text(citizen.says(Channel.WEB, "LK-0000-0001")) for _ in range(TRIES.burst + 1)]
    assert replies == [say("unknown")] * TRIES.burst + [say("too_fast")]


@pytest.mark.parametrize("words", ["liên kết ngân hàng với VNeID sao?", "phản ánh của tôi tới đâu rồi", "lk"])
def test_other_matters_are_left_to_the_assistant(citizen: Citizen, words: str) -> None:
    assert citizen.says(Channel.WEB, words) is None


def test_the_button_asks_for_a_code_too(citizen: Citizen) -> None:
    assert "LK-" in text(citizen.says(Channel.TELEGRAM, "Nối với Zalo", payload=LINK))
