"""The queue: who waits, in which order, and at what cost."""

from __future__ import annotations

import pytest
from sqlalchemy import event
from staff_support import Browser, Desk

from conversations import cases, handoffs, routing, units
from conversations.models import Officer
from conversations.units import UnitRow


def test_a_waiting_conversation_shows_who_why_and_the_last_words(desk: Desk) -> None:
    desk.handed_over("Cho tôi gặp cán bộ xã")
    text = desk.browser("an").get("/queue").text

    assert "Út Mén" in text
    assert "Muốn gặp cán bộ" in text
    assert "Cho tôi gặp cán bộ xã" in text
    assert "Cổng web" in text


def test_urgent_ones_come_first_and_then_the_longest_waiting(desk: Desk) -> None:
    desk.handed_over("người thứ nhất", "a")
    desk.handed_over("người thứ hai", "b")
    desk.handed_over("cháy nhà", "c", reason="urgent")
    text = desk.browser("an").get("/queue").text

    assert text.index("cháy nhà") < text.index("người thứ nhất") < text.index("người thứ hai")


def test_each_conversation_is_on_the_tabs_it_belongs_to(desk: Desk) -> None:
    waiting, mine, closed = (desk.handed_over(f"chuyện {n}", n) for n in ("a", "b", "c"))
    with desk.db.session() as session:
        officer = session.query(Officer).filter_by(username="an").one()
        cases.take(session, mine, officer)
        cases.close(session, closed, officer, "resolved")
    browser = desk.browser("an")
    shown = {
        view: {
            case
            for case in (waiting, mine, closed)
            if f'/talks/{case}"' in browser.get(f"/queue/rows?view={view}").text
        }
        for view in ("waiting", "mine", "all", "closed")
    }

    assert shown == {"waiting": {waiting}, "mine": {mine}, "all": {waiting, mine}, "closed": {closed}}


@pytest.mark.parametrize(("answers", "shown"), [(False, "chờ trả lời"), (True, "đã trả lời")])
def test_a_taken_one_waits_until_it_is_answered(desk: Desk, answers: bool, shown: str) -> None:
    case_id, browser = desk.handed_over(), desk.browser("an")
    browser.post(f"/talks/{case_id}/take")
    if answers:
        browser.post(f"/talks/{case_id}/answer", {"text": "Chào bác"})
    assert shown in browser.get("/queue/rows?view=mine").text


def test_the_number_of_those_who_wait_stands_on_every_page(desk: Desk) -> None:
    desk.handed_over()
    desk.handed_over(person="another")
    assert 'data-waiting="2"' in desk.browser("an").get("/account").text


def test_a_name_with_markup_is_shown_as_text(desk: Desk) -> None:
    conversation_id = desk.citizen_says("<script>alert(1)</script>", "x", "<b>Tên</b>")
    with desk.db.session() as session:
        handoffs.request(session, conversation_id, "requested")
    text = desk.browser("an").get("/queue").text

    assert "<script>alert(1)" not in text
    assert "<b>Tên</b>" not in text
    assert "&lt;b&gt;Tên" in text


def test_a_longer_list_costs_no_more_queries(desk: Desk) -> None:
    lists = ("/queue", "/queue?view=all", "/queue/rows", "/feedback", "/feedback/export", "/undelivered")
    pages = (f"/talks/{desk.handed_over()}", f"/feedback/{desk.feedback()}", "/officers", "/units", "/audit")
    paths = (*lists, *pages)
    browser = desk.browser("quan")

    def fill(names: range) -> None:
        for name in names:
            desk.handed_over(person=f"p{name}")
            case_id = desk.feedback(f"việc {name}", person=f"p{name}")
            with desk.db.session() as session:
                officer = session.query(Officer).filter_by(username=("an", "binh")[name % 2]).one()
                cases.take(session, case_id, officer)
                routing.add_note(session, case_id, officer, "ghi chú")
                units.seed(session, [UnitRow(str(name), f"Xã số {name}")])

    fill(range(2))
    few = {path: queries(desk, browser, path) for path in paths}
    fill(range(2, 7))

    assert {path: queries(desk, browser, path) for path in paths} == few
    assert max(few[path] for path in lists) <= 9
    assert max(few.values()) <= 16


def queries(desk: Desk, browser: Browser, path: str) -> int:
    """How many SELECT statements a page costs."""
    seen: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(desk.db.engine, "before_cursor_execute", count)
    assert browser.get(path).status_code == 200
    event.remove(desk.db.engine, "before_cursor_execute", count)
    return sum(statement.lstrip().upper().startswith("SELECT") for statement in seen)


@pytest.mark.parametrize("query", ["view=nonsense", "current=abc", "current=9999999999999999999999", "view="])
def test_a_strange_query_is_no_failure(desk: Desk, query: str) -> None:
    assert desk.browser("an").get(f"/queue/rows?{query}").status_code == 200
