from __future__ import annotations

from conversation_support import conversation_of, officer, queued, say

from conversations import cases, following, privacy
from conversations.database import Database
from conversations.messages import Channel, OutboundMessage
from conversations.texts import say as words

NEWS = OutboundMessage(text="Cúp nước ngày mai")


def filed(db: Database, user: str = "u1") -> int:
    conversation_id = say(db, user=user)
    with db.session() as session:
        return cases.open_feedback(session, conversation_id, content="rác").id


def told(db: Database) -> list[tuple[int, str]]:
    return [(item.conversation_id, item.body["choices"][-1]["payload"]) for item in queued(db)]


def test_the_filer_hears_of_their_feedback_with_a_way_out(db: Database) -> None:
    case_id = filed(db)
    lan = officer(db)
    with db.session() as session:
        cases.take(session, case_id, lan)
        mine = conversation_of(session).id
    assert told(db) == [(mine, f"{following.STOP} case:{case_id}")]
    assert queued(db)[0].body["choices"][-1]["title"] == words("stop_news_button")


def test_who_stopped_hears_no_more_and_who_follows_elsewhere_does(db: Database) -> None:
    case_id = filed(db)
    other = say(db, user="t1", channel=Channel.TELEGRAM)
    lan = officer(db)
    with db.session() as session:
        following.stop(session, conversation_of(session).id, f"case:{case_id}")
        following.start(session, other, f"case:{case_id}")
        cases.answer(session, case_id, lan, "đã dọn")
    assert {conversation_id for conversation_id, _ in told(db)} == {other}


def test_stopping_everything_covers_ones_own_feedback_and_areas(db: Database) -> None:
    case_id = filed(db)
    lan = officer(db)
    with db.session() as session:
        mine = conversation_of(session).id
        following.start(session, mine, "area:1")
        following.stop_all(session, mine)
        cases.take(session, case_id, lan)
        assert following.announce_to_subscribers(session, "a", {"area:1"}, NEWS, 10) == 0
    assert told(db) == []


def test_an_announcement_reaches_the_subscribers_of_its_area_once(db: Database) -> None:
    there, elsewhere, everywhere, nobody = (say(db, user=user) for user in ("u1", "u2", "u3", "u4"))
    with db.session() as session:
        following.start(session, there, "area:1")
        following.start(session, elsewhere, "area:2")
        following.start(session, everywhere, following.PROVINCE)
        assert following.announce_to_subscribers(session, "a", {"area:1"}, NEWS, 10) == 2
        assert following.announce_to_subscribers(session, "a", {"area:1"}, NEWS, 10) == 0
        assert following.announce_to_subscribers(session, "b", None, NEWS, 10) == 3
    assert nobody not in {conversation_id for conversation_id, _ in told(db)}


def test_someone_erased_is_sent_nothing(db: Database) -> None:
    there = say(db)
    with db.session() as session:
        following.start(session, there, "area:1")
        privacy.erase_person(session, conversation_of(session).person_id)
        assert following.announce_to_subscribers(session, "a", {"area:1"}, NEWS, 10) == 0
