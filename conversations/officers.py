"""Accounts of staff: passwords with argon2, and a lock after repeated failures."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from conversations import audit, logins
from conversations.database import Database
from conversations.models import Officer, now

MAX_FAILURES = 5
"""Wrong passwords in a row before the account is locked."""
LOCKOUT = timedelta(minutes=15)
MIN_PASSWORD = 10
"""Characters."""
MAX_PASSWORD = 200
ROLES = ("officer", "supervisor", "editor", "auditor", "administrator")

hasher = PasswordHasher()
"""At argon2's recommended cost (RFC 9106, low memory); the tests put a cheap one here."""


class LoginFailed(Exception):
    """Unknown user name, wrong password, or an account that is switched off: not told apart."""


class AccountLocked(LoginFailed):
    """Too many failures; even the right password is refused until the lock ends."""


class WeakPassword(ValueError):
    """The password is shorter than `MIN_PASSWORD` or longer than `MAX_PASSWORD`."""


class UsernameTaken(ValueError):
    """There is an officer with that user name."""


def create(
    session: Session,
    username: str,
    full_name: str,
    password: str,
    *,
    role: str = "officer",
    unit_id: int | None = None,
    actor: str = "system",
) -> Officer:
    """Add an officer.

    Raises:
        UsernameTaken, WeakPassword: as they say.
        ValueError: no such role, or an empty name.
    """
    name = _normalised(username)
    if not name or not full_name.strip():
        raise ValueError("user name and full name are needed")
    if role not in ROLES:
        raise ValueError(f"no such role: {role}")
    if session.scalar(select(Officer.id).where(Officer.username == name)) is not None:
        raise UsernameTaken(name)
    officer = Officer(
        username=name, full_name=full_name.strip(), password_hash=_hash(password), role=role, unit_id=unit_id
    )
    session.add(officer)
    session.flush()
    audit.record(session, actor, "officer.create", f"officer:{officer.id}", {"role": role})
    return officer


def authenticate(db: Database, username: str, password: str) -> Officer:
    """The officer with that password; who has a second factor is logged in only by that.

    The attempt is counted before the password is looked at, so that guesses made at the same time
    cannot exceed `MAX_FAILURES`; the right password sets the count back.

    Raises:
        AccountLocked: too many failures.
        LoginFailed: anything else is wrong.
    """
    officer = attempt(db, Officer.username == _normalised(username))
    if len(password) > MAX_PASSWORD or not _matches(officer, password) or officer is None:
        _note_lock(db, officer)
        raise LoginFailed
    with db.session() as session:
        officer = session.get_one(Officer, officer.id, with_for_update={"of": Officer})
        if hasher.check_needs_rehash(officer.password_hash):
            officer.password_hash = hasher.hash(password)
        if officer.totp_secret is None:
            succeeded(session, officer)
        else:
            officer.failed_logins = max(0, officer.failed_logins - 1)
            officer.locked_until = None
        return officer


def by_username(session: Session, username: str) -> Officer | None:
    """The active officer of that name, however it is written."""
    return session.scalars(
        select(Officer).where(Officer.username == _normalised(username), Officer.active)
    ).first()


def succeeded(session: Session, officer: Officer) -> None:
    """Note that an officer is in; earlier failures are forgotten."""
    officer.failed_logins = 0
    officer.locked_until = None
    audit.record(session, officer.username, "officer.login", f"officer:{officer.id}")


def set_password(session: Session, officer_id: int, password: str, *, actor: str) -> None:
    """Replace a password, lift a lock and end all sessions.

    Raises:
        LookupError: no such officer.
        WeakPassword: as it says.
    """
    officer = session.get(Officer, officer_id)
    if officer is None:
        raise LookupError(f"no officer {officer_id}")
    officer.password_hash = _hash(password)
    officer.failed_logins = 0
    officer.locked_until = None
    logins.end_all(session, officer_id)
    audit.record(session, actor, "officer.set_password", f"officer:{officer_id}")


def attempt(db: Database, who: ColumnElement[bool]) -> Officer | None:
    """Count an attempt to log in before it is looked at; the active officer it is for.

    Raises:
        AccountLocked: too many failures.
    """
    with db.session() as session:
        query = select(Officer).where(who, Officer.active).with_for_update(of=Officer)
        officer = session.scalars(query).first()
        if officer is None:
            return None
        if officer.locked_until is not None and officer.locked_until > now():
            raise AccountLocked
        if officer.locked_until is not None:
            officer.failed_logins = 0
            officer.locked_until = None
        officer.failed_logins += 1
        if officer.failed_logins >= MAX_FAILURES:
            officer.locked_until = now() + LOCKOUT
        return officer


def _note_lock(db: Database, officer: Officer | None) -> None:
    if officer is not None and officer.failed_logins >= MAX_FAILURES:
        with db.session() as session:
            audit.record(session, "system", "officer.lock", f"officer:{officer.id}")


def _matches(officer: Officer | None, password: str) -> bool:
    try:
        return hasher.verify(officer.password_hash if officer else _dummy_hash(), password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _dummy_hash() -> str:
    """Checked for unknown user names, so that they take as long as known ones."""
    return hasher.hash("no such officer")


def _hash(password: str) -> str:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise WeakPassword(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    return hasher.hash(password)


def _normalised(username: str) -> str:
    return username.strip().casefold()
