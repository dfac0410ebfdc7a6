"""When officers work: hours of the day, not at weekends, not on Vietnam's public holidays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from conversations.models import now
from conversations.texts import say

_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")
_SATURDAY = 5


class Calendar:
    """Working time at one place.

    Args:
        hours: spans of a working day in order, e.g. `07:00-11:00,13:00-17:00`.
        timezone: IANA name.

    Raises:
        ValueError: the hours cannot be read.
    """

    def __init__(self, hours: str = "07:00-11:00,13:00-17:00", timezone: str = "Asia/Ho_Chi_Minh") -> None:
        self.zone = ZoneInfo(timezone)
        self.spans = tuple(_span(part) for part in hours.split(","))
        edges = [edge for span in self.spans for edge in span]
        if edges != sorted(edges):
            raise ValueError(f"working hours are not in order: {hours}")
        self._holidays = holidays.country_holidays("VN", language="vi")

    def holiday(self, day: date) -> str | None:
        """The name of the public holiday on that day."""
        name: str | None = self._holidays.get(day)
        return name

    def works_on(self, day: date) -> bool:
        """Whether that day is a working day."""
        return day.weekday() < _SATURDAY and self.holiday(day) is None

    def is_open(self, moment: datetime) -> bool:
        """Whether officers work at that moment."""
        local = moment.astimezone(self.zone)
        clock = local.time()
        return self.works_on(local.date()) and any(start <= clock < end for start, end in self.spans)

    def next_opening(self, moment: datetime) -> datetime:
        """When officers work again: that moment itself if they work then."""
        if self.is_open(moment):
            return moment
        local = moment.astimezone(self.zone)
        for day in self._working_days(local.date()):
            for start, _ in self.spans:
                opening = datetime.combine(day, start, self.zone)
                if opening > local:
                    return opening
        raise AssertionError("working days never end")

    def closes(self, moment: datetime) -> datetime | None:
        """When the span of working time that is under way ends; None outside of working time."""
        if not self.is_open(moment):
            return None
        local = moment.astimezone(self.zone)
        end = next(end for start, end in self.spans if start <= local.time() < end)
        return datetime.combine(local.date(), end, self.zone)

    def closing(self, day: date) -> datetime:
        """The end of working time on that day."""
        return datetime.combine(day, self.spans[-1][1], self.zone)

    def due(self, moment: datetime, days: int) -> datetime:
        """The end of the last of so many working days; the day of the moment itself is not counted."""
        first = moment.astimezone(self.zone).date() + timedelta(days=1)
        working = self._working_days(first)
        return self.closing([next(working) for _ in range(max(1, days))][-1])

    def notice(self, moment: datetime | None = None) -> str:
        """For a citizen who waits: the hours of work, and outside them when officers are back."""
        moment = moment or now()
        if self.is_open(moment):
            spans = ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in self.spans)
            return say("officers_hours", hours=spans)
        back = self.next_opening(moment).astimezone(self.zone)
        weekday = say("weekdays").split("|")[back.weekday()]
        words = say("officers_back", time=f"{back:%H:%M}", weekday=weekday, day=f"{back:%d/%m}")
        holiday = self.holiday(moment.astimezone(self.zone).date())
        return f"{say('officers_holiday', name=holiday)} {words}" if holiday else words

    def _working_days(self, day: date) -> Iterator[date]:
        while True:
            if self.works_on(day):
                yield day
            day += timedelta(days=1)


def _span(text: str) -> tuple[time, time]:
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a span of working hours: {text!r}")
    start, end = (datetime.strptime(clock, "%H:%M").time() for clock in match.groups())
    return start, end
