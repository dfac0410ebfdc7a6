"""Feedback cases: finding one, answering in public, assigning, closing."""

from __future__ import annotations

import pytest
from staff_support import Desk

from conversations.history import recent_messages
from conversations.models import AuditEntry, Officer


def told(desk: Desk, case_id: int) -> list[str]:
    with desk.db.session(read_only=True) as session:
        found = recent_messages(session, desk.case(case_id).conversation_id)
        return [message.text for message in found if message.sender == "system"]


@pytest.mark.parametrize("query", ["q=chợ", "category=environment", "status=new", "q={code}", "q={loose}"])
def test_the_list_finds_by_words_code_category_and_status(desk: Desk, query: str) -> None:
    wanted = desk.case(desk.feedback("Rác ở chợ", category="environment"))
    other = desk.case(desk.feedback("Đèn đường hỏng", person="b", category="lighting"))
    with desk.db.session() as session:
        session.get_one(type(other), other.id).status = "answered"
    loose = wanted.code.lower().replace("-", " ")
    text = desk.browser("an").get(f"/feedback?{query.format(code=wanted.code, loose=loose)}").text

    assert wanted.code in text
    assert other.code not in text


def test_percent_signs_are_searched_as_they_stand(desk: Desk) -> None:
    code = desk.case(desk.feedback("không có dấu phần trăm")).code
    assert code not in desk.browser("an").get("/feedback?q=%25").text


def test_a_contact_is_shown_only_with_consent(desk: Desk) -> None:
    agreed = desk.feedback("một", contact="0912 345 678", consent=True)
    refused = desk.feedback("hai", contact="0987 654 321", consent=False)
    browser = desk.browser("an")

    assert "0912 345 678" in browser.get(f"/feedback/{agreed}").text
    assert "0987 654 321" not in browser.get(f"/feedback/{refused}").text


def test_a_public_answer_is_stored_and_told_to_the_citizen(desk: Desk) -> None:
    case_id, browser = desk.feedback(), desk.browser("an")
    browser.post(f"/feedback/{case_id}/answer", {"text": "Đã gom rác sáng nay."})

    case = desk.case(case_id)
    assert (case.status, case.public_answer) == ("answered", "Đã gom rác sáng nay.")
    assert any("Đã gom rác sáng nay." in text for text in told(desk, case_id))


def test_closing_needs_an_outcome_and_tells_the_citizen(desk: Desk) -> None:
    case_id, browser = desk.feedback(), desk.browser("an")
    assert browser.post(f"/feedback/{case_id}/close", {"text": "Xong"}).status_code == 422
    browser.post(f"/feedback/{case_id}/close", {"text": "Đã xử lý xong.", "outcome": "resolved"})

    case = desk.case(case_id)
    assert (case.status, case.outcome, case.public_answer) == ("closed", "resolved", "Đã xử lý xong.")
    assert any(case.code in text for text in told(desk, case_id))


def test_a_supervisor_assigns_and_the_history_says_so(desk: Desk) -> None:
    case_id, browser = desk.feedback(), desk.browser("sau")
    with desk.db.session(read_only=True) as session:
        officer_id = session.query(Officer).filter_by(username="binh").one().id
    browser.post(f"/cases/{case_id}/transfer", {"to": f"officer:{officer_id}"})

    assert desk.case(case_id).assigned_to == officer_id
    text = browser.get(f"/feedback/{case_id}").text
    assert "Giao cho cán bộ" in text
    assert "Lê Thị Sáu" in text


def test_another_officer_s_case_cannot_be_answered(desk: Desk) -> None:
    case_id = desk.feedback()
    desk.browser("an").post(f"/feedback/{case_id}/take")
    response = desk.browser("binh").post(f"/feedback/{case_id}/answer", {"text": "Chen ngang"})

    assert response.status_code == 409
    assert "Nguyễn Thị An đang xử lý" in response.text
    assert desk.case(case_id).public_answer is None


def test_reading_a_case_and_its_talk_is_audited(desk: Desk) -> None:
    case_id, browser = desk.feedback(), desk.browser("an")
    browser.get("/feedback")
    browser.get(f"/feedback/{case_id}")
    browser.get(f"/feedback/{case_id}/talk")

    with desk.db.session(read_only=True) as session:
        actions = [entry.action for entry in session.query(AuditEntry).filter_by(actor="an")]
    assert [name for name in actions if name.startswith(("case.", "conversation."))] == [
        "case.list",
        "case.read",
        "conversation.read",
    ]


def test_a_handed_over_conversation_is_no_feedback_page(desk: Desk) -> None:
    assert desk.browser("an").get(f"/feedback/{desk.handed_over()}").status_code == 404
