"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for its loss."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

import pyotp
from sqlalchemy.orm import Session

from conversations import audit
from conversations.database import Database
from conversations.models import Officer
from conversations.officers import LoginFailed, attempt, succeeded

ISSUER = "Kiên Giang"
RECOVERY_CODES = 8
STEP = 30
"""Seconds that a code holds; the one before and after it are taken too, for clocks that differ."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
Unseal = Callable[[str], str]
"""Gives back a secret that was stored sealed."""


def new_secret() -> str:
    """A secret to share with an authenticator app, base 32."""
    return pyotp.random_base32()


def address(secret: str, username: str) -> str:
    """What the app reads from the picture: an `otpauth://` address."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def matching_step(secret: str, code: str, *, after: int = 0, at: float | None = None) -> int | None:
    """The time step whose code this is; None if it is none of now, or not later than `after`."""
    present = int(time.time() if at is None else at) // STEP
    digits = "".join(character for character in code if character.isdigit())
    for step in (present, present - 1, present + 1):
        if step > after and hmac.compare_digest(pyotp.TOTP(secret).at(step * STEP), digits):
            return step
    return None


def enrol(session: Session, officer_id: int, sealed_secret: str, step: int, *, actor: str) -> list[str]:
    """Ask for codes from now on; returns the recovery codes, which are not kept in clear."""
    officer = session.get_one(Officer, officer_id)
    codes = ["-".join(_letters(4) for _ in range(3)) for _ in range(RECOVERY_CODES)]
    officer.totp_secret = sealed_secret
    officer.totp_step = step
    officer.recovery_codes = [_digest(code) for code in codes]
    audit.record(session, actor, "officer.enrol_totp", f"officer:{officer_id}")
    return codes


def remove(session: Session, officer_id: int, *, actor: str) -> None:
    """Ask for no codes any more."""
    officer = session.get_one(Officer, officer_id)
    officer.totp_secret, officer.totp_step, officer.recovery_codes = None, 0, []
    audit.record(session, actor, "officer.remove_totp", f"officer:{officer_id}")


def accept(db: Database, officer_id: int, code: str, unseal: Unseal) -> Officer:
    """The officer whose password was right, once the code is too. A code works once.

    Wrong codes count towards the lock like wrong passwords.

    Raises:
        AccountLocked, LoginFailed: as `officers.authenticate`.
    """
    if attempt(db, Officer.id == officer_id) is None:
        raise LoginFailed
    with db.session() as session:
        officer = session.get_one(Officer, officer_id, with_for_update={"of": Officer})
        if officer.totp_secret is None or not _use(officer, code, unseal(officer.totp_secret)):
            raise LoginFailed
        succeeded(session, officer)
        return officer


def _use(officer: Officer, code: str, secret: str) -> bool:
    step = matching_step(secret, code, after=officer.totp_step)
    if step is not None:
        officer.totp_step = step
        return True
    digest = _digest(code)
    if digest not in officer.recovery_codes:
        return False
    officer.recovery_codes = [kept for kept in officer.recovery_codes if kept != digest]
    return True


def _digest(code: str) -> str:
    letters = "".join(character for character in code.lower() if character.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()


def _letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))
