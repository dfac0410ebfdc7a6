"""Logging in and out, and one's own password."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from conversations import officers
from conversations.models import Officer
from staff.visit import Problem, Visit


def login(visit: Visit) -> Response:
    """The log-in page."""
    if visit.visitor is not None:
        return visit.redirect("home")
    return visit.page("login.html", problem="", username="", next=visit.query("next"))


def log_in(visit: Visit) -> Response:
    """Checks the password and starts a new session; `authenticate` has transactions of its own."""
    username = visit.form.get("username", "")
    wanted = visit.form.get("next", "")
    try:
        officer = officers.authenticate(visit.console.db, username, visit.form.get("password", ""))
    except officers.AccountLocked:
        problem = _locked()
    except officers.LoginFailed:
        problem = Problem("wrong_password")
    else:
        visit.cookie, _ = visit.console.sessions.issue(officer.id, officer.password_hash)
        return RedirectResponse(wanted if _inside(visit, wanted) else visit.path("home"), 303)
    return visit.page("login.html", 422, problem=problem.text, username=username[:60], next=wanted)


def log_out(visit: Visit) -> Response:
    """Ends the session in this browser."""
    visit.record("officer.logout", f"officer:{visit.officer.id}")
    visit.cookie, _ = visit.console.sessions.issue()
    return visit.redirect("login", notice="logged_out")


def account(visit: Visit) -> Response:
    """Who I am, and the form for a new password."""
    return visit.page("account.html", problem="", minimum=officers.MIN_PASSWORD)


def change_password(visit: Visit) -> Response:
    """A new password; all other sessions of the officer end. Wrong guesses count towards the lock."""
    new, db = visit.form.get("new", ""), visit.console.db
    try:
        officers.authenticate(db, visit.officer.username, visit.form.get("current", ""))
        if new != visit.form.get("again", ""):
            raise Problem("password_differs")
        with db.session() as session:
            officers.set_password(session, visit.officer.id, new, actor=visit.officer.username)
            changed = session.get_one(Officer, visit.officer.id)
    except officers.AccountLocked:
        problem = _locked()
    except officers.LoginFailed:
        problem = Problem("current_password")
    except officers.WeakPassword:
        problem = Problem("password_short", limit=officers.MIN_PASSWORD)
    except Problem as found:
        problem = found
    else:
        visit.cookie, _ = visit.console.sessions.issue(changed.id, changed.password_hash)
        return visit.redirect("account", notice="password_changed")
    return visit.page("account.html", 422, problem=problem.text, minimum=officers.MIN_PASSWORD)


def _locked() -> Problem:
    return Problem("locked", minutes=int(officers.LOCKOUT.total_seconds() // 60))


def _inside(visit: Visit, address: str) -> bool:
    """Whether an address leads into the console and not to another site."""
    root = visit.path("home")
    return address.startswith(root) and not address.startswith("//") and "\\" not in address
