from __future__ import annotations

from datetime import timedelta

import pytest
from conversation_support import conversation_of, officer, say, texts
from sqlalchemy import select

from conversations import audit, cases, handoffs
from conversations.cases import CaseClosed, CaseError, CaseTaken
from conversations.database import Database
from conversations.messages import Attachment, Floor
from conversations.models import Case, CaseEvent, now


def open_handoff(db: Database, conversation_id: int, reason: str = "requested") -> Case:
    with db.session() as session:
        return handoffs.request(session, conversation_id, reason, announce_citizen=True)


def open_feedback(db: Database, conversation_id: int, **fields: object) -> Case:
    with db.session() as session:
        values = {"content": "Rác ở chợ Rạch Giá", "category": "environment"} | fields
        return cases.open_feedback(session, conversation_id, **values)  # type: ignore[arg-type]


def floor(db: Database, user: str = "u1") -> str:
    with db.session(read_only=True) as session:
        return conversation_of(session, user).floor


def history(db: Database, case_id: int) -> list[tuple[str, str]]:
    with db.session(read_only=True) as session:
        events = session.scalars(select(CaseEvent).filter_by(case_id=case_id).order_by(CaseEvent.id))
        return [(event.actor, event.action) for event in events]


def test_asking_for_an_officer_moves_the_floor_and_gives_a_code(db: Database) -> None:
    conversation_id = say(db)
    case = open_handoff(db, conversation_id)
    assert floor(db) == Floor.WAITING
    (told,) = texts(db, conversation_id, "system")
    assert case.code in told
    assert case.code.startswith("HT-")


def test_asking_again_returns_the_open_case_and_says_nothing_new(db: Database) -> None:
    conversation_id = say(db)
    first = open_handoff(db, conversation_id)
    assert open_handoff(db, conversation_id, "anger").id == first.id
    assert len(texts(db, conversation_id, "system")) == 1


def test_the_place_in_the_queue_is_told(db: Database) -> None:
    open_handoff(db, say(db, user="u1"))
    conversation_id = say(db, user="u2")
    open_handoff(db, conversation_id)
    (told,) = texts(db, conversation_id, "system")
    assert "còn 1 người" in told


def test_a_hand_over_from_request_to_close(db: Database) -> None:
    conversation_id = say(db)
    case_id = open_handoff(db, conversation_id).id
    lan = officer(db)
    with db.session() as session:
        cases.take(session, case_id, lan)
    assert floor(db) == Floor.OFFICER
    with db.session() as session:
        cases.answer(session, case_id, lan, "  Chào anh/chị  ")
    with db.session() as session:
        closed = cases.close(session, case_id, lan, "resolved")
    assert (closed.status, closed.outcome) == ("closed", "resolved")
    assert floor(db) == Floor.BOT
    assert texts(db, conversation_id, "officer") == ["Chào anh/chị"]
    assert history(db, case_id) == [
        ("citizen", "open"),
        ("lan", "take"),
        ("lan", "answer"),
        ("lan", "close"),
    ]
    assert len(texts(db, conversation_id, "system")) == 3
    with db.session() as session:
        assert audit.verify(session) == []


def test_giving_back_closes_the_hand_over_and_starts_a_fresh_dialogue(db: Database) -> None:
    conversation_id = say(db)
    case_id = open_handoff(db, conversation_id).id
    lan = officer(db)
    with db.session() as session:
        before = conversation_of(session).dialogue_session
        cases.take(session, case_id, lan)
        handoffs.give_back(session, case_id, lan)
    with db.session() as session:
        assert conversation_of(session).dialogue_session == before + 1
        assert session.get_one(Case, case_id).outcome == "returned"
    assert floor(db) == Floor.BOT


def test_the_citizen_may_leave_the_queue(db: Database) -> None:
    conversation_id = say(db)
    case_id = open_handoff(db, conversation_id).id
    with db.session() as session:
        cancelled = handoffs.cancel(session, conversation_id)
        assert cancelled is not None
        assert (cancelled.id, cancelled.outcome) == (case_id, "cancelled")
    assert floor(db) == Floor.BOT


