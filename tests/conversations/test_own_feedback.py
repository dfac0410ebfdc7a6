"""A citizen adds to a feedback that was filed, or takes it back."""

from __future__ import annotations

import pytest
from conversation_support import officer, say

from conversations import cases, own_feedback
from conversations.cases import CaseClosed
from conversations.database import Database
from conversations.models import Case


def filed(db: Database, content: str = "Rác ở chợ Rạch Giá", user: str = "u1") -> Case:
    conversation_id = say(db, user=user)
    with db.session() as session:
        return cases.open_feedback(session, conversation_id, content=content)


def test_what_is_added_stands_under_what_was_told(db: Database) -> None:
    case = filed(db)
    with db.session() as session:
        own_feedback.add(session, case.id, "có chuột nữa")
    with db.session(read_only=True) as session:
        content = session.get_one(Case, case.id).content

    assert content.startswith("Rác ở chợ Rạch Giá")
    assert content.endswith("có chuột nữa")
    assert "Bổ sung ngày" in content


def test_an_answered_feedback_is_under_way_again_when_more_is_told(db: Database) -> None:
    case = filed(db)
    lan = officer(db)
    with db.session() as session:
        cases.answer(session, case.id, lan, "Đã dọn.")
        assert own_feedback.add(session, case.id, "chưa dọn").status == "in_progress"


def test_a_feedback_that_was_taken_back_is_closed_and_no_longer_ones_own_open_one(db: Database) -> None:
    case = filed(db)
    with db.session() as session:
        withdrawn = own_feedback.withdraw(session, case.id)
        assert (withdrawn.status, withdrawn.outcome) == ("closed", own_feedback.WITHDRAWN)
        assert own_feedback.open_ones(session, case.conversation_id) == []
        with pytest.raises(CaseClosed):
            own_feedback.add(session, case.id, "thêm")


def test_nobody_finds_the_feedback_of_another(db: Database) -> None:
    filed(db)
    other = say(db, user="u2")
    with db.session(read_only=True) as session:
        assert own_feedback.open_ones(session, other) == []
