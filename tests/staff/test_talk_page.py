"""One conversation: reading, taking, answering, giving back, closing, and what citizens are told."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from staff_support import SECRET, Desk, Furnish

from connectors.object_stores import folder_store
from connectors.signed_files import SignedFiles
from connectors.uploads import AttachmentStore
from conversations import typing
from conversations.history import recent_messages
from conversations.messages import Attachment
from conversations.models import AuditEntry, OutboxItem
from staff import talk


def said(desk: Desk, case_id: int) -> list[tuple[str, str]]:
    with desk.db.session(read_only=True) as session:
        found = recent_messages(session, desk.case(case_id).conversation_id)
        return [(message.sender, message.text) for message in found]


def news_path(page: str) -> str:
    address = re.search(r'hx-get="/staff(/talks/\d+/messages[^"]*)"', page)
    assert address is not None
    return address[1].replace("&amp;", "&")


def test_the_page_shows_the_talk_and_what_the_assistant_understood(desk: Desk) -> None:
    case_id = desk.handed_over()
    text = desk.browser("an").get(f"/talks/{case_id}").text

    for words in ("phí làm khai sinh", "không mất phí", "ask_fee", "Lệ phí", "Đăng ký khai sinh", "87%"):
        assert words in text


def test_an_officer_is_told_in_the_talk_what_did_not_reach_the_citizen(desk: Desk) -> None:
    case_id, browser = desk.handed_over(), desk.browser("an")
    path = news_path(browser.get(f"/talks/{case_id}").text)
    assert browser.get(path).status_code == 204
    with desk.db.session() as session:
        session.query(OutboxItem).order_by(OutboxItem.id.desc()).first().status = "dead"
        session.query(OutboxItem).filter_by(status="dead").one().error = "đã chặn bot"
    news = browser.get(path).text
    assert "1 tin chưa tới được người dân" in news
    assert "<textarea" not in news, "what the officer is writing stays"
    assert "Chưa tới người dân: đã chặn bot" in browser.get(f"/talks/{case_id}").text


def test_reading_is_written_to_the_audit_log(desk: Desk) -> None:
    case_id = desk.handed_over()
    desk.browser("an").get(f"/talks/{case_id}")

    with desk.db.session(read_only=True) as session:
        entry = session.query(AuditEntry).filter_by(action="conversation.read").one()
        assert (entry.actor, entry.object) == ("an", f"conversation:{desk.case(case_id).conversation_id}")


def test_an_officer_takes_answers_and_closes(desk: Desk) -> None:
    case_id, browser = desk.handed_over(), desk.browser("an")
    browser.post(f"/talks/{case_id}/take")
    browser.post(f"/talks/{case_id}/answer", {"text": "Chào bác, tôi giúp bác đây."})
    response = browser.post(f"/talks/{case_id}/close", {"outcome": "resolved"})

    assert response.headers["location"].startswith("/staff/queue")
    assert ("officer", "Chào bác, tôi giúp bác đây.") in said(desk, case_id)
    case = desk.case(case_id)
    assert (case.status, case.outcome, case.conversation.floor) == ("closed", "resolved", "bot")


def test_an_answer_is_queued_for_the_citizen_s_channel(desk: Desk) -> None:
    case_id, browser = desk.handed_over(), desk.browser("an")
    browser.post(f"/talks/{case_id}/take")
    browser.post(f"/talks/{case_id}/answer", {"text": "Xin chào"})

    with desk.db.session(read_only=True) as session:
        assert (
            session.query(OutboxItem).filter(OutboxItem.body["text"].as_string() == "Xin chào").count() == 1
        )


def test_giving_back_returns_the_floor_to_the_assistant(desk: Desk) -> None:
    case_id, browser = desk.handed_over(), desk.browser("an")
    browser.post(f"/talks/{case_id}/take")
    browser.post(f"/talks/{case_id}/give-back")

    assert desk.case(case_id).conversation.floor == "bot"


def test_of_two_officers_at_once_one_takes_and_the_other_sees_who(desk: Desk) -> None:
    case_id = desk.handed_over()
    browsers = [desk.browser("an"), desk.browser("binh")]
    with ThreadPoolExecutor(2) as pool:
        responses = list(pool.map(lambda browser: browser.post(f"/talks/{case_id}/take"), browsers))

    assert sorted(response.status_code for response in responses) == [303, 409]
    first = desk.case(case_id).officer
    refused = next(response for response in responses if response.status_code == 409)
    assert first is not None
    assert f"{first.full_name} đang trả lời" in refused.text
    assert [sender for sender, text in said(desk, case_id) if "đang trả lời anh/chị" in text] == ["system"]


def test_only_who_took_it_may_answer_give_back_or_close(desk: Desk) -> None:
    case_id = desk.handed_over()
    desk.browser("an").post(f"/talks/{case_id}/take")
    other = desk.browser("binh")
    responses = [
        other.post(f"/talks/{case_id}/answer", {"text": "Tôi xen vào"}),
        other.post(f"/talks/{case_id}/give-back"),
        other.post(f"/talks/{case_id}/close", {"outcome": "spam"}),
    ]

    assert [response.status_code for response in responses] == [409, 409, 409]
    assert ("officer", "Tôi xen vào") not in said(desk, case_id)
    assert desk.case(case_id).status == "in_progress"


def test_nobody_answers_before_taking(desk: Desk) -> None:
    case_id = desk.handed_over()
    response = desk.browser("an").post(f"/talks/{case_id}/answer", {"text": "Chào"})
    assert response.status_code == 409
    assert "cần nhận cuộc trò chuyện" in response.text


@pytest.mark.parametrize(
    ("text", "words"), [("", "còn trống"), ("  \n ", "còn trống"), ("a" * 2001, "quá 2000")]
)
def test_a_bad_answer_is_refused_and_the_draft_stays(desk: Desk, text: str, words: str) -> None:
    case_id, browser = desk.handed_over(), desk.browser("an")
    browser.post(f"/talks/{case_id}/take")
    response = browser.post(f"/talks/{case_id}/answer", {"text": text})

    assert response.status_code == 422
    assert words in response.text
    assert text.strip() in response.text


def test_a_problem_of_an_htmx_answer_goes_beside_the_box(desk: Desk) -> None:
    case_id, browser = desk.handed_over(), desk.browser("an")
    response = browser.post(f"/talks/{case_id}/answer", {"text": "Chào"}, hx_request="true")
    assert response.headers["hx-retarget"] == "#talk-problem"
    assert "<html" not in response.text


def test_closing_needs_an_outcome(desk: Desk) -> None:
    case_id, browser = desk.handed_over(), desk.browser("an")
    browser.post(f"/talks/{case_id}/take")
    assert browser.post(f"/talks/{case_id}/close", {"outcome": "whatever"}).status_code == 422


def test_news_brings_only_what_is_new(desk: Desk) -> None:
    case_id, browser = desk.handed_over(), desk.browser("an")
    address = news_path(browser.get(f"/talks/{case_id}").text)
    assert browser.get(address).status_code == 204

    desk.citizen_says("Còn ai đó không?")
    news = browser.get(address).text
    assert "Còn ai đó không?" in news
    assert "phí làm khai sinh" not in news
    assert browser.get(news_path(news)).status_code == 204


def test_news_redraws_the_tools_once_somebody_has_taken_it(desk: Desk) -> None:
    case_id, browser = desk.handed_over(), desk.browser("an")
    address = news_path(browser.get(f"/talks/{case_id}").text)
    desk.browser("binh").post(f"/talks/{case_id}/take")

    news = browser.get(address).text
    assert 'hx-swap-oob="true"' in news
    assert "Trần Văn Bình" in news
    assert "Nhận cuộc trò chuyện" not in news


def test_suggestions_can_be_inserted(desk: Desk) -> None:
    case_id = desk.handed_over()
    text = desk.browser("an").get(f"/talks/{case_id}/suggestions").text
    assert 'data-insert="Lệ phí: miễn phí khi đăng ký đúng hạn."' in text
    assert "1.001193" in text


def test_a_broken_knowledge_base_leaves_the_conversation_usable(desk: Desk) -> None:
    def broken(text: str) -> list[object]:
        raise OSError("no index")

    desk.app.routes[0].app.state.console.suggest = broken  # type: ignore[attr-defined]
    response = desk.browser("an").get(f"/talks/{desk.handed_over()}/suggestions")
    assert response.status_code == 200
    assert "Chưa tra cứu được" in response.text


def test_ready_made_replies_carry_the_names(desk: Desk) -> None:
    text = desk.browser("an").get(f"/talks/{desk.handed_over()}").text
    assert "Chào Út Mén, tôi là Nguyễn Thị An, Trung tâm" in text


def test_a_photo_is_shown_and_another_file_is_only_downloaded(desk: Desk) -> None:
    photo_id, paper_id = f"{1:064x}.jpg", f"{2:064x}.pdf"
    desk.app.routes[0].app.state.console.read_file = {photo_id: b"photo", paper_id: b"paper"}.get  # type: ignore[attr-defined]
    photo = Attachment(kind="image", remote_id=photo_id, media_type="image/jpeg")
    paper = Attachment(kind="file", remote_id=paper_id, media_type="application/pdf")
    case_id, browser = desk.feedback(attachments=[photo, paper]), desk.browser("an")

    def disposition(name: str) -> str:
        return str(browser.get(f"/cases/{case_id}/files/{name}").headers["content-disposition"])

    assert f'src="/staff/cases/{case_id}/files/{photo_id}"' in browser.get(f"/feedback/{case_id}").text
    assert disposition(photo_id).startswith("inline")
    assert disposition(paper_id).startswith("attachment")
    assert browser.get(f"/cases/{case_id}/files/{3:064x}.jpg").status_code == 404


def test_a_file_that_is_still_at_its_channel_is_named_and_not_linked(desk: Desk) -> None:
    there = Attachment(kind="file", remote_id="BQACAgUAAx", name="don.pdf", media_type="application/pdf")
    page = desk.browser("an").get(f"/feedback/{desk.feedback(attachments=[there])}").text
    assert "don.pdf" in page
    assert "BQACAgUAAx" not in page


def test_a_feedback_case_is_no_conversation_page(desk: Desk) -> None:
    assert desk.browser("an").get(f"/talks/{desk.feedback()}").status_code == 404


def test_a_form_that_is_too_large_is_refused(desk: Desk) -> None:
    case_id, browser = desk.handed_over(), desk.browser("an")
    assert browser.post(f"/talks/{case_id}/close", {"outcome": "a" * 70_000}).status_code == 413


def test_long_talks_are_shown_in_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "PAGE", 10)
    case_id, browser = desk.handed_over("câu đầu tiên"), desk.browser("an")
    for number in range(12):
        desk.citizen_says(f"câu số {number}.")
    text = browser.get(f"/talks/{case_id}").text
    assert "câu số 11." in text
    assert "câu đầu tiên</div>" not in text

    earlier = re.search(r'href="/staff(/talks/\d+\?before=\d+)"', text)
    assert earlier is not None
    assert "câu đầu tiên</div>" in browser.get(earlier[1]).text


@pytest.mark.parametrize(("username", "heard"), [("an", True), ("binh", False)])
def test_only_the_officer_who_has_the_floor_is_shown_as_typing(
    desk: Desk, username: str, heard: bool
) -> None:
    case_id = desk.handed_over()
    desk.browser("an").post(f"/talks/{case_id}/take")
    notifier = desk.app.routes[0].app.state.console.notifier  # type: ignore[attr-defined]
    topic = typing.officer_topic(desk.case(case_id).conversation_id)

    async def types() -> bool:
        with notifier.subscribe(topic) as subscription:
            await asyncio.to_thread(desk.browser(username).post, f"/talks/{case_id}/typing")
            return bool(await subscription.wait(0.2))

    assert asyncio.run(types()) == heard


PDF = b"%PDF-1.4\n" + b"0" * 300


def with_files(furnish: Furnish, tmp_path: Path) -> tuple[Desk, AttachmentStore]:
    store = AttachmentStore(folder_store(tmp_path / "attachments"))
    files = SignedFiles(store, secret_key=SECRET, base_url="https://tro-ly.example")
    return furnish(keep_file=files.keep, read_file=store.read), store


def answer_with(desk: Desk, case_id: int, text: str, name: str, content: bytes):  # type: ignore[no-untyped-def]
    browser = desk.browser("an")
    browser.post(f"/talks/{case_id}/take")
    data = {"csrf": browser.token, "text": text}
    return browser.client.post(f"/staff/talks/{case_id}/answer", data=data, files={"file": (name, content)})


@pytest.mark.parametrize("text", ["Mẫu tờ khai đây ạ", ""], ids=["with words", "alone"])
def test_an_officer_sends_a_file(furnish: Furnish, tmp_path: Path, text: str) -> None:
    desk, store = with_files(furnish, tmp_path)
    case_id = desk.handed_over()
    assert answer_with(desk, case_id, text, "mau.pdf", PDF).status_code == 303

    with desk.db.session(read_only=True) as session:
        sent = session.query(OutboxItem).order_by(OutboxItem.id.desc()).first()
    assert sent is not None
    [file] = sent.body["attachments"]
    assert (sent.body["text"], file["name"]) == (text, "mau.pdf")
    assert store.read(file["remote_id"]) == PDF
    page = desk.browser("an").get(f"/talks/{case_id}").text
    assert "mau.pdf" in page
    assert desk.browser("an").get(f"/cases/{case_id}/files/{file['remote_id']}").content == PDF


def test_a_file_of_another_kind_is_refused(furnish: Furnish, tmp_path: Path) -> None:
    desk, _ = with_files(furnish, tmp_path)
    refused = answer_with(desk, desk.handed_over(), "Đây ạ", "x.exe", b"MZ" + b"\0" * 300)
    assert refused.status_code == 422
    assert "Chỉ gửi được ảnh" in refused.text
