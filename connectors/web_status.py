"""What a web client is told beside the messages: who answers, the queue, the officers' hours, a notice."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from conversations import controls, handoffs, logins
from conversations.calendar import Calendar
from conversations.messages import Floor
from conversations.models import Conversation, InboxItem, now

PRESENT_WITHIN = timedelta(minutes=12)
"""An officer who used the console within this time is there; the console notes it every few minutes."""


@dataclass(frozen=True)
class Office:
    """The officers: `open` in working hours, `present` while one of them has the console open."""

    open: bool
    present: bool
    until: str | None = None
    """When this span of working hours ends (ISO 8601, the office's own time)."""
    back: str | None = None
    """When the next one begins, while the office is closed."""
    holiday: str | None = None
    """Today's public holiday."""


@dataclass(frozen=True)
class Status:
    """Who answers now, and what the citizen should know of the service at this moment."""

    floor: str
    working: bool
    """Whether the assistant is preparing an answer."""
    office: Office
    ahead: int | None = None
    """How many citizens wait before this one, while this one waits."""
    notice: str | None = None
    """An emergency notice for everyone."""

    def body(self) -> dict[str, Any]:
        """As the client reads it; what is not known is left out."""
        body = {key: value for key, value in asdict(self).items() if value is not None}
        return body | {"office": {key: value for key, value in body["office"].items() if value is not None}}

    def __str__(self) -> str:
        """A mark that is another one whenever anything of the status has changed."""
        return f"{zlib.crc32(json.dumps(self.body()).encode()):08x}"


def read_status(session: Session, conversation_id: int, calendar: Calendar) -> Status:
    """The status of a conversation at this moment."""
    waiting = exists().where(
        InboxItem.conversation_id == conversation_id, InboxItem.status.in_(("new", "claimed"))
    )
    query = select(Conversation.floor, waiting).where(Conversation.id == conversation_id)
    floor, working = session.execute(query).one()
    case = handoffs.current(session, conversation_id) if floor == Floor.WAITING else None
    notice = controls.emergency_notice(session)
    return Status(
        floor,
        bool(working) and floor == Floor.BOT,
        _office(session, calendar, now()),
        handoffs.ahead(session, case) if case else None,
        notice.text if notice else None,
    )


def _office(session: Session, calendar: Calendar, moment: datetime) -> Office:
    present = logins.anyone_seen(session, since=moment - PRESENT_WITHIN)
    until = calendar.closes(moment)
    if until is not None:
        return Office(open=True, present=present, until=until.isoformat())
    back = calendar.next_opening(moment).astimezone(calendar.zone)
    holiday = calendar.holiday(moment.astimezone(calendar.zone).date())
    return Office(open=False, present=present, back=back.isoformat(), holiday=holiday)
