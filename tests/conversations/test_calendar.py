"""Working hours and holidays; the facts of 2026 and 2027 are those of the `holidays` package."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from conversations.calendar import Calendar

CALENDAR = Calendar()


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CALENDAR.zone)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-25 06:59", False),
        ("2026-11-25 07:00", True),
        ("2026-11-25 11:00", False),
        ("2026-11-25 16:59", True),
        ("2026-11-25 17:00", False),
        ("2026-11-28 09:00", False),  # a Saturday
        ("2026-09-02 09:00", False),  # National Day
        ("2026-11-24 09:00", False),  # Culture Day, new in 2026
    ],
)
def test_officers_work_in_the_hours_of_working_days(moment: str, is_open: bool) -> None:
    assert CALENDAR.is_open(at(moment)) is is_open


def test_the_span_under_way_ends_before_the_midday_break() -> None:
    assert CALENDAR.closes(at("2026-11-25 08:00")) == at("2026-11-25 11:00")
    assert CALENDAR.closes(at("2026-11-25 12:00")) is None


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-25 05:00", "2026-11-25 07:00"),
        ("2026-11-25 11:30", "2026-11-25 13:00"),
        ("2026-11-25 14:00", "2026-11-25 14:00"),
        ("2026-11-27 18:00", "2026-11-30 07:00"),  # over a week-end
        ("2026-02-13 17:00", "2026-02-23 07:00"),  # over Tết
    ],
)
def test_the_next_opening_skips_what_is_not_worked(moment: str, opening: str) -> None:
    assert CALENDAR.next_opening(at(moment)) == at(opening)


@pytest.mark.parametrize(
    ("moment", "days", "due"),
    [
        ("2026-11-25 08:00", 1, "2026-11-26 17:00"),
        ("2026-11-27 08:00", 1, "2026-11-30 17:00"),
        ("2026-11-23 08:00", 1, "2026-11-25 17:00"),  # the 24th is a holiday
        ("2026-02-12 08:00", 5, "2026-02-26 17:00"),
    ],
)
def test_time_limits_run_over_working_days(moment: str, days: int, due: str) -> None:
    assert CALENDAR.due(at(moment), days) == at(due)


def test_the_day_counts_where_the_office_is_and_not_in_utc() -> None:
    late = datetime.fromisoformat("2026-11-25T18:30:00+00:00")  # already the 26th in Rạch Giá
    assert CALENDAR.due(late, 1) == at("2026-11-27 17:00")


def test_a_citizen_is_told_the_hours_or_when_officers_are_back() -> None:
    assert "07:00-11:00, 13:00-17:00" in CALENDAR.notice(at("2026-11-25 08:00"))
    assert "07:00, thứ Hai 30/11" in CALENDAR.notice(at("2026-11-27 20:00"))
    assert "Ngày Văn hóa Việt Nam" in CALENDAR.notice(at("2026-11-24 08:00"))


@pytest.mark.parametrize("hours", ["", "7-11", "13:00-17:00,07:00-11:00", "11:00-07:00", "25:00-26:00"])
def test_hours_that_make_no_sense_are_refused(hours: str) -> None:
    with pytest.raises(ValueError, match=r"hours|time data"):
        Calendar(hours)


def test_the_holidays_of_the_national_day_have_names() -> None:
    assert CALENDAR.holiday(date(2026, 9, 2)) == "Quốc khánh"
