"""What an officer reads before the first word: the talk in short, and passages for what was asked."""

from __future__ import annotations

import re

from staff_support import Desk

from staff import Suggestion

FIRST = "làm lại căn cước bị mất thì cần giấy tờ gì"


def asked_of_the_knowledge_base(desk: Desk, case_id: int, query: str = "") -> list[str]:
    seen: list[str] = []

    def note(text: str) -> list[Suggestion]:
        seen.append(text)
        return []

    desk.app.routes[0].app.state.console.suggest = note  # type: ignore[attr-defined]
    desk.browser("an").get(f"/talks/{case_id}/suggestions{query}")
    return seen


def paragraph(desk: Desk, case_id: int) -> str:
    page = desk.browser("an").get(f"/talks/{case_id}").text
    found = re.search(r'<details class="extract".*?<p>(.*?)</p>', page, re.DOTALL)
    assert found is not None
    return re.sub(r"<[^>]+>", "", found[1])


def talk_about(desk: Desk, *turns: tuple[str, dict[str, object]]) -> int:
    """A talk of questions and what the assistant made of them, then the wish for an officer."""
    for words, meta in turns:
        conversation = desk.citizen_says(words)
        desk.bot_says(conversation, "…", **meta)
    return desk.handed_over_only("gặp cán bộ")


def test_suggestions_are_for_the_question_and_not_for_the_wish_to_see_an_officer(desk: Desk) -> None:
    case_id = talk_about(
        desk,
        ("chào em", {"status": "chitchat", "intent": "greet"}),
        (FIRST, {"status": "unanswerable", "intent": "ask_procedure"}),
        ("cho gặp người thật đi", {"status": "handoff", "intent": "request_human"}),
    )
    assert asked_of_the_knowledge_base(desk, case_id) == [FIRST]


def test_a_short_question_is_looked_up_with_the_one_before(desk: Desk) -> None:
    case_id = talk_about(
        desk,
        (FIRST, {"status": "answered", "intent": "ask_procedure"}),
        ("bao nhiêu tiền", {"status": "answered", "intent": "ask_procedure"}),
    )
    assert asked_of_the_knowledge_base(desk, case_id) == [f"{FIRST} bao nhiêu tiền"]


def test_a_question_put_to_the_officer_counts_and_a_short_call_does_not(desk: Desk) -> None:
    case_id = desk.handed_over()
    desk.citizen_says("tôi cần đổi tên trong sổ đỏ cho con trai út")
    desk.citizen_says("alo có ai không")
    assert asked_of_the_knowledge_base(desk, case_id) == ["tôi cần đổi tên trong sổ đỏ cho con trai út"]


def test_words_typed_by_the_officer_replace_the_question(desk: Desk) -> None:
    assert asked_of_the_knowledge_base(desk, desk.handed_over(), "?q=tạm trú") == ["tạm trú"]


def test_the_extract_says_what_was_asked_which_procedure_and_why_it_came(desk: Desk) -> None:
    case_id = talk_about(
        desk,
        (FIRST, {"status": "answered", "intent": "ask_procedure", "procedures": ("1.001193",)}),
        ("ý tôi là bị mất ở nước ngoài", {"status": "unanswerable", "intent": "ask_procedure"}),
    )
    text = paragraph(desk, case_id)

    assert f"Người dân hỏi: “{FIRST}”; “ý tôi là bị mất ở nước ngoài”." in text
    assert "thủ tục Đăng ký khai sinh" in text
    assert "chưa giúp được 1 lần" in text
    assert text.endswith("Chuyển cán bộ vì: muốn gặp cán bộ.")


def test_without_any_question_the_extract_says_so(desk: Desk) -> None:
    assert "chưa nói rõ việc cần hỏi" in paragraph(desk, talk_about(desk))


def test_an_answer_to_the_officer_is_no_question_and_a_new_question_is(desk: Desk) -> None:
    case_id, browser = desk.handed_over(), desk.browser("an")
    browser.post(f"/talks/{case_id}/take")
    browser.post(f"/talks/{case_id}/answer", {"text": "Chị có giấy chứng sinh không?"})
    desk.citizen_says("dạ có, bản tiếng Khmer, đã dịch công chứng rồi")
    assert asked_of_the_knowledge_base(desk, case_id) == ["phí làm khai sinh"]

    desk.citizen_says("vậy con tôi có được cấp bảo hiểm y tế luôn không?")
    assert asked_of_the_knowledge_base(desk, case_id) == ["vậy con tôi có được cấp bảo hiểm y tế luôn không?"]
