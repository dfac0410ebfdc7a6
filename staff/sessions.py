"""Log-in sessions in a signed cookie, and the CSRF token that belongs to each.

The cookie carries the officer's id and a fingerprint of their password hash, so that a new
password ends every session. Before log-in an anonymous session (officer 0) carries the token.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

COOKIE = "staff_session"


@dataclass(frozen=True)
class Login:
    """What a valid cookie says."""

    officer_id: int
    fingerprint: str
    nonce: str


class Sessions:
    """Issues and reads session cookies.

    Args:
        secret_key: at least 16 characters, the same in every process of the app.
        lifetime: how long a log-in holds.

    Raises:
        ValueError: the key is too short.
    """

    def __init__(self, secret_key: str, lifetime: timedelta) -> None:
        if len(secret_key) < 16:
            raise ValueError("secret_key needs at least 16 characters")
        self._key = secret_key.encode()
        self._signer = URLSafeTimedSerializer(secret_key, salt="staff.session")
        self.lifetime = lifetime

    def issue(self, officer_id: int = 0, password_hash: str = "") -> tuple[str, Login]:
        """A new cookie value and what it says; without arguments an anonymous one."""
        login = Login(officer_id, self._fingerprint(password_hash), secrets.token_urlsafe(16))
        return self._signer.dumps([login.officer_id, login.fingerprint, login.nonce]), login

    def read(self, cookie: str | None) -> Login | None:
        """What a cookie says; None when it is missing, forged or too old."""
        if not cookie:
            return None
        try:
            officer_id, fingerprint, nonce = self._signer.loads(
                cookie, max_age=int(self.lifetime.total_seconds())
            )
        except (BadData, TypeError, ValueError):
            return None
        return Login(int(officer_id), str(fingerprint), str(nonce))

    def belongs(self, login: Login, password_hash: str) -> bool:
        """Whether the password is still the one that the session began with."""
        return hmac.compare_digest(login.fingerprint, self._fingerprint(password_hash))

    def token(self, login: Login) -> str:
        """The CSRF token of a session."""
        return self._mac("csrf", login.nonce)

    def token_valid(self, login: Login, token: str) -> bool:
        """Whether a form's token is that of the session."""
        return hmac.compare_digest(self.token(login).encode(), token.encode())

    def _fingerprint(self, password_hash: str) -> str:
        return self._mac("password", password_hash)[:32]

    def _mac(self, purpose: str, text: str) -> str:
        return hmac.new(self._key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
