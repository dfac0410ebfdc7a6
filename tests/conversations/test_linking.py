from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from conversation_support import conversation_of, officer, queued, say
from sqlalchemy import select, update

from conversations import cases, following, linking, privacy
from conversations.codes import new_code, parse_link_code
from conversations.database import Database
from conversations.messages import Channel
from conversations.models import AuditEntry, Conversation, LinkCode, Person, now


def two(db: Database) -> tuple[int, int]:
    """Conversations of one citizen on the web and on Telegram."""
    return say(db, user="w1"), say(db, user="t1", channel=Channel.TELEGRAM)


def link(db: Database, here: int, there: int) -> None:
    with db.session() as session:
        code = linking.new_code(session, here)
    with db.session() as session:
        linking.redeem(session, there, code)


def linked(db: Database, conversation_id: int) -> list[int]:
    with db.session(read_only=True) as session:
        return linking.conversations(session, conversation_id)


def test_a_code_of_one_channel_links_the_other(db: Database) -> None:
    web, telegram = two(db)
    link(db, web, telegram)
    assert linked(db, web) == [web, telegram]
    assert linked(db, telegram) == [telegram, web]
    with db.session(read_only=True) as session:
        actions = list(session.scalars(select(AuditEntry.action)))
    assert actions == ["person.link_code", "person.link"]


@pytest.mark.parametrize("written", ["{}", "lk {}", "  LK{} "], ids=["as given", "lower", "without dash"])
def test_a_code_is_read_as_people_write_it(written: str) -> None:
    bare = new_code("feedback").removeprefix("PA-")
    text = written.format(f"LK-{bare}" if written == "{}" else bare)
    assert parse_link_code(text) == f"LK-{bare}"


def test_a_code_works_once_and_not_where_it_was_asked_for(db: Database) -> None:
    web, telegram = two(db)
    zalo = say(db, user="z1", channel=Channel.ZALO)
    with db.session() as session:
        code = linking.new_code(session, web)
        with pytest.raises(linking.SameConversation):
            linking.redeem(session, web, code)
        linking.redeem(session, telegram, code)
        with pytest.raises(linking.CodeUnknown):
            linking.redeem(session, zalo, code)


def test_a_code_runs_out_and_a_new_one_replaces_it(db: Database) -> None:
    web, telegram = two(db)
    with db.session() as session:
        old = linking.new_code(session, web)
        new = linking.new_code(session, web)
        with pytest.raises(linking.CodeUnknown):
            linking.redeem(session, telegram, old)
        session.execute(update(LinkCode).values(expires_at=now() - timedelta(seconds=1)))
        with pytest.raises(linking.CodeUnknown):
            linking.redeem(session, telegram, new)


@pytest.mark.parametrize("text", ["", "LK-0000-0001", "PA-7K3M-92QD", "xin chào", "LK" * 500])
def test_what_is_no_code_links_nothing(db: Database, text: str) -> None:
    web, _ = two(db)
    with db.session() as session, pytest.raises(linking.CodeUnknown):
        linking.redeem(session, web, text)


def test_links_of_links_are_links_up_to_a_limit(db: Database) -> None:
    first, *others = [say(db, user=uuid4().hex) for _ in range(linking.MOST + 1)]
    for other in others[:-1]:
        link(db, first, other)
    assert len(linked(db, others[0])) == linking.MOST
    with pytest.raises(linking.TooMany):
        link(db, first, others[-1])


def test_leaving_leaves_the_others_together(db: Database) -> None:
    web, telegram = two(db)
    zalo = say(db, user="z1", channel=Channel.ZALO)
    link(db, web, telegram)
    link(db, web, zalo)
    with db.session() as session:
        assert linking.leave(session, web)
        assert not linking.leave(session, web)
    assert linked(db, web) == [web]
    assert linked(db, telegram) == [telegram, zalo]


def test_news_reaches_every_linked_channel_but_one_that_stopped_it(db: Database) -> None:
    web, telegram = two(db)
    zalo = say(db, user="z1", channel=Channel.ZALO)
    link(db, web, telegram)
    link(db, web, zalo)
    lan = officer(db)
    with db.session() as session:
        case = cases.open_feedback(session, web, content="rác")
        following.stop(session, zalo, following.topic_of_case(case))
        cases.answer(session, case.id, lan, "đã dọn")
    told = [item.conversation_id for item in queued(db) if "đã dọn" in item.body["text"]]
    assert sorted(told) == sorted([web, telegram])


def test_export_and_erasure_cover_all_linked_channels(db: Database) -> None:
    web, telegram = two(db)
    link(db, web, telegram)
    with db.session() as session:
        person = conversation_of(session, "w1").person
        exported = privacy.export_person(session, person.id)
        assert [one["person"]["channel"] for one in exported["linked"]] == ["telegram"]
        privacy.erase_person(session, person.id)
    with db.session(read_only=True) as session:
        people = list(session.scalars(select(Person)))
        assert all(one.external_id.startswith("erased:") and one.linked_group is None for one in people)


def test_silence_on_one_channel_erases_nothing_on_the_other(db: Database) -> None:
    web, telegram = two(db)
    link(db, web, telegram)
    with db.session() as session:
        old = now() - timedelta(days=400)
        session.execute(update(Conversation).where(Conversation.id == web).values(last_message_at=old))
    privacy.purge(db, timedelta(days=365))
    with db.session(read_only=True) as session:
        kept = [one.channel for one in session.scalars(select(Person)) if "erased" not in one.external_id]
    assert kept == ["telegram"]
