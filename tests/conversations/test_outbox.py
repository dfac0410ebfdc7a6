from __future__ import annotations

import pytest
from conversation_support import LAPSED, LEASE, answer_next, conversation_of, queued, reply, say, texts
from sqlalchemy import select

from conversations import audit, outbox
from conversations.database import Database
from conversations.messages import Channel, Choice, Sender
from conversations.models import AuditEntry, OutboxItem, now
from conversations.outbox import MAX_ATTEMPTS, MAX_BACKOFF, OutboxClaim, backoff


def claim(db: Database, channel: Channel = Channel.WEB) -> OutboxClaim | None:
    return outbox.claim(db, channels=[channel], lease=LEASE)


def must_claim(db: Database) -> OutboxClaim:
    claimed = claim(db)
    assert claimed is not None
    return claimed


def kill(db: Database) -> OutboxClaim:
    claimed = must_claim(db)
    assert outbox.dead(db, claimed, "blocked")
    return claimed


def test_a_queued_message_comes_out_whole(db: Database) -> None:
    say(db)
    message = reply("chọn", choices=(Choice(title="Khai sinh", payload="/x"),))
    answer_next(db, message)
    claimed = must_claim(db)
    assert (claimed.message, claimed.external_user_id, claimed.attempt) == (message, "u1", 1)


def test_messages_of_a_conversation_leave_one_by_one_in_order(db: Database) -> None:
    say(db)
    answer_next(db, reply("a"), reply("b"))
    say(db, user="u2")
    answer_next(db, reply("khác"))
    first, other = must_claim(db), must_claim(db)
    assert (first.message.text, other.message.text) == ("a", "khác")
    assert claim(db) is None
    assert outbox.sent(db, first)
    assert must_claim(db).message.text == "b"


def test_only_the_channels_asked_for_are_taken(db: Database) -> None:
    say(db, channel=Channel.ZALO)
    answer_next(db, reply("a"))
    assert claim(db, Channel.WEB) is None
    assert claim(db, Channel.ZALO) is not None


def test_a_message_to_retry_waits_and_holds_back_those_after_it(db: Database) -> None:
    say(db)
    answer_next(db, reply("a"), reply("b"))
    outbox.retry(db, must_claim(db), "HTTP 500", delay=60)
    assert claim(db) is None
    make_due(db)
    again = must_claim(db)
    assert (again.message.text, again.attempt) == ("a", 2)


def test_patience_asked_for_by_the_channel_is_no_failed_attempt(db: Database) -> None:
    say(db)
    answer_next(db, reply("a"))
    for _ in range(MAX_ATTEMPTS + 1):
        claimed = must_claim(db)
        assert claimed.attempt == 1
        outbox.retry(db, claimed, "429", delay=0, counts=False)


def test_after_too_many_attempts_a_message_is_dead_and_the_next_goes_on(db: Database) -> None:
    say(db)
    answer_next(db, reply("a"), reply("b"))
    for _ in range(MAX_ATTEMPTS):
        outbox.retry(db, must_claim(db), "HTTP 500", delay=0)
    (letter,) = queued(db, "dead")
    assert (letter.body["text"], letter.error) == ("a", "HTTP 500")
    assert must_claim(db).message.text == "b"


def test_a_lapsed_claim_is_taken_again_and_its_first_holder_changes_nothing(db: Database) -> None:
    say(db)
    answer_next(db, reply("a"))
    lost = outbox.claim(db, channels=[Channel.WEB], lease=LAPSED)
    assert lost is not None
    held = must_claim(db)
    assert (held.item_id, held.attempt) == (lost.item_id, 2)
    assert not outbox.sent(db, lost)
    assert not outbox.dead(db, lost, "x")
    assert not outbox.retry(db, lost, "x", 0)
    assert outbox.sent(db, held)


def test_staff_see_dead_letters_and_send_them_again(db: Database) -> None:
    say(db)
    answer_next(db, reply("a"))
    kill(db)
    with db.session() as session:
        (letter,) = outbox.dead_letters(session)
        fresh = outbox.resend(session, letter.id, "lan")
        assert fresh is not None
        assert outbox.dead_letters(session) == []
    claimed = must_claim(db)
    assert (claimed.item_id, claimed.message.text, claimed.attempt) == (fresh.id, "a", 1)
    with db.session() as session:
        assert session.scalars(select(AuditEntry.action)).all() == ["outbox.resend"]
        assert audit.verify(session) == []


def test_a_dead_letter_is_sent_again_once(db: Database) -> None:
    say(db)
    answer_next(db, reply("a"))
    item_id = kill(db).item_id
    with db.session() as session:
        assert outbox.resend(session, item_id, "lan") is not None
        assert outbox.resend(session, item_id, "lan") is None
        assert outbox.resend(session, 999, "lan") is None


def test_a_message_sent_again_does_not_overtake_one_under_way(db: Database) -> None:
    say(db)
    answer_next(db, reply("a"), reply("b"))
    item_id = kill(db).item_id
    under_way = must_claim(db)
    with db.session() as session:
        outbox.resend(session, item_id, "lan")
    assert claim(db) is None
    outbox.sent(db, under_way)
    assert must_claim(db).message.text == "a"


def test_an_officers_message_names_the_officer(db: Database) -> None:
    conversation_id = say(db)
    with db.session() as session:
        message = outbox.enqueue(session, conversation_of(session), reply("chào", sender=Sender.OFFICER))
        assert message.sender == "officer"
    assert texts(db, conversation_id, "officer") == ["chào"]


@pytest.mark.parametrize("attempt", [1, 5, 1000])
def test_the_back_off_grows_to_a_limit_with_jitter(attempt: int) -> None:
    greatest = min(MAX_BACKOFF, 2.0**attempt)
    delays = {backoff(attempt) for _ in range(50)}
    assert len(delays) > 1
    assert all(greatest / 2 <= delay <= greatest for delay in delays)


def make_due(db: Database) -> None:
    with db.session() as session:
        for item in session.scalars(select(OutboxItem)):
            item.next_attempt_at = now()
