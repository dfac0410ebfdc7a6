"""Whose cases an officer sees, and passing a case on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from staff_support import Desk

from conversations import cases, outbox, routing, units
from conversations.messages import Channel
from conversations.models import Case, Officer, OutboxItem, Unit
from conversations.units import UnitRow
from staff.console import PAGES

OURS, THEIRS = UnitRow("30760", "Phường Rạch Giá"), UnitRow("30817", "Xã Hòn Đất")
OF_A_CASE = [page for page in PAGES if page.path.startswith(("/talks/{", "/feedback/{", "/cases/{"))]
"""Every route that names a case."""


@pytest.fixture
def units_desk(desk: Desk) -> Desk:
    """`an` works at OURS, `binh` at THEIRS; the supervisor at neither."""
    with desk.db.session() as session:
        units.seed(session, [OURS, THEIRS])
        session.flush()
        for username, row in (("an", OURS), ("binh", THEIRS)):
            officer = session.scalars(select(Officer).filter_by(username=username)).one()
            officer.unit_id = unit_id(desk, row, session)
    return desk


def unit_id(desk: Desk, row: UnitRow, session: object = None) -> int:
    if session is not None:
        return session.scalars(select(Unit).filter_by(code=row.code)).one().id  # type: ignore[attr-defined]
    with desk.db.session(read_only=True) as own:
        return unit_id(desk, row, own)


def officer_id(desk: Desk, username: str) -> int:
    with desk.db.session(read_only=True) as session:
        return session.scalars(select(Officer).filter_by(username=username)).one().id


def at(desk: Desk, case_id: int, row: UnitRow) -> int:
    with desk.db.session() as session:
        session.get_one(Case, case_id).unit_id = unit_id(desk, row, session)
    return case_id


@pytest.mark.parametrize("page", OF_A_CASE, ids=lambda page: page.name)
def test_a_case_of_another_unit_is_not_there_on_any_route(units_desk: Desk, page: object) -> None:
    kind = "feedback" if page.path.startswith("/feedback/") else "handoff"  # type: ignore[attr-defined]
    case_id = units_desk.feedback() if kind == "feedback" else units_desk.handed_over()
    path = page.path.replace("{id:int}", str(at(units_desk, case_id, THEIRS)))  # type: ignore[attr-defined]
    path = path.replace("{file}", "photo.jpg")
    browser = units_desk.browser("an")
    response = browser.get(path) if page.method == "GET" else browser.post(path)  # type: ignore[attr-defined]

    assert response.status_code == 404
    assert units_desk.case(case_id).assigned_to is None


@pytest.mark.parametrize(
    ("username", "sees"),
    [("an", "our any"), ("binh", "their any"), ("sau", "our their any"), ("quan", "our their any")],
)
@pytest.mark.parametrize("kind", ["handoff", "feedback"])
def test_lists_show_the_own_unit_s_cases_and_those_of_none(
    units_desk: Desk, username: str, sees: str, kind: str
) -> None:
    make: Callable[..., int] = units_desk.feedback if kind == "feedback" else units_desk.handed_over
    made = {name: make(f"việc {name}", person=name) for name in ("our", "their", "any")}
    at(units_desk, made["our"], OURS)
    at(units_desk, made["their"], THEIRS)
    text = units_desk.browser(username).get("/feedback" if kind == "feedback" else "/queue?view=all").text
    folder = "feedback" if kind == "feedback" else "talks"
    shown = {name for name, case_id in made.items() if f'/{folder}/{case_id}"' in text}

    assert shown == set(sees.split())
    if kind == "handoff":
        assert f'data-waiting="{len(shown)}"' in text


def test_a_case_given_to_an_officer_is_seen_by_them_whatever_its_unit(units_desk: Desk) -> None:
    case_id = at(units_desk, units_desk.feedback(), THEIRS)
    response = units_desk.browser("sau").post(
        f"/cases/{case_id}/transfer", {"to": f"officer:{officer_id(units_desk, 'an')}", "note": "Nhờ An xem."}
    )
    assert "notice=transferred" in response.headers["location"]
    text = units_desk.browser("an").get(f"/feedback/{case_id}").text
    assert "Nhờ An xem." in text
    assert "Xã Hòn Đất" in text


def test_after_a_transfer_to_another_unit_the_case_leaves_the_list(units_desk: Desk) -> None:
    case_id, browser = units_desk.handed_over(), units_desk.browser("an")
    browser.post(f"/talks/{case_id}/take")
    response = browser.post(f"/cases/{case_id}/transfer", {"to": f"unit:{unit_id(units_desk, THEIRS)}"})

    assert response.headers["location"] == "/staff/queue?notice=transferred"
    assert browser.get(f"/talks/{case_id}").status_code == 404
    assert units_desk.browser("binh").get(f"/talks/{case_id}").status_code == 200


def test_a_colleague_s_case_is_not_passed_on_by_others(units_desk: Desk) -> None:
    case_id = units_desk.feedback()
    units_desk.browser("binh").post(f"/feedback/{case_id}/take")
    to = f"officer:{officer_id(units_desk, 'an')}"
    refused = units_desk.browser("an").post(f"/cases/{case_id}/transfer", {"to": to})

    assert "problem=not_your_case" in refused.headers["location"]
    assert "không chuyển được" in units_desk.browser("an").get(refused.headers["location"][6:]).text
    assert units_desk.case(case_id).assigned_to == officer_id(units_desk, "binh")


@pytest.mark.parametrize(
    "to", ["", "unit:0", "unit:x", "officer:99999", "unit:99999999999", "moon:1", "officer"]
)
def test_a_case_is_passed_on_only_to_those_who_exist(units_desk: Desk, to: str) -> None:
    case_id = units_desk.feedback()
    response = units_desk.browser("sau").post(f"/cases/{case_id}/transfer", {"to": to, "note": "lạc"})

    assert "problem=receiver" in response.headers["location"]
    with units_desk.db.session(read_only=True) as session:
        assert routing.notes(session, case_id) == []


def test_a_case_is_not_given_to_those_who_do_not_answer(units_desk: Desk) -> None:
    case_id = units_desk.feedback()
    to = f"officer:{officer_id(units_desk, 'kiem')}"
    units_desk.browser("sau").post(f"/cases/{case_id}/transfer", {"to": to})
    assert units_desk.case(case_id).assigned_to is None


def test_a_note_is_shown_to_colleagues(units_desk: Desk) -> None:
    case_id = units_desk.handed_over()
    units_desk.browser("an").post(f"/cases/{case_id}/notes", {"note": "Bác này hay gọi buổi sáng"})
    assert "Bác này hay gọi buổi sáng" in units_desk.browser("sau").get(f"/talks/{case_id}").text


@pytest.mark.parametrize("note", ["", "  ", "a" * 2001])
def test_a_note_without_words_or_too_long_is_refused(units_desk: Desk, note: str) -> None:
    case_id = units_desk.handed_over()
    response = units_desk.browser("an").post(f"/cases/{case_id}/notes", {"note": note})
    assert "problem=note" in response.headers["location"]


def test_undelivered_messages_of_another_unit_are_neither_shown_nor_sent_again(units_desk: Desk) -> None:
    case_id = at(units_desk, units_desk.feedback(), THEIRS)
    conversation_id = units_desk.case(case_id).conversation_id
    units_desk.bot_says(conversation_id, "tin bị kẹt")
    with units_desk.db.session() as session:
        item = session.scalars(select(OutboxItem).filter_by(conversation_id=conversation_id)).one()
        item.status = "dead"
        item_id = item.id
    assert "tin bị kẹt" not in units_desk.browser("an").get("/undelivered").text
    assert units_desk.browser("an").post(f"/undelivered/{item_id}/resend").status_code == 409
    assert "tin bị kẹt" in units_desk.browser("binh").get("/undelivered").text
    assert units_desk.browser("binh").post(f"/undelivered/{item_id}/resend").status_code == 303
    assert outbox.claim(units_desk.db, channels=[Channel.WEB], lease=cases.REPEAT_WINDOW) is not None


def test_an_administrator_keeps_the_units(desk: Desk) -> None:
    browser = desk.browser("quan")
    browser.post("/units", {"name": "Sở Tư pháp", "code": "STP", "kind": "department"})
    assert browser.post("/units", {"name": "Lặp", "code": "STP", "kind": "department"}).status_code == 422
    assert browser.post("/units", {"name": "Sai", "code": "có dấu", "kind": "department"}).status_code == 422
    with desk.db.session(read_only=True) as session:
        found = session.scalars(select(Unit)).one()
    browser.post(f"/units/{found.id}", {"name": "Sở Tư pháp tỉnh"})

    with desk.db.session(read_only=True) as session:
        renamed = session.scalars(select(Unit)).one()
        assert (renamed.name, renamed.active) == ("Sở Tư pháp tỉnh", False)


def test_an_officer_is_put_into_a_unit(units_desk: Desk) -> None:
    an, theirs = officer_id(units_desk, "an"), unit_id(units_desk, THEIRS)
    data = {"role": "officer", "active": "1", "unit": str(theirs)}
    assert units_desk.browser("quan").post(f"/officers/{an}", data).status_code == 303
    assert units_desk.browser("quan").post(f"/officers/{an}", data | {"unit": "777"}).status_code == 422

    with units_desk.db.session(read_only=True) as session:
        assert session.get_one(Officer, an).unit_id == theirs
