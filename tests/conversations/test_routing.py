from __future__ import annotations

import pytest
from conversation_support import conversation_of, officer, say, texts
from sqlalchemy import select

from conversations import cases, handoffs, routing, units
from conversations.cases import CaseClosed
from conversations.database import Database
from conversations.messages import Floor
from conversations.models import Case, CaseNote, Unit
from conversations.privacy import erase_person
from conversations.units import UnitRow

RACH_GIA = UnitRow("30760", "Phường Rạch Giá")


@pytest.fixture
def unit(db: Database) -> Unit:
    with db.session() as session:
        units.seed(session, [RACH_GIA])
        return session.scalars(select(Unit)).one()


def test_seeding_again_adds_nothing_and_renames(db: Database) -> None:
    with db.session() as session:
        assert units.seed(session, [RACH_GIA, UnitRow("30769", "Phường Vĩnh Thông")]) == 2
    with db.session() as session:
        assert units.seed(session, [RACH_GIA, UnitRow("30769", "Phường Vĩnh Thông mới")]) == 1
        assert {unit.name for unit in units.active(session)} == {"Phường Rạch Giá", "Phường Vĩnh Thông mới"}


@pytest.mark.parametrize(("code", "belongs"), [(RACH_GIA.code, True), ("99999", False), (None, False)])
def test_feedback_belongs_to_the_unit_of_its_place(
    db: Database, unit: Unit, code: str | None, belongs: bool
) -> None:
    conversation_id = say(db)
    with db.session() as session:
        case = cases.open_feedback(session, conversation_id, content="Rác", unit_code=code)
        assert case.unit_id == (unit.id if belongs else None)


def test_a_transferred_hand_over_waits_at_the_other_unit_and_the_citizen_is_told(
    db: Database, unit: Unit
) -> None:
    conversation_id, lan = say(db), officer(db)
    with db.session() as session:
        case_id = handoffs.request(session, conversation_id, "requested").id
        cases.take(session, case_id, lan)
    with db.session() as session:
        case = routing.transfer(session, case_id, unit, lan)
        assert (case.unit_id, case.assigned_to, case.status) == (unit.id, None, "new")
        assert conversation_of(session).floor == Floor.WAITING
    assert "Phường Rạch Giá" in texts(db, conversation_id, "system")[-1]


def test_a_closed_case_goes_nowhere(db: Database, unit: Unit) -> None:
    conversation_id, lan = say(db), officer(db)
    with db.session() as session:
        case_id = cases.open_feedback(session, conversation_id, content="Rác").id
        cases.close(session, case_id, lan, "resolved")
    with pytest.raises(CaseClosed), db.session() as session:
        routing.transfer(session, case_id, unit, lan)


def test_notes_are_kept_in_order_and_never_told_to_the_citizen(db: Database) -> None:
    conversation_id, lan = say(db), officer(db)
    with db.session() as session:
        case_id = cases.open_feedback(session, conversation_id, content="Rác").id
    for words in ("Đã gọi đội vệ sinh", "Hẹn thứ hai"):
        with db.session() as session:
            routing.add_note(session, case_id, lan, words)
    with db.session(read_only=True) as session:
        assert [note.text for note in routing.notes(session, case_id)] == [
            "Đã gọi đội vệ sinh",
            "Hẹn thứ hai",
        ]
    assert all("vệ sinh" not in text for text in texts(db, conversation_id))


def test_a_note_needs_words(db: Database) -> None:
    conversation_id, lan = say(db), officer(db)
    with db.session() as session:
        case_id = cases.open_feedback(session, conversation_id, content="Rác").id
        with pytest.raises(ValueError, match="words"):
            routing.add_note(session, case_id, lan, " \n")


def test_erasure_removes_the_notes(db: Database) -> None:
    conversation_id, lan = say(db), officer(db)
    with db.session() as session:
        case_id = cases.open_feedback(session, conversation_id, content="Rác").id
        routing.add_note(session, case_id, lan, "Bà Tư, số 0912 345 678")
    with db.session() as session:
        erase_person(session, session.get_one(Case, case_id).conversation.person_id)
    with db.session(read_only=True) as session:
        assert session.scalars(select(CaseNote)).all() == []
