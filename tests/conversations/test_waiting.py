from __future__ import annotations

from datetime import timedelta

import pytest
from conversation_support import officer, say, texts
from sqlalchemy import update

from conversations import cases, handoffs, units, waiting
from conversations.database import Database
from conversations.models import Case, CaseEvent, now
from conversations.units import UnitRow

AFTER = timedelta(minutes=20)


def waits(db: Database, user: str, reason: str = "requested", unit: str | None = None) -> tuple[int, int]:
    """A citizen asks for an officer; the ids of conversation and case."""
    conversation_id = say(db, user=user)
    with db.session() as session:
        case = handoffs.request(session, conversation_id, reason)
        if unit:
            units.seed(session, [UnitRow("1", "Phường Rạch Giá"), UnitRow("2", "Xã Tân Hiệp")])
            case.unit = units.by_code(session, unit)
        return conversation_id, case.id


def ahead(db: Database, case_id: int) -> int:
    with db.session(read_only=True) as session:
        return handoffs.ahead(session, session.get_one(Case, case_id))


def time_passes(db: Database, by: timedelta = AFTER) -> None:
    with db.session() as session:
        session.execute(update(Case).values(created_at=now() - by))
        for event in session.query(CaseEvent):
            event.created_at -= by


def test_only_who_waits_for_the_same_officers_is_before_one(db: Database) -> None:
    waits(db, "a", unit="1")
    waits(db, "b", unit="2")
    _, anyone = waits(db, "c")
    _, second = waits(db, "d", unit="1")
    assert ahead(db, anyone) == 0
    assert ahead(db, second) == 2


def test_urgent_ones_go_before_all_others(db: Database) -> None:
    _, first = waits(db, "a")
    _, urgent = waits(db, "b", "urgent")
    assert (ahead(db, first), ahead(db, urgent)) == (1, 0)


def test_the_unit_is_named(db: Database) -> None:
    waits(db, "a", unit="1")
    _, case_id = waits(db, "b", unit="1")
    with db.session() as session:
        told = handoffs.place_in_queue(session, session.get_one(Case, case_id))
    assert "Trước anh/chị còn 1 người đang chờ ở Phường Rạch Giá." in told.text


def test_who_waits_hears_twice_how_it_stands_and_then_no_more(db: Database) -> None:
    conversation_id, _ = waits(db, "a")
    assert waiting.remind(db, AFTER) == 0
    for _ in range(waiting.MOST_REMINDERS):
        time_passes(db)
        assert waiting.remind(db, AFTER) == 1
        assert waiting.remind(db, AFTER) == 0
    time_passes(db, timedelta(days=1))
    assert waiting.remind(db, AFTER) == 0
    told = texts(db, conversation_id, "system")
    assert len(told) == waiting.MOST_REMINDERS
    assert "người tiếp theo" in told[0]


@pytest.mark.parametrize("how", ["taken", "left"])
def test_who_does_not_wait_any_more_hears_nothing(db: Database, how: str) -> None:
    conversation_id, case_id = waits(db, "a")
    lan = officer(db)
    with db.session() as session:
        if how == "taken":
            cases.take(session, case_id, lan)
        else:
            handoffs.cancel(session, conversation_id)
    time_passes(db)
    assert waiting.remind(db, AFTER) == 0


def test_a_reminder_does_not_put_off_that_the_wait_runs_out(db: Database) -> None:
    waits(db, "a")
    time_passes(db)
    with db.session() as session:
        session.execute(update(Case).values(updated_at=now() - timedelta(hours=25)))
    waiting.remind(db, AFTER)
    assert len(handoffs.expire(db, timedelta(hours=24))) == 1


def test_a_message_that_is_left_is_acknowledged_once(db: Database) -> None:
    conversation_id, case_id = waits(db, "a")
    with db.session() as session:
        kept = waiting.message_left(session, conversation_id)
        assert kept is not None
        assert session.get_one(Case, case_id).code in kept.text
        assert waiting.message_left(session, conversation_id) is None


def test_nobody_waits_nothing_is_acknowledged(db: Database) -> None:
    conversation_id = say(db)
    with db.session() as session:
        assert waiting.message_left(session, conversation_id) is None
