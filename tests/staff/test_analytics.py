"""Figures: counted once a day, right on each page, and never small enough to point at a person."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pypdf
import pytest
from sqlalchemy import func, select
from staff_support import Desk

from conversations import cases, handoffs, tally
from conversations.messages import Sender
from conversations.models import Case, CaseEvent, Message, Officer, Vote, now
from conversations.tally import Measure
from staff.statistics import Figure, Span, daily, overdue, share, sums, suppressed, trends

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TODAY = datetime.now(ZONE).date()


def asked(
    desk: Desk, times: int, days_ago: int = 0, procedure: str = "1.001193", status: str = "answered"
) -> None:
    """So many questions and answers at noon of a day; the last ids are the newest messages."""
    for number in range(times):
        conversation_id = desk.citizen_says("câu hỏi", f"p{number}")
        desk.bot_says(conversation_id, "…", status=status, procedures=(procedure,))
    with desk.db.session() as session:
        last = session.scalar(select(func.max(Message.id))) or 0
        at = datetime.now(ZONE).replace(hour=12, minute=0) - timedelta(days=days_ago)
        for message in session.scalars(select(Message).where(Message.id > last - 2 * times)):
            message.created_at = at


def found(desk: Desk, days: int = 7) -> dict[Measure, dict[str, int]]:
    tally.refresh(desk.db, ZONE)
    with desk.db.session(read_only=True) as session:
        return {m: dict(c) for m, c in sums(session, Span(TODAY - timedelta(days=days - 1), TODAY)).items()}


def test_messages_are_counted_by_day_hour_status_and_procedure(desk: Desk) -> None:
    asked(desk, 6, days_ago=1)
    counts = found(desk)
    assert counts[Measure.QUESTION] == {"12": 6}
    assert counts[Measure.PERSON] == {"": 6}
    assert counts[Measure.STATUS] == {"answered": 6}
    assert counts[Measure.PROCEDURE] == {"1.001193": 6}
    with desk.db.session(read_only=True) as session:
        days = daily(session, Span(TODAY - timedelta(days=1), TODAY), Measure.QUESTION)
    assert days == (Figure((TODAY - timedelta(days=1)).isoformat(), 6), Figure(TODAY.isoformat(), 0))


def test_questions_asked_back_are_not_counted_as_answers(desk: Desk) -> None:
    asked(desk, 5, status="clarification")
    counts = found(desk)
    assert counts[Measure.ASKED_BACK] == {"1.001193": 5}
    assert counts[Measure.PROCEDURE] == {}


def test_counting_again_changes_nothing_and_a_past_day_is_counted_once(desk: Desk) -> None:
    asked(desk, 5, days_ago=2)
    assert TODAY - timedelta(days=2) in tally.refresh(desk.db, ZONE)
    with desk.db.session() as session:
        for mark in session.scalars(select(tally.TallyDay)):
            mark.counted_at -= tally.FRESH
    first = found(desk)
    assert tally.refresh(desk.db, ZONE) == []
    assert found(desk) == first


def test_counts_outlive_the_messages(desk: Desk) -> None:
    asked(desk, 5, days_ago=2)
    before = found(desk)
    with desk.db.session() as session:
        for message in session.scalars(select(Message)):
            message.created_at = now()
    assert found(desk)[Measure.PROCEDURE] == before[Measure.PROCEDURE]


@pytest.mark.parametrize(("minutes", "name"), [(3, "5"), (40, "60"), (3_000, "more")])
def test_the_first_answer_of_an_officer_is_counted_once(desk: Desk, minutes: int, name: str) -> None:
    case_id = desk.handed_over()
    with desk.db.session() as session:
        officer = session.scalars(select(Officer).where(Officer.username == "an")).one()
        for words in ("Chào anh/chị", "Anh/chị cần gì nữa không?"):
            cases.answer(session, case_id, officer, words)
        session.get_one(Case, case_id).created_at = now() - timedelta(minutes=minutes)
        assert len(session.scalars(select(CaseEvent).where(CaseEvent.action == "answer")).all()) == 2
    assert found(desk)[Measure.FIRST_ANSWER] == {name: 1}


def test_votes_and_feedback_are_counted(desk: Desk) -> None:
    asked(desk, 1)
    desk.feedback(category="environment")
    with desk.db.session() as session:
        answer = session.scalars(select(Message).where(Message.sender == Sender.BOT)).first()
        assert answer is not None
        session.add(Vote(message_id=answer.id, helpful=False))
    counts = found(desk)
    assert counts[Measure.VOTE] == {"0": 1}
    assert counts[Measure.FEEDBACK] == {"environment": 1}
    assert counts[Measure.COMMUNE] == {"": 1}


def test_of_an_officers_help_the_last_word_of_a_citizen_is_counted(desk: Desk) -> None:
    for person, words in {"a": (False, True), "b": (False,)}.items():
        case = desk.case(desk.handed_over(person=person))
        with desk.db.session() as session:
            for satisfied in words:
                handoffs.rate(session, case.conversation_id, case.id, satisfied)
    assert found(desk)[Measure.RATING] == {"1": 1, "0": 1}


def test_a_topic_that_rises_is_named_with_the_week_before(desk: Desk) -> None:
    asked(desk, 6, days_ago=8)
    asked(desk, 12, days_ago=1)
    asked(desk, 3, days_ago=1, procedure="1.004222")
    tally.refresh(desk.db, ZONE)
    with desk.db.session(read_only=True) as session:
        rising = trends(session, TODAY)
    assert [(item.name, item.count, item.before) for item in rising] == [("1.001193", 12, 6)]


def test_a_channel_without_traffic_shows_nothing(desk: Desk) -> None:
    asked(desk, 9)
    page = desk.browser("sau").get("/analytics?days=7&channel=zalo").text
    assert "<strong>0</strong>" in page
    assert "1.001193" not in page


@pytest.mark.parametrize("path", ["/analytics", "/analytics/topics", "/analytics/service"])
def test_each_page_hides_small_counts(desk: Desk, path: str) -> None:
    asked(desk, 3)
    desk.handed_over()
    text = desk.browser("kiem").get(path).text
    assert "&lt; 5" in text or path == "/analytics/topics"
    assert '<span class="nowrap strong">3</span>' not in text
    assert '<span class="nowrap strong">1</span>' not in text


def test_the_table_holds_every_day_and_hides_small_counts(desk: Desk) -> None:
    asked(desk, 8, days_ago=1)
    desk.handed_over()
    text = desk.browser("sau").get("/analytics/table.csv?days=7").content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0] == ["Ngày", "Chỉ số", "Loại", "Số lượng"]
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    assert [yesterday, "Thủ tục được trả lời", "1.001193", "8"] in lines
    assert ["requested", "< 5"] in [line[2:] for line in lines]


def test_the_report_of_a_month_is_a_readable_pdf_in_vietnamese(desk: Desk) -> None:
    asked(desk, 7)
    response = desk.browser("sau").get(f"/analytics/report.pdf?month={TODAY:%Y-%m}")
    assert response.headers["content-type"] == "application/pdf"
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(response.content)).pages)
    assert f"Báo cáo trợ lý hành chính công, tháng {TODAY:%m/%Y}" in text
    assert "Đăng ký khai sinh" in text


def test_a_month_that_is_none_gives_the_last_whole_one(desk: Desk) -> None:
    response = desk.browser("sau").get("/analytics/report.pdf?month=vo-nghia")
    last = date(TODAY.year, TODAY.month, 1) - timedelta(days=1)
    assert f"bao-cao-{last:%Y-%m}.pdf" in response.headers["content-disposition"]


def test_exports_are_noted_in_the_audit_log(desk: Desk) -> None:
    desk.browser("sau").get("/analytics/table.csv")
    assert "Tải số liệu" in desk.browser("kiem").get("/audit").text


def test_a_share_of_few_is_not_shown() -> None:
    assert share(4, 400) is None
    assert share(0, 400) == 0
    assert share(3, 4) is None
    assert share(20, 80) == 0.25


def test_zero_stays_zero() -> None:
    assert suppressed({"a": 0, "b": 7}) == (Figure("b", 7), Figure("a", 0))


def test_open_feedback_past_its_due_time_is_counted_and_closed_is_not(desk: Desk) -> None:
    late = now() - timedelta(hours=1)
    numbers = [desk.feedback(f"Rác {n}", due_at=late) for n in range(7)]
    desk.feedback("Đèn hư", due_at=now() + timedelta(days=1))
    with desk.db.session() as session:
        session.get_one(Case, numbers[0]).status = "closed"
    with desk.db.session(read_only=True) as session:
        assert overdue(session, now()) == (Figure("", 6),)
