"""Emergency notice and channels, for administrators."""

from __future__ import annotations

from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.responses import Response

from conversations import controls
from conversations.controls import EmergencyNotice
from conversations.messages import Channel
from staff.visit import Problem, Visit

MAX_NOTICE = 400
"""Characters; it stands above every answer."""
CHANNELS = (Channel.WEB, Channel.TELEGRAM, Channel.ZALO)


def show(visit: Visit) -> Response:
    """What is switched how."""
    return _page(visit)


def set_notice(visit: Visit) -> Response:
    """A notice, until a local time if one is given."""
    try:
        text = visit.text("text", MAX_NOTICE)
        notice = EmergencyNotice(text, _until(visit))
    except Problem as problem:
        return _page(visit, problem)
    controls.set_emergency_notice(visit.session, notice, actor=visit.officer.username)
    return visit.redirect("controls", notice="notice_set")


def remove_notice(visit: Visit) -> Response:
    """No notice any more."""
    controls.set_emergency_notice(visit.session, None, actor=visit.officer.username)
    return visit.redirect("controls", notice="notice_removed")


def switch_channel(visit: Visit) -> Response:
    """The assistant on or off on one channel."""
    name = visit.form.get("channel", "")
    if name not in CHANNELS:
        raise HTTPException(404)
    on = visit.form.get("on") == "1"
    text = visit.form.get("text", "").strip()[:MAX_NOTICE]
    controls.switch_channel(visit.session, Channel(name), on=on, text=text, actor=visit.officer.username)
    return visit.redirect("controls", notice="channel_on" if on else "channel_off")


def _until(visit: Visit) -> datetime | None:
    value = visit.form.get("until", "")
    if not value:
        return None
    try:
        return datetime.fromisoformat(value).replace(tzinfo=visit.console.zone)
    except ValueError:
        raise Problem("day") from None


def _page(visit: Visit, problem: Problem | None = None) -> Response:
    return visit.page(
        "controls.html",
        problem.status if problem else 200,
        current=controls.emergency_notice(visit.session),
        channels={channel.value: controls.switched_off(visit.session, channel) for channel in CHANNELS},
        problem=problem.text if problem else "",
    )
