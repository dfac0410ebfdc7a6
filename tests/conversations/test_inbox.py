from __future__ import annotations

from datetime import timedelta

import pytest
from conversation_support import (
    LAPSED,
    LEASE,
    answer_next,
    conversation_of,
    event,
    must_claim,
    queued,
    reply,
    say,
    texts,
)
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from conversations import inbox
from conversations.database import Database
from conversations.history import clean_text, dialogue_sender_id, recent_messages
from conversations.inbox import MAX_ATTEMPTS, ClaimLost
from conversations.messages import MAX_TEXT, AnswerMeta, AnswerStatus, Attachment, Channel, Floor
from conversations.models import Case, InboxItem, Message, Person, now


def test_a_message_is_kept_and_waits_to_be_handled(db: Database) -> None:
    conversation_id = say(db, "làm giấy khai sinh", display_name="Út Lành")
    claimed = must_claim(db)
    assert claimed.message.text == "làm giấy khai sinh"
    assert (claimed.conversation_id, claimed.display_name, claimed.attempt) == (conversation_id, "Út Lành", 1)
    assert claimed.floor == Floor.BOT
    assert texts(db, conversation_id) == ["làm giấy khai sinh"]


def test_a_repeated_event_changes_nothing(db: Database) -> None:
    inbound = event("một lần")
    with db.session() as session:
        assert inbox.receive(session, inbound)
    with db.session() as session:
        assert not inbox.receive(session, inbound.model_copy(update={"text": "hai lần"}))
    with db.session() as session:
        assert session.scalar(select(func.count()).select_from(InboxItem)) == 1
        assert session.scalars(select(Message.text)).all() == ["một lần"]


def test_the_same_event_id_on_another_channel_is_another_event(db: Database) -> None:
    inbound = event()
    with db.session() as session:
        assert inbox.receive(session, inbound)
        assert inbox.receive(session, inbound.model_copy(update={"channel": Channel.ZALO}))


def test_a_person_is_one_per_channel(db: Database) -> None:
    say(db, user="u1")
    say(db, user="u1", display_name="Ba Khía")
    say(db, user="u1", channel=Channel.TELEGRAM)
    with db.session() as session:
        people = session.scalars(select(Person).order_by(Person.id)).all()
        assert [(p.channel, p.display_name) for p in people] == [("web", "Ba Khía"), ("telegram", None)]


def test_one_message_of_a_conversation_at_a_time_in_order(db: Database) -> None:
    say(db, "một")
    say(db, "hai")
    say(db, "của người khác", user="u2")
    first, other = must_claim(db), must_claim(db)
    assert (first.message.text, other.message.text) == ("một", "của người khác")
    assert inbox.claim(db, lease=LEASE) is None
    with db.session() as session:
        inbox.finish(session, first)
    assert must_claim(db).message.text == "hai"


def test_replies_are_queued_in_order_with_the_end_of_the_work(db: Database) -> None:
    conversation_id = say(db)
    answer_next(db, reply("a"), reply("b"))
    assert texts(db, conversation_id, "bot") == ["a", "b"]
    assert [item.body["text"] for item in queued(db)] == ["a", "b"]


def test_a_lapsed_claim_goes_to_another_and_the_first_may_not_finish(db: Database) -> None:
    conversation_id = say(db)
    lost = must_claim(db, LAPSED)
    held = must_claim(db)
    assert (held.item_id, held.attempt) == (lost.item_id, 2)
    with pytest.raises(ClaimLost), db.session() as session:
        inbox.finish(session, lost, [reply("từ người đã mất lượt")])
    assert not inbox.fail(db, lost, "too late")
    with db.session() as session:
        inbox.finish(session, held, [reply("đúng")])
    assert texts(db, conversation_id, "bot") == ["đúng"]


def test_an_item_is_finished_once_only(db: Database) -> None:
    say(db)
    claimed = answer_next(db, reply("a"))
    with pytest.raises(ClaimLost), db.session() as session:
        inbox.finish(session, claimed, [reply("b")])


def test_a_failed_item_rests_and_keeps_its_place(db: Database) -> None:
    say(db, "một")
    say(db, "hai")
    assert not inbox.fail(db, must_claim(db), "TimeoutError")
    assert inbox.claim(db, lease=LEASE) is None
    _let_rest_end(db)
    again = must_claim(db)
    assert (again.message.text, again.attempt) == ("một", 2)


