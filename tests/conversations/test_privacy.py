from __future__ import annotations

import json
from datetime import timedelta

import pytest
from conversation_support import LEASE, answer_next, conversation_of, officer, reply, say, texts
from sqlalchemy import select, update

from conversations import cases, handoffs, inbox, outbox, privacy
from conversations.database import Database
from conversations.history import recent_messages
from conversations.inbox import ClaimLost
from conversations.messages import AnswerMeta, AnswerStatus, Channel, Floor
from conversations.models import Base, Case, Conversation, InboxItem, Message, OutboxItem, Person, Vote, now

USER = "u-bi-mat"
SECRETS = ("Bí Mật", "0912345678", USER, "số nhà 5")
YEAR = timedelta(days=365)


@pytest.fixture
def person_id(db: Database) -> int:
    """A person who left a name, words, a vote, an open and a closed feedback case, and a hand-over."""
    conversation_id = say(db, "tôi tên Bí Mật, số 0912345678", USER, display_name="Bí Mật")
    answer_next(db, reply("chào Bí Mật", meta=AnswerMeta(status=AnswerStatus.ANSWERED, intent="greet")))
    lan = officer(db)
    with db.session() as session:
        cases.open_feedback(
            session,
            conversation_id,
            content="Rác nhiều, gọi 0912345678",
            category="environment",
            place="số nhà 5, Rạch Giá",
            contact="0912345678",
            consent=True,
        )
        done = cases.open_feedback(
            session, conversation_id, content="Bí Mật", contact="0912345678", consent=True
        )
        cases.close(session, done.id, lan, "resolved", "Xong rồi, Bí Mật")
        handoffs.request(session, conversation_id, "requested", announce_citizen=True)
        answer = session.scalars(select(Message).filter_by(sender="bot")).one()
        session.add(Vote(message_id=answer.id, helpful=False, reason="Bí Mật chê"))
        return conversation_of(session, USER).person_id


def dump(db: Database) -> str:
    """Every row of every table, as text."""
    with db.engine.connect() as connection:
        rows = [connection.execute(table.select()).all() for table in Base.metadata.sorted_tables]
    return json.dumps(rows, default=str, ensure_ascii=False)


def age(db: Database, time: timedelta) -> None:
    """Make everything older."""
    with db.session() as session:
        session.execute(update(Message).values(created_at=now() - time))
        session.execute(update(InboxItem).values(received_at=now() - time))
        session.execute(update(OutboxItem).values(created_at=now() - time))
        session.execute(update(Conversation).values(last_message_at=now() - time))
        session.execute(update(Case).where(Case.closed_at.is_not(None)).values(closed_at=now() - time))


def test_an_export_holds_all_that_is_kept(db: Database, person_id: int) -> None:
    with db.session() as session:
        exported = privacy.export_person(session, person_id, actor="lan")
    written = json.dumps(exported, ensure_ascii=False)
    assert all(secret in written for secret in SECRETS)
    assert [m["sender"] for m in exported["messages"]] == ["citizen", "bot", "system", "system"]
    assert [c["kind"] for c in exported["cases"]] == ["feedback", "feedback", "handoff"]


def test_an_export_holds_nothing_of_others(db: Database, person_id: int) -> None:
    say(db, "chuyện người khác", "u2")
    with db.session() as session:
        assert "người khác" not in json.dumps(privacy.export_person(session, person_id), ensure_ascii=False)


def test_after_erasure_nothing_of_the_person_is_in_any_table(db: Database, person_id: int) -> None:
    assert all(secret in dump(db) for secret in SECRETS)
    with db.session() as session:
        privacy.erase_person(session, person_id, actor="lan")
    left = dump(db)
    assert [secret for secret in SECRETS if secret in left] == []


def test_erasure_keeps_open_feedback_and_what_statistics_need(db: Database, person_id: int) -> None:
    with db.session() as session:
        privacy.erase_person(session, person_id)
    with db.session(read_only=True) as session:
        open_case, closed_case, handoff = session.scalars(select(Case).order_by(Case.id))
        assert (open_case.status, open_case.content) == ("new", "Rác nhiều, gọi [SĐT]")
        assert open_case.place == "[ĐỊA CHỈ], Rạch Giá"
        assert (closed_case.content, closed_case.outcome) == ("", "resolved")
        assert (handoff.status, handoff.outcome) == ("closed", "erased")
        answer = session.scalars(select(Message).filter_by(sender="bot")).one()
        assert answer.body["meta"]["intent"] == "greet"
        assert session.scalars(select(Vote.helpful)).one() is False
        assert recent_messages(session, answer.conversation_id) == []
        assert session.get_one(Conversation, answer.conversation_id).floor == Floor.BOT


def test_nothing_is_sent_to_an_erased_person(db: Database, person_id: int) -> None:
    with db.session() as session:
        privacy.erase_person(session, person_id)
    assert outbox.claim(db, channels=list(Channel), lease=LEASE) is None
    with db.session() as session:
        assert outbox.dead_letters(session) == []


def test_an_erasure_while_a_message_is_handled_wins(db: Database) -> None:
    say(db, "Bí Mật", USER)
    claimed = inbox.claim(db, lease=LEASE)
    assert claimed is not None
    with db.session() as session:
        privacy.erase_person(session, conversation_of(session, USER).person_id)
    with pytest.raises(ClaimLost), db.session() as session:
        inbox.finish(session, claimed, [reply("chào Bí Mật")])
    assert "Bí Mật" not in dump(db)


def test_an_erased_person_who_comes_back_is_new(db: Database, person_id: int) -> None:
    with db.session() as session:
        privacy.erase_person(session, person_id)
    conversation_id = say(db, "tôi quay lại", USER)
    assert texts(db, conversation_id) == ["tôi quay lại"]
    with db.session() as session:
        found = privacy.find_person(session, Channel.WEB, USER)
        assert found is not None
        assert found.id != person_id


def test_unknown_people_are_refused(db: Database) -> None:
    with db.session() as session:
        with pytest.raises(LookupError):
            privacy.erase_person(session, 999)
        with pytest.raises(LookupError):
            privacy.export_person(session, 999)


def test_what_is_young_stays(db: Database, person_id: int) -> None:
    before = dump(db)
    purged = privacy.purge(db, YEAR)
    assert (purged.people, purged.messages, purged.cases, purged.events) == (0, 0, 0, 0)
    assert all(secret in before and secret in dump(db) for secret in SECRETS)


def test_people_long_silent_become_unknown(db: Database) -> None:
    say(db, "Bí Mật 0912345678", USER, display_name="Bí Mật")
    answer_next(db)
    age(db, YEAR * 2)
    say(db, "còn mới", "u2")
    purged = privacy.purge(db, YEAR)
    assert (purged.people, purged.events) == (1, 1)
    left = dump(db)
    assert "Bí Mật" not in left
    assert "còn mới" in left
    with db.session() as session:
        people = session.scalars(select(Person.external_id).order_by(Person.id)).all()
        assert people[0].startswith("erased:")
        assert people[1] == "u2"
    assert privacy.purge(db, YEAR).people == 0


def test_who_has_an_open_case_is_kept_but_old_words_go(db: Database, person_id: int) -> None:
    age(db, YEAR * 2)
    purged = privacy.purge(db, YEAR)
    assert purged.people == 0
    assert purged.messages == 4
    assert purged.cases == 1
    with db.session() as session:
        assert session.get_one(Person, person_id).external_id == USER
        assert session.scalars(select(Case.contact).order_by(Case.id)).all() == ["0912345678", None, None]
        assert set(session.scalars(select(Message.text))) == {""}
