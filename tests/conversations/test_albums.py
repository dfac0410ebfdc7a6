from __future__ import annotations

from datetime import timedelta

import pytest
from conversation_support import must_claim, say, texts
from sqlalchemy import select, update

from conversations import albums, inbox
from conversations.database import Database
from conversations.inbox import ClaimLost
from conversations.messages import Attachment
from conversations.models import InboxItem, now


def photo(number: int) -> Attachment:
    return Attachment(kind="image", remote_id=f"p{number}")


def album(db: Database, *texts: str, user: str = "u1") -> int:
    """The pictures of an album arrive, each with its words; returns the conversation's id."""
    for number, text in enumerate(texts):
        conversation_id = say(db, text, user, album="a1", attachments=(photo(number),))
    return conversation_id


def settle(db: Database) -> None:
    with db.session() as session:
        session.execute(update(InboxItem).values(received_at=now() - albums.SETTLED, claimed_until=None))


def test_an_album_is_whole_when_nothing_more_has_come_for_a_moment(db: Database) -> None:
    album(db, "một", "hai")
    claimed = must_claim(db)
    with db.session() as session:
        assert not albums.is_whole(session, claimed)
    settle(db)
    with db.session() as session:
        assert albums.is_whole(session, claimed)


def test_all_pictures_and_words_become_one_message(db: Database) -> None:
    conversation_id = album(db, "rác ở chợ", "", "bên hông")
    later = say(db, "alo", album=None)
    claimed = must_claim(db)
    with db.session() as session:
        whole = albums.gather(session, claimed).message
    assert whole.text == "rác ở chợ\nbên hông"
    assert whole.attachments == (photo(0), photo(1), photo(2))
    assert later == conversation_id
    assert texts(db, conversation_id) == ["rác ở chợ\nbên hông", "alo"]
    with db.session(read_only=True) as session:
        statuses = list(session.scalars(select(InboxItem.status).order_by(InboxItem.id)))
    assert statuses == ["claimed", "done", "done", "new"]


def test_gathering_again_after_a_crash_loses_and_doubles_nothing(db: Database) -> None:
    album(db, "một", "hai")
    first = must_claim(db, lease=timedelta(seconds=-1))
    with db.session() as session:
        albums.gather(session, first)
    second = must_claim(db)
    with pytest.raises(ClaimLost), db.session() as session:
        albums.gather(session, first)
    with db.session() as session:
        assert albums.gather(session, second).message.attachments == (photo(0), photo(1))


def test_waiting_for_more_counts_as_no_attempt(db: Database) -> None:
    album(db, "một")
    for _ in range(inbox.MAX_ATTEMPTS + 1):
        inbox.put_off(db, must_claim(db), timedelta(seconds=-1))
    assert must_claim(db).attempt == 1
