from __future__ import annotations

import pytest
from conversation_support import officer, say, texts

from conversations import cases, handoffs, merging
from conversations.cases import CaseClosed, CaseError
from conversations.database import Database
from conversations.folding import fold
from conversations.models import Case
from conversations.privacy import erase_person


def filed(db: Database, content: str, user: str) -> tuple[int, int]:
    """The conversation and the case of a feedback."""
    conversation_id = say(db, user=user)
    with db.session() as session:
        return conversation_id, cases.open_feedback(session, conversation_id, content=content).id


def merge(db: Database, case_id: int, into_id: int) -> None:
    lan = officer(db)
    with db.session() as session:
        merging.merge(session, case_id, into_id, lan)


def test_who_filed_a_duplicate_hears_the_answer_of_the_case_it_went_into(db: Database) -> None:
    (_, main), (theirs, duplicate) = filed(db, "Rác ở chợ", "a"), filed(db, "Chợ đầy rác", "b")
    merge(db, duplicate, main)
    assert "gộp lại" in texts(db, theirs, "system")[-1]
    lan = officer(db)
    with db.session() as session:
        code = session.get_one(Case, duplicate).code
        cases.answer(session, main, lan, "Đã gom sáng nay.")
    assert code in texts(db, theirs, "system")[-1]
    assert "Đã gom sáng nay." in texts(db, theirs, "system")[-1]
    with db.session() as session:
        cases.close(session, main, lan, "resolved")
    assert "đã xử lý xong" in texts(db, theirs, "system")[-1]


def test_a_merged_case_is_closed_and_leads_to_the_other(db: Database) -> None:
    (_, main), (_, duplicate) = filed(db, "Rác ở chợ", "a"), filed(db, "Chợ đầy rác", "b")
    merge(db, duplicate, main)
    with db.session(read_only=True) as session:
        case = session.get_one(Case, duplicate)
        assert (case.status, case.outcome) == ("closed", "merged")
        assert case.main is not None
        assert case.main.id == main
        assert [one.id for one in merging.duplicates(session, main)] == [duplicate]


def test_duplicates_follow_when_their_case_is_merged_itself(db: Database) -> None:
    ids = [filed(db, f"Rác {name}", name)[1] for name in ("a", "b", "c")]
    merge(db, ids[0], ids[1])
    merge(db, ids[1], ids[2])
    with db.session(read_only=True) as session:
        assert {one.id for one in merging.duplicates(session, ids[2])} == {ids[0], ids[1]}


def test_what_is_no_duplicate_is_refused(db: Database) -> None:
    conversation_id, case_id = filed(db, "Rác", "a")
    _, closed = filed(db, "Đèn", "b")
    lan = officer(db)
    with db.session() as session:
        cases.close(session, closed, lan, "resolved")
        handoff = handoffs.request(session, conversation_id, "requested").id
    for other, error in ((case_id, CaseError), (handoff, CaseError), (closed, CaseClosed)):
        with pytest.raises(error):
            merge(db, case_id, other)


def test_feedback_is_kept_as_it_is_searched_until_it_is_erased(db: Database) -> None:
    conversation_id, lan = say(db), officer(db)
    with db.session() as session:
        case = cases.open_feedback(session, conversation_id, content="Đường  NGẬP", place="Chợ Rạch Giá")
        assert case.folded == "duong ngap cho rach gia"
        cases.close(session, case.id, lan, "resolved")
    with db.session() as session:
        erase_person(session, session.get_one(Case, case.id).conversation.person_id)
    with db.session(read_only=True) as session:
        assert session.get_one(Case, case.id).folded == ""


@pytest.mark.parametrize(
    ("text", "folded"), [("Đặc khu  Phú Quốc", "dac khu phu quoc"), ("", ""), ("Ụ pháo", "u phao")]
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded
