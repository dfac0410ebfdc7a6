"""Accounts of staff, for administrators."""

from __future__ import annotations

import re
import secrets

from sqlalchemy import func, select
from starlette.exceptions import HTTPException
from starlette.responses import Response

from conversations import logins, second_factor, units
from conversations import officers as accounts
from conversations.models import Officer, Unit
from staff.access import Role
from staff.visit import Problem, Visit

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")


def show(visit: Visit) -> Response:
    """All accounts."""
    return _page(visit)


def create(visit: Visit) -> Response:
    """A new account; its first password is made here and shown once."""
    username = visit.form.get("username", "").strip().lower()
    password = new_password()
    try:
        if not _USERNAME.fullmatch(username):
            raise Problem("username")
        if not visit.form.get("full_name", "").strip():
            raise Problem("full_name")
        accounts.create(
            visit.session,
            username,
            visit.text("full_name", 120),
            password,
            role=_role(visit),
            unit_id=_unit(visit),
            actor=visit.officer.username,
        )
    except accounts.UsernameTaken:
        return _page(visit, Problem("username_taken"))
    except Problem as problem:
        return _page(visit, problem)
    return _page(visit, secret=password, secret_for=username)


def update(visit: Visit) -> Response:
    """Role, unit and whether the account is on."""
    officer = _officer(visit)
    active = visit.form.get("active") == "1"
    try:
        role, unit_id = _role(visit), _unit(visit)
        demoted = officer.role == Role.ADMINISTRATOR and (role != Role.ADMINISTRATOR or not active)
        if officer.id == visit.officer.id and (not active or role != officer.role):
            raise Problem("self")
        if demoted and officer.active and _administrators(visit) <= 1:
            raise Problem("last_administrator")
    except Problem as problem:
        return _page(visit, problem)
    officer.role = role
    officer.active = active
    if not active:
        logins.end_all(visit.session, officer.id)
    officer.unit_id = unit_id
    visit.record("officer.update", f"officer:{officer.id}", role=role, active=active)
    return visit.redirect("officers", notice="officer_updated")


def reset(visit: Visit) -> Response:
    """A new password, shown once; it ends the officer's sessions and lifts a lock."""
    officer = _officer(visit)
    password = new_password()
    accounts.set_password(visit.session, officer.id, password, actor=visit.officer.username)
    return _page(visit, secret=password, secret_for=officer.username)


def forget_totp(visit: Visit) -> Response:
    """For who has lost phone and recovery codes; ends the officer's sessions."""
    officer = _officer(visit)
    second_factor.remove(visit.session, officer.id, actor=visit.officer.username)
    logins.end_all(visit.session, officer.id)
    return visit.redirect("officers", notice="totp_removed")


def new_password() -> str:
    """A random password that can be read out: four groups without look-alike letters."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def _officer(visit: Visit) -> Officer:
    officer = visit.session.get(Officer, visit.key())
    if officer is None:
        raise HTTPException(404)
    return officer


def _role(visit: Visit) -> str:
    role = visit.form.get("role", "")
    if role not in set(Role):
        raise Problem("role")
    return role


def _unit(visit: Visit) -> int | None:
    """The unit that was chosen; None for none."""
    chosen = visit.form.get("unit", "")
    if not chosen:
        return None
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else 0
    if visit.session.get(Unit, number) is None:
        raise Problem("unit")
    return number


def _administrators(visit: Visit) -> int:
    query = (
        select(func.count())
        .select_from(Officer)
        .where(Officer.role == Role.ADMINISTRATOR.value, Officer.active)
    )
    return visit.session.scalars(query).one()


def _page(
    visit: Visit, problem: Problem | None = None, *, secret: str = "", secret_for: str = ""
) -> Response:
    found = visit.session.scalars(select(Officer).order_by(Officer.active.desc(), Officer.full_name)).all()
    return visit.page(
        "officers.html",
        problem.status if problem else 200,
        officers=found,
        units=units.active(visit.session),
        roles=[role.value for role in Role],
        problem=problem.text if problem else "",
        secret=secret,
        secret_for=secret_for,
    )