def test_two_officers_cannot_have_one_case(db: Database) -> None:
    case_id = open_handoff(db, say(db)).id
    lan, minh = officer(db), officer(db, "minh", "Lê Minh")
    with db.session() as session:
        cases.take(session, case_id, lan)
    for act in (
        lambda s: cases.take(s, case_id, minh),
        lambda s: cases.answer(s, case_id, minh, "chào"),
        lambda s: cases.close(s, case_id, minh, "resolved"),
        lambda s: handoffs.give_back(s, case_id, minh),
    ):
        with pytest.raises(CaseTaken), db.session() as session:
            act(session)


def test_taking_ones_own_case_again_says_nothing_new(db: Database) -> None:
    conversation_id = say(db)
    case_id = open_handoff(db, conversation_id).id
    lan = officer(db)
    for _ in range(2):
        with db.session() as session:
            cases.take(session, case_id, lan)
    assert len(texts(db, conversation_id, "system")) == 2


def test_a_closed_case_cannot_change(db: Database) -> None:
    case_id = open_handoff(db, say(db)).id
    lan = officer(db)
    with db.session() as session:
        cases.close(session, case_id, lan, "resolved")
    with pytest.raises(CaseClosed), db.session() as session:
        cases.answer(session, case_id, lan, "chào")


def test_unknown_cases_and_empty_answers_are_refused(db: Database) -> None:
    lan = officer(db)
    case_id = open_handoff(db, say(db)).id
    with pytest.raises(LookupError), db.session() as session:
        cases.take(session, 999, lan)
    with pytest.raises(ValueError, match="words"), db.session() as session:
        cases.answer(session, case_id, lan, " \n")


def test_feedback_from_filing_to_closing(db: Database) -> None:
    conversation_id = say(db)
    case = open_feedback(db, conversation_id, attachments=[Attachment(kind="image", remote_id="p1")])
    assert case.code.startswith("PA-")
    assert case.attachments[0]["remote_id"] == "p1"
    lan = officer(db)
    with db.session() as session:
        cases.take(session, case.id, lan)
        cases.answer(session, case.id, lan, "Đã dọn sạch")
        closed = cases.close(session, case.id, lan, "resolved")
        assert closed.public_answer == "Đã dọn sạch"
    assert floor(db) == Floor.BOT
    told = texts(db, conversation_id, "system")
    assert len(told) == 3
    assert all(case.code in text for text in told)
    assert "Đã dọn sạch" in told[1]


def test_a_public_answer_may_come_with_the_end(db: Database) -> None:
    conversation_id = say(db)
    case = open_feedback(db, conversation_id)
    with db.session() as session:
        cases.close(session, case.id, officer(db), "rejected", "Không thuộc thẩm quyền")
    assert "Không thuộc thẩm quyền" in texts(db, conversation_id, "system")[-1]


def test_feedback_cannot_be_given_back(db: Database) -> None:
    case = open_feedback(db, say(db))
    with pytest.raises(CaseError), db.session() as session:
        handoffs.give_back(session, case.id, officer(db))


@pytest.mark.parametrize(("consent", "kept"), [(True, "0912345678"), (False, None)])
def test_a_contact_is_kept_only_with_consent(db: Database, consent: bool, kept: str | None) -> None:
    case = open_feedback(db, say(db), contact="0912345678", consent=consent)
    assert case.contact == kept
    with db.session() as session:
        assert (conversation_of(session).person.consent_at is not None) == consent


def test_the_same_feedback_filed_again_at_once_is_one_case(db: Database) -> None:
    conversation_id = say(db)
    first = open_feedback(db, conversation_id)
    assert open_feedback(db, conversation_id).id == first.id
    assert open_feedback(db, conversation_id, content="Việc khác").id != first.id
    assert open_feedback(db, say(db, user="u2")).id != first.id


