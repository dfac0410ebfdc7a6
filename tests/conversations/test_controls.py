from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from conversation_support import officer, reply, say, texts

from conversations import cases, controls, handoffs
from conversations.bus import Notifier
from conversations.controls import EmergencyNotice
from conversations.database import Database
from conversations.inbox import Claimed
from conversations.messages import Channel, OutboundMessage
from conversations.models import AuditEntry, Case, now
from conversations.texts import RATE
from conversations.worker import Worker


async def echo(claimed: Claimed) -> Sequence[OutboundMessage]:
    return [reply(f"trả lời {claimed.message.text}"), reply("thêm")]


async def work_all(db: Database) -> None:
    worker = Worker(db, Notifier(db), echo)
    while await worker.work_next():
        pass


def set_notice(db: Database, notice: EmergencyNotice | None) -> None:
    with db.session() as session:
        controls.set_emergency_notice(session, notice, actor="quan")


async def test_an_emergency_notice_stands_on_top_of_every_answer_until_it_is_removed(db: Database) -> None:
    set_notice(db, EmergencyNotice("Bão vào bờ."))
    conversation_id = say(db, "một")
    await work_all(db)
    assert texts(db, conversation_id, "bot") == ["Bão vào bờ.\n\ntrả lời một", "thêm"]
    set_notice(db, None)
    say(db, "hai")
    await work_all(db)
    assert texts(db, conversation_id, "bot")[2] == "trả lời hai"


async def test_a_notice_ends_by_itself(db: Database) -> None:
    set_notice(db, EmergencyNotice("Bão vào bờ.", until=now() - timedelta(seconds=1)))
    conversation_id = say(db, "một")
    await work_all(db)
    assert texts(db, conversation_id, "bot")[0] == "trả lời một"


@pytest.mark.parametrize(("own", "said"), [("Nghỉ bảo trì.", "Nghỉ bảo trì."), ("", "tạm ngừng")])
async def test_a_channel_that_is_off_says_one_fixed_thing(db: Database, own: str, said: str) -> None:
    with db.session() as session:
        controls.switch_channel(session, Channel.WEB, on=False, text=own, actor="quan")
    conversation_id, other = say(db, "một"), say(db, "hai", user="u2", channel=Channel.TELEGRAM)
    await work_all(db)
    assert texts(db, conversation_id, "bot") == []
    assert said in texts(db, conversation_id, "system")[0]
    assert texts(db, other, "bot")[0] == "trả lời hai"
    with db.session() as session:
        controls.switch_channel(session, Channel.WEB, on=True, actor="quan")
    say(db, "ba")
    await work_all(db)
    assert texts(db, conversation_id, "bot")[0] == "trả lời ba"


async def test_a_channel_that_is_off_still_carries_words_to_an_officer(db: Database) -> None:
    conversation_id, lan = say(db), officer(db)
    await work_all(db)
    with db.session() as session:
        cases.take(session, handoffs.request(session, conversation_id, "requested").id, lan)
        controls.switch_channel(session, Channel.WEB, on=False, actor="quan")
    before = texts(db, conversation_id, "system")
    say(db, "cán bộ ơi")
    await work_all(db)
    assert texts(db, conversation_id, "system") == before


def test_switching_is_written_to_the_audit_log(db: Database) -> None:
    set_notice(db, EmergencyNotice("Bão"))
    set_notice(db, None)
    with db.session() as session:
        controls.switch_channel(session, Channel.ZALO, on=False, actor="quan")
    with db.session(read_only=True) as session:
        entries = session.query(AuditEntry).order_by(AuditEntry.id).all()
        assert [entry.action for entry in entries] == ["notice.set", "notice.remove", "channel.off"]


def closed(db: Database, user: str = "u1") -> tuple[int, int]:
    """A conversation and its case, which an officer has closed."""
    conversation_id, lan = say(db, user=user), officer(db)
    with db.session() as session:
        case_id = handoffs.request(session, conversation_id, "requested").id
        cases.close(session, case_id, lan, "resolved")
    return conversation_id, case_id


@pytest.mark.parametrize(("value", "satisfied"), [("1", True), ("0", False)])
async def test_a_citizen_says_whether_the_officer_helped(db: Database, value: str, satisfied: bool) -> None:
    conversation_id, case_id = closed(db)
    assert "hài lòng" in texts(db, conversation_id, "system")[-1]
    say(db, "Hài lòng", payload=f"{RATE} {case_id} {value}")
    await work_all(db)
    with db.session(read_only=True) as session:
        assert session.get_one(Case, case_id).satisfied is satisfied
    assert "Cảm ơn" in texts(db, conversation_id, "system")[-1]


async def test_nobody_rates_another_s_case(db: Database) -> None:
    _, theirs = closed(db, "other")
    say(db, "Hài lòng", payload=f"{RATE} {theirs} 1")
    await work_all(db)
    with db.session(read_only=True) as session:
        assert session.get_one(Case, theirs).satisfied is None
