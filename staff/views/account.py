"""Logging in and out, one's own password and sessions."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from conversations import logins, officers, second_factor
from conversations.models import Officer
from staff.visit import Problem, Visit

SECOND = "second factor"
"""Purpose of what the browser brings back with its code."""


def login(visit: Visit) -> Response:
    """The log-in page."""
    if visit.visitor is not None:
        return visit.redirect("home")
    return gate(visit, None, wanted=visit.query("next"))


def log_in(visit: Visit) -> Response:
    """Checks the password; then a session starts, or the code is asked for."""
    wanted = visit.form.get("next", "")
    try:
        found = officers.authenticate(
            visit.console.db, visit.form.get("username", ""), visit.form.get("password", "")
        )
    except officers.AccountLocked:
        return gate(visit, _locked(), wanted=wanted)
    except officers.LoginFailed:
        return gate(visit, Problem("wrong_password"), wanted=wanted)
    if found.totp_secret is None:
        return enter(visit, found, wanted)
    return _ask_code(visit, visit.console.sessions.hand_out(SECOND, visit.login, found.id, wanted))


def log_in_code(visit: Visit) -> Response:
    """Checks the code of who gave the right password just now in this browser."""
    sessions, handed = visit.console.sessions, visit.form.get("handed", "")
    brought = sessions.take_back(SECOND, visit.login, handed)
    if brought is None:
        return gate(visit, Problem("too_slow"))
    officer_id, wanted = brought
    try:
        found = second_factor.accept(
            visit.console.db, officer_id, visit.form.get("code", ""), sessions.unseal
        )
    except officers.AccountLocked:
        return gate(visit, _locked(), wanted=wanted)
    except officers.LoginFailed:
        return _ask_code(visit, handed, Problem("wrong_code"))
    return enter(visit, found, wanted)


def enter(visit: Visit, officer: Officer, wanted: str) -> Response:
    """Starts the officer's session in this browser and opens the page that was asked for."""
    sessions = visit.console.sessions
    visit.cookie, login = sessions.issue(officer.id)
    agent, client = visit.request.headers.get("user-agent", ""), visit.request.client
    with visit.console.db.session() as session:
        logins.begin(
            session,
            officer,
            login.nonce,
            lifetime=sessions.lifetime,
            agent=agent,
            address=client.host if client else "",
        )
    return RedirectResponse(wanted if _inside(visit, wanted) else visit.path("home"), 303)


def gate(visit: Visit, problem: Problem | None, *, wanted: str = "") -> Response:
    """The log-in page, with what went wrong."""
    return visit.page(
        "login.html",
        problem.status if problem else 200,
        problem=problem.text if problem else "",
        username=visit.form.get("username", "")[:60],
        next=wanted,
    )


def log_out(visit: Visit) -> Response:
    """Ends the session in this browser."""
    assert visit.current is not None
    visit.record("officer.logout", f"officer:{visit.officer.id}")
    visit.session.delete(visit.current)
    visit.cookie, _ = visit.console.sessions.issue()
    return visit.redirect("login", notice="logged_out")


def account(visit: Visit) -> Response:
    """Who I am, where I am logged in, and the forms for password and second factor."""
    return page(visit)


def change_password(visit: Visit) -> Response:
    """A new password; all other sessions of the officer end. Wrong guesses count towards the lock."""
    new, db = visit.form.get("new", ""), visit.console.db
    try:
        officers.authenticate(db, visit.officer.username, visit.form.get("current", ""))
        if new != visit.form.get("again", ""):
            raise Problem("password_differs")
        with db.session() as session:
            officers.set_password(session, visit.officer.id, new, actor=visit.officer.username)
    except officers.AccountLocked:
        return page(visit, _locked())
    except officers.LoginFailed:
        return page(visit, Problem("current_password"))
    except officers.WeakPassword:
        return page(visit, Problem("password_short", limit=officers.MIN_PASSWORD))
    except Problem as problem:
        return page(visit, problem)
    return enter(visit, visit.officer, visit.path("account", notice="password_changed"))


def end_session(visit: Visit) -> Response:
    """Ends one of one's own sessions."""
    if not logins.end(visit.session, visit.key(), visit.officer.id, actor=visit.officer.username):
        raise HTTPException(404)
    return visit.redirect("account", notice="session_ended")


def end_others(visit: Visit) -> Response:
    """Ends one's sessions in all other browsers."""
    assert visit.current is not None
    logins.end_all(visit.session, visit.officer.id, but=visit.current.id)
    visit.record("officer.end_sessions", f"officer:{visit.officer.id}")
    return visit.redirect("account", notice="session_ended")


def page(visit: Visit, problem: Problem | None = None) -> Response:
    """The account page, with what went wrong."""
    return visit.page(
        "account.html",
        problem.status if problem else 200,
        problem=problem.text if problem else "",
        minimum=officers.MIN_PASSWORD,
        sessions=logins.of_officer(visit.session, visit.officer.id),
    )


def _ask_code(visit: Visit, handed: str, problem: Problem | None = None) -> Response:
    return visit.page(
        "login_code.html",
        problem.status if problem else 200,
        handed=handed,
        problem=problem.text if problem else "",
    )


def _locked() -> Problem:
    return Problem("locked", minutes=int(officers.LOCKOUT.total_seconds() // 60))


def _inside(visit: Visit, address: str) -> bool:
    """Whether an address leads into the console and not to another site."""
    root = visit.path("home")
    return address.startswith(root) and not address.startswith("//") and "\\" not in address