def test_a_case_is_found_by_its_code_however_it_is_typed(db: Database) -> None:
    conversation_id = say(db)
    for case in (open_feedback(db, conversation_id), open_handoff(db, conversation_id)):
        prefix, first, second = case.code.split("-")
        for typed in (
            case.code,
            f" {prefix.lower()} {first} {second} ",
            first + second,
            case.code.replace("0", "o"),
        ):
            with db.session(read_only=True) as session:
                found = cases.find_by_code(session, typed)
                assert found is not None
                assert found.id == case.id


def test_no_case_is_found_by_nonsense(db: Database) -> None:
    with db.session(read_only=True) as session:
        assert cases.find_by_code(session, "PA-0000-0001") is None
        assert cases.find_by_code(session, "") is None


def test_a_silent_officer_loses_the_floor_but_the_case_stays(db: Database) -> None:
    conversation_id = say(db)
    case_id = open_handoff(db, conversation_id).id
    lan, minh = officer(db), officer(db, "minh", "Lê Minh")
    with db.session() as session:
        cases.take(session, case_id, lan)
    assert handoffs.expire(db, timedelta(minutes=30)) == []
    silent_for(db, case_id, timedelta(minutes=31))
    assert handoffs.expire(db, timedelta(minutes=30)) == [case_id]
    assert floor(db) == Floor.BOT
    assert handoffs.expire(db, timedelta(minutes=30)) == []
    assert "vẫn được giữ" in texts(db, conversation_id, "system")[-1]
    with db.session() as session:
        assert cases.take(session, case_id, minh).assigned_to == minh.id
    assert floor(db) == Floor.OFFICER


def test_an_answered_hand_over_ends_when_the_citizen_stays_silent(db: Database) -> None:
    conversation_id = say(db)
    case_id = open_handoff(db, conversation_id).id
    lan = officer(db)
    with db.session() as session:
        cases.answer(session, case_id, lan, "Chào anh/chị")
    silent_for(db, case_id, timedelta(hours=2))
    assert handoffs.expire(db, timedelta(hours=1)) == [case_id]
    with db.session(read_only=True) as session:
        case = session.get_one(Case, case_id)
        assert (case.status, case.outcome) == ("closed", "returned")
    assert floor(db) == Floor.BOT
    assert "Cán bộ đã kết thúc" in texts(db, conversation_id, "system")[-1]


def test_the_time_of_an_officer_runs_from_the_citizens_message(db: Database) -> None:
    conversation_id = say(db)
    case_id = open_handoff(db, conversation_id).id
    lan = officer(db)
    with db.session() as session:
        cases.answer(session, case_id, lan, "Chào anh/chị")
    silent_for(db, case_id, timedelta(hours=2))
    with db.session() as session:
        handoffs.citizen_wrote(session, conversation_id)
    assert handoffs.expire(db, timedelta(hours=1)) == []
    silent_for(db, case_id, timedelta(hours=2))
    assert handoffs.expire(db, timedelta(hours=1)) == [case_id]
    with db.session(read_only=True) as session:
        assert session.get_one(Case, case_id).status == "new"


def test_an_answer_with_control_characters_is_cleaned(db: Database) -> None:
    conversation_id = say(db)
    case_id = open_handoff(db, conversation_id).id
    lan = officer(db)
    with db.session() as session:
        cases.answer(session, case_id, lan, "Chào\x00 anh/chị\x07")
    assert texts(db, conversation_id, "officer") == ["Chào anh/chị"]


def test_one_who_waited_in_vain_may_ask_again_under_the_same_code(db: Database) -> None:
    conversation_id = say(db)
    case = open_handoff(db, conversation_id)
    silent_for(db, case.id, timedelta(hours=2))
    handoffs.expire(db, timedelta(hours=1))
    assert open_handoff(db, conversation_id).code == case.code
    assert floor(db) == Floor.WAITING
    assert handoffs.expire(db, timedelta(hours=1)) == []


def silent_for(db: Database, case_id: int, time: timedelta) -> None:
    with db.session() as session:
        session.get_one(Case, case_id).updated_at = now() - time
