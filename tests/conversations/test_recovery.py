from __future__ import annotations

from conversation_support import LEASE, answer_next, must_claim, reply, say

from conversations import inbox, outbox
from conversations.database import Database
from conversations.messages import Channel
from conversations.recovery import free_claims


def test_what_was_under_way_at_a_crash_is_given_out_again_at_once(db: Database) -> None:
    say(db, "câu hỏi")
    before = must_claim(db)
    assert inbox.claim(db, lease=LEASE) is None
    assert free_claims(db) == 1
    again = must_claim(db)
    assert (again.item_id, again.attempt) == (before.item_id, 2)


def test_a_delivery_cut_off_by_a_crash_is_made_again_at_once(db: Database) -> None:
    say(db)
    answer_next(db, reply("xin chào"))
    before = outbox.claim(db, channels=[Channel.WEB], lease=LEASE)
    assert free_claims(db) == 1
    again = outbox.claim(db, channels=[Channel.WEB], lease=LEASE)
    assert before is not None
    assert again is not None
    assert (again.item_id, again.attempt) == (before.item_id, 2)


def test_what_waits_and_what_is_done_is_left_alone(db: Database) -> None:
    say(db)
    answer_next(db, reply("xin chào"))
    say(db)
    assert free_claims(db) == 0