def test_after_too_many_failures_people_are_asked_and_the_citizen_is_told(db: Database) -> None:
    conversation_id = say(db)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        is_dead = inbox.fail(db, must_claim(db), "ValueError")
        assert is_dead == (attempt == MAX_ATTEMPTS)
        _let_rest_end(db)
    with db.session() as session:
        case = session.scalars(select(Case)).one()
        assert (case.kind, case.reason) == ("handoff", "error")
        assert conversation_of(session).floor == Floor.WAITING
        assert session.scalars(select(InboxItem.status)).one() == "dead"
    assert len(texts(db, conversation_id, "system")) == 2


def test_a_message_that_kills_its_worker_each_time_is_given_up(db: Database) -> None:
    say(db, "chết máy")
    for _ in range(MAX_ATTEMPTS):
        must_claim(db, LAPSED)
    assert inbox.claim(db, lease=LEASE) is None
    say(db, "câu sau")
    assert must_claim(db).message.text == "câu sau"


def test_long_text_is_cut_and_the_citizen_is_told(db: Database) -> None:
    conversation_id = say(db, "ạ" * (MAX_TEXT + 1))
    assert must_claim(db).message.text == "ạ" * MAX_TEXT
    (told,) = texts(db, conversation_id, "system")
    assert "4.000" in told


def test_text_of_just_the_greatest_length_is_not_cut(db: Database) -> None:
    conversation_id = say(db, "x" * MAX_TEXT)
    assert texts(db, conversation_id) == ["x" * MAX_TEXT]


def test_control_characters_are_removed(db: Database) -> None:
    say(db, "a\x00b\x1b[31m\u202ec\nd\te", display_name="Lan\x00")
    claimed = must_claim(db)
    assert claimed.message.text == "ab[31mc\nd\te"
    assert claimed.display_name == "Lan"


@given(st.text())
def test_cleaning_keeps_what_can_be_stored_and_is_idempotent(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert "\x00" not in cleaned
    cleaned.encode()


@pytest.mark.parametrize(
    "text", ["", "   ", "😀🧧", "<script>alert(1)</script>", "'; DROP TABLE message; --"]
)
def test_odd_messages_are_handled_like_any_other(db: Database, text: str) -> None:
    say(db, text)
    assert must_claim(db).message.text == text


def test_attachments_and_payload_come_through(db: Database) -> None:
    photo = Attachment(kind="image", remote_id="f1", size=12)
    say(db, "", attachments=(photo,), payload="/choose{}")
    message = must_claim(db).message
    assert message.attachments == (photo,)
    assert message.payload == "/choose{}"


def test_failures_count_answers_in_a_row_that_did_not_help(db: Database) -> None:
    expected = [("unanswerable", 1), ("clarification", 1), ("error", 2), ("chitchat", 2), ("answered", 0)]
    for status, failures in expected:
        say(db)
        answer_next(db, reply("…", meta=AnswerMeta(status=AnswerStatus(status))))
        with db.session() as session:
            assert conversation_of(session).failures == failures


def test_a_long_silence_starts_a_fresh_dialogue(db: Database) -> None:
    say(db)
    before = answer_next(db).dialogue_sender_id
    say(db)
    assert answer_next(db).dialogue_sender_id == before
    with db.session() as session:
        conversation_of(session).last_message_at = now() - timedelta(minutes=31)
    say(db)
    after = must_claim(db)
    assert after.dialogue_sender_id != before
    with db.session() as session:
        assert dialogue_sender_id(conversation_of(session)) == after.dialogue_sender_id


def test_recent_messages_resume_after_an_id(db: Database) -> None:
    for text in "abcde":
        conversation_id = say(db, text)
    with db.session(read_only=True) as session:
        last_two = recent_messages(session, conversation_id, limit=2)
        assert [m.text for m in last_two] == ["d", "e"]
        first_id = last_two[0].id - 3
        resumed = recent_messages(session, conversation_id, after_id=first_id, limit=2)
        assert [m.text for m in resumed] == ["b", "c"]


def _let_rest_end(db: Database) -> None:
    with db.session() as session:
        for item in session.scalars(select(InboxItem).filter_by(status="new")):
            item.claimed_until = now()


def test_stored_files_replace_those_of_the_channel_everywhere(db: Database) -> None:
    conversation_id = say(db, attachments=[{"kind": "image", "remote_id": "far-away"}])
    claimed = must_claim(db)
    kept = Attachment(kind="image", remote_id="here.png", size=3)
    with db.session() as session:
        again = inbox.keep_attachments(session, claimed, [kept])
    assert again.message.attachments == (kept,)
    with db.session(read_only=True) as session:
        item = session.get_one(InboxItem, claimed.item_id)
        message = session.scalars(select(Message).filter_by(conversation_id=conversation_id)).one()
        assert item.body["attachments"] == message.body["attachments"] == [kept.model_dump(mode="json")]
