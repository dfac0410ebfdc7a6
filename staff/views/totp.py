"""One's own second factor: switched on with a code of the app, off with the password."""

from __future__ import annotations

import segno
from starlette.responses import Response

from conversations import officers, second_factor
from staff.visit import Problem, Visit

ENROL = "enrol"
"""Purpose of the secret that the browser brings back with its first code."""


def show(visit: Visit) -> Response:
    """A new secret as a picture; nothing is stored yet."""
    return _page(visit, second_factor.new_secret())


def enrol(visit: Visit) -> Response:
    """The first code proves that the app has the secret; recovery codes are shown once."""
    sessions = visit.console.sessions
    brought = sessions.take_back(ENROL, visit.login, visit.form.get("handed", ""))
    if brought is None:
        return _page(visit, second_factor.new_secret(), Problem("too_slow"))
    secret = sessions.unseal(brought[0])
    step = second_factor.matching_step(secret, visit.form.get("code", ""))
    if step is None:
        return _page(visit, secret, Problem("wrong_code"))
    codes = second_factor.enrol(
        visit.session, visit.officer.id, sessions.seal(secret), step, actor=visit.officer.username
    )
    return visit.page("totp_codes.html", codes=codes)


def remove(visit: Visit) -> Response:
    """Off again; whoever sits at an open screen does not know the password."""
    db = visit.console.db
    try:
        officers.authenticate(db, visit.officer.username, visit.form.get("current", ""))
    except officers.LoginFailed:
        return visit.redirect("account", problem="current_password")
    with db.session() as session:
        second_factor.remove(session, visit.officer.id, actor=visit.officer.username)
    return visit.redirect("account", notice="totp_removed")


def _page(visit: Visit, secret: str, problem: Problem | None = None) -> Response:
    sessions = visit.console.sessions
    picture = segno.make(second_factor.address(secret, visit.officer.username), micro=False)
    return visit.page(
        "totp.html",
        problem.status if problem else 200,
        picture=picture.svg_data_uri(scale=4, border=2),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        handed=sessions.hand_out(ENROL, visit.login, sessions.seal(secret)),
        problem=problem.text if problem else "",
    )
