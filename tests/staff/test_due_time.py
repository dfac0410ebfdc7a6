"""Priority and due time: who sets them, how they order and mark the lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from staff_support import Desk

from conversations.models import Case, now


def due(desk: Desk, case_id: int, moment: datetime) -> int:
    with desk.db.session() as session:
        session.get_one(Case, case_id).due_at = moment
    return case_id


def test_a_due_day_ends_with_working_time(desk: Desk) -> None:
    case_id = desk.feedback()
    desk.browser("an").post(f"/cases/{case_id}/plan", {"priority": "2", "due": "2026-12-04"})

    case = desk.case(case_id)
    assert (case.priority, case.due_at) == (2, datetime(2026, 12, 4, 10, 0, tzinfo=UTC))
    text = desk.browser("an").get(f"/feedback/{case_id}").text
    assert "hạn 04/12/2026" in text
    assert "Khẩn" in text


def test_an_empty_day_takes_the_due_time_away(desk: Desk) -> None:
    case_id = due(desk, desk.feedback(), now())
    desk.browser("an").post(f"/cases/{case_id}/plan", {"priority": "0", "due": ""})
    assert desk.case(case_id).due_at is None


@pytest.mark.parametrize(
    ("data", "key"), [({"priority": "9"}, "priority"), ({"priority": "1", "due": "mai"}, "day")]
)
def test_a_bad_plan_is_refused(desk: Desk, data: dict[str, str], key: str) -> None:
    case_id = desk.feedback()
    response = desk.browser("an").post(f"/cases/{case_id}/plan", data)
    assert f"problem={key}" in response.headers["location"]
    assert desk.case(case_id).priority == 0


def test_another_officer_s_case_is_not_planned(desk: Desk) -> None:
    case_id = desk.feedback()
    desk.browser("an").post(f"/feedback/{case_id}/take")
    desk.browser("binh").post(f"/cases/{case_id}/plan", {"priority": "2"})
    assert desk.case(case_id).priority == 0


def test_overdue_cases_are_marked_and_can_be_listed_alone(desk: Desk) -> None:
    late = due(desk, desk.feedback("việc trễ", person="a"), now() - timedelta(minutes=1))
    early = due(desk, desk.feedback("việc sớm", person="b"), now() + timedelta(days=1))
    text = desk.browser("an").get("/feedback?status=overdue").text

    assert f'/feedback/{late}"' in text
    assert f'/feedback/{early}"' not in text
    assert desk.browser("an").get("/feedback").text.count('<span class="badge urgent">Quá hạn') == 1


def test_a_closed_case_is_never_overdue(desk: Desk) -> None:
    case_id = due(desk, desk.feedback(), now() - timedelta(days=1))
    desk.browser("an").post(f"/feedback/{case_id}/close", {"outcome": "resolved"})
    assert '<span class="badge urgent">Quá hạn' not in desk.browser("an").get("/feedback?status=all").text


def test_a_pressing_conversation_comes_before_one_that_waits_longer(desk: Desk) -> None:
    desk.handed_over("chờ lâu hơn", "a")
    pressing = desk.handed_over("gấp hơn", "b")
    desk.browser("an").post(f"/cases/{pressing}/plan", {"priority": "1"})
    text = desk.browser("an").get("/queue").text
    assert text.index("gấp hơn") < text.index("chờ lâu hơn")
