"""The consent by which the Zalo OA's tokens come, for administrators."""

from __future__ import annotations

import hmac
import secrets

from starlette.exceptions import HTTPException
from starlette.responses import Response

from staff.visit import Problem, Visit, leave_for
from staff.zalo import ConsentFailed, ZaloDesk

COOKIE = "staff_zalo"
_PURPOSE = "zalo consent"


def show(visit: Visit) -> Response:
    """How things stand, what to register at Zalo, and the way there."""
    return _page(visit)


def leave(visit: Visit) -> Response:
    """Sends the browser to Zalo; a cookie remembers which consent was asked for."""
    state = secrets.token_urlsafe(24)
    kept = visit.console.sessions.hand_out(_PURPOSE, visit.login, state)
    return leave_for(visit, _desk(visit).address(state), back="zalo", cookie=COOKIE, value=kept)


def come_back(visit: Visit) -> Response:
    """Takes the tokens of a consent that was asked for in this browser."""
    try:
        _take(visit, _desk(visit))
    except Problem as problem:
        return _page(visit, problem)
    visit.record("zalo.consent", "channel:zalo")
    response = visit.redirect("zalo", notice="zalo_connected")
    response.delete_cookie(COOKIE, path=visit.path("zalo"))
    return response


def _take(visit: Visit, desk: ZaloDesk) -> None:
    brought = visit.console.sessions.take_back(_PURPOSE, visit.login, visit.request.cookies.get(COOKIE, ""))
    if brought is None or not hmac.compare_digest(visit.query("state").encode(), str(brought[0]).encode()):
        raise Problem("too_slow")
    code = visit.query("code")
    if not code:
        raise Problem("zalo_no_consent")
    try:
        desk.come_back(code, visit.query("oa_id") or None)
    except ConsentFailed as failed:
        raise Problem(failed.key, **failed.values) from failed


def _desk(visit: Visit) -> ZaloDesk:
    if visit.console.zalo is None:
        raise HTTPException(404)
    return visit.console.zalo


def _page(visit: Visit, problem: Problem | None = None) -> Response:
    desk = visit.console.zalo
    return visit.page(
        "zalo.html",
        problem.status if problem else 200,
        desk=desk,
        state=desk.state() if desk else None,
        problem=problem.text if problem else "",
    )
