"""Undelivered messages, announcements, accounts, audit and figures."""

from __future__ import annotations

import re
from datetime import date, timedelta

from staff_support import PASSWORD, Desk

from conversations import audit, outbox
from conversations.messages import Channel
from conversations.models import AuditEntry, Officer, OutboxItem, now
from knowledge_base.schema import Announcement, Source
from staff.statistics import Figure, suppressed


def kill_a_message(desk: Desk) -> int:
    conversation_id = desk.citizen_says("xin chào")
    desk.bot_says(conversation_id, "Chào anh/chị")
    claim = outbox.claim(desk.db, channels=[Channel.WEB], lease=timedelta(seconds=30))
    assert claim is not None
    outbox.dead(desk.db, claim, "kênh từ chối")
    return claim.item_id


def test_an_undelivered_message_is_seen_and_sent_again(desk: Desk) -> None:
    item_id, browser = kill_a_message(desk), desk.browser("an")
    text = browser.get("/undelivered").text
    assert "Chào anh/chị" in text
    assert "kênh từ chối" in text

    browser.post(f"/undelivered/{item_id}/resend")
    with desk.db.session(read_only=True) as session:
        assert [item.status for item in session.query(OutboxItem).order_by(OutboxItem.id)] == [
            "resent",
            "pending",
        ]


def test_sending_again_twice_queues_it_once(desk: Desk) -> None:
    item_id, browser = kill_a_message(desk), desk.browser("an")
    browser.post(f"/undelivered/{item_id}/resend")
    assert browser.post(f"/undelivered/{item_id}/resend").status_code == 409
    with desk.db.session(read_only=True) as session:
        assert session.query(OutboxItem).filter_by(status="pending").count() == 1


def test_announcements_show_whether_they_are_in_use(desk: Desk) -> None:
    def notice(name: str, published: date, expires: date | None = None) -> Announcement:
        source = Source(title="Mẫu", checked=date(2026, 11, 1))
        return Announcement(
            id=name, title=name, body="…", published=published, expires=expires, source=source
        )

    today = date.today()
    found = [
        notice("dang-dung", today - timedelta(days=2)),
        notice("het-han", today - timedelta(days=9), today - timedelta(days=3)),
        notice("chua-den", today + timedelta(days=9)),
    ]
    desk.app.routes[0].app.state.console.announcements = lambda: found  # type: ignore[attr-defined]
    rows = desk.browser("bien").get("/announcements").text.split("<tr>")
    states = {name: next(row for row in rows if name in row) for name in ("dang-dung", "het-han", "chua-den")}

    assert "Đang dùng" in states["dang-dung"]
    assert 'badge">Hết hạn' in states["het-han"]
    assert "Chưa đến ngày" in states["chua-den"]


def test_a_new_account_works_with_the_password_shown_once(desk: Desk) -> None:
    browser = desk.browser("quan")
    form = {"username": "moi.den", "full_name": "Cán Bộ Mới", "role": "officer"}
    shown = re.search(r'class="secret">([^<]+)<', browser.post("/officers", form).text)
    assert shown is not None
    assert desk.anonymous().log_in("moi.den", shown[1]).status_code == 303
    assert shown[1] not in browser.get("/officers").text


def test_bad_accounts_are_refused_with_a_reason(desk: Desk) -> None:
    browser = desk.browser("quan")
    good = {"username": "moi", "full_name": "Mới", "role": "officer"}
    for change, words in (
        ({"username": "Có Dấu"}, "không dấu"),
        ({"username": "binh"}, "đã có người dùng"),
        ({"full_name": " "}, "họ tên"),
        ({"role": "king"}, "vai trò"),
    ):
        response = browser.post("/officers", good | change)
        assert response.status_code == 422
        assert words in response.text


def test_a_reset_password_ends_sessions_and_lifts_a_lock(desk: Desk) -> None:
    officer = desk.browser("an")
    with desk.db.session(read_only=True) as session:
        officer_id = session.query(Officer).filter_by(username="an").one().id
    with desk.db.session() as session:
        session.get_one(Officer, officer_id).locked_until = now() + timedelta(minutes=9)
    page = desk.browser("quan").post(f"/officers/{officer_id}/reset").text
    shown = re.search(r'class="secret">([^<]+)<', page)

    assert shown is not None
    assert officer.get("/queue").status_code == 303
    assert desk.anonymous().log_in("an", PASSWORD).status_code == 422
    assert desk.anonymous().log_in("an", shown[1]).status_code == 303


def test_an_administrator_cannot_lock_themselves_out(desk: Desk) -> None:
    with desk.db.session(read_only=True) as session:
        officer_id = session.query(Officer).filter_by(username="quan").one().id
    response = desk.browser("quan").post(f"/officers/{officer_id}", {"role": "officer", "active": "1"})
    assert response.status_code == 422
    assert desk.browser("quan").get("/officers").status_code == 200


def test_the_audit_page_shows_and_verifies_the_log(desk: Desk) -> None:
    desk.browser("an").get(f"/feedback/{desk.feedback()}")
    browser = desk.browser("kiem")
    assert "Đọc phản ánh" in browser.get("/audit").text
    assert "Nhật ký nguyên vẹn" in browser.get("/audit?verify=1").text
    assert "Đọc phản ánh</td>" not in browser.get("/audit?actor=kiem").text


def test_what_the_console_writes_keeps_the_chain_whole(desk: Desk) -> None:
    case_id = desk.handed_over()
    desk.browser("an").get(f"/talks/{case_id}")
    desk.browser("an").post(f"/talks/{case_id}/take")
    with desk.db.session(read_only=True) as session:
        assert session.query(AuditEntry).count() > 3
        assert audit.verify(session) == []


def test_figures_count_and_hide_what_is_small(desk: Desk) -> None:
    for number in range(12):
        conversation_id = desk.citizen_says(f"câu {number}", f"p{number}")
        status = "answered" if number < 9 else "unanswerable"
        desk.bot_says(conversation_id, "…", status=status, procedures=("1.001193",) if number < 9 else ())
    text = desk.browser("sau").get("/analytics?days=7").text
    status_card = text[text.index("Trợ lý xử lý thế nào") : text.index("Thủ tục được hỏi nhiều")]

    assert "<strong>12</strong>" in text
    assert "Đăng ký khai sinh <code" in text
    assert "&lt; 5" in status_card
    assert ">9<" not in status_card


def test_a_single_small_count_hides_another_lest_the_total_give_it_away() -> None:
    assert suppressed({"a": 40, "b": 9, "c": 2, "d": 0}) == (
        Figure("a", 40),
        Figure("b", None),
        Figure("c", None),
        Figure("d", 0),
    )


def test_no_figure_below_five_is_ever_shown() -> None:
    found = suppressed({"a": 4, "b": 1, "c": 5, "d": 100})
    assert {figure.name: figure.count for figure in found} == {"d": 100, "c": 5, "a": None, "b": None}
