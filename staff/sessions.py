"""What browsers keep of a log-in: a signed cookie with a secret, whose row is in `officer_session`.

Before log-in an anonymous session (officer 0) carries the CSRF token. What goes through a browser
half-way through logging in is signed too, and secrets that lie in the database are sealed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet
from itsdangerous import BadData, URLSafeTimedSerializer

COOKIE = "staff_session"
HALF_WAY = timedelta(minutes=10)
"""How long a step of logging in may take."""


@dataclass(frozen=True)
class Login:
    """What a valid cookie says."""

    officer_id: int
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
        self._steps = URLSafeTimedSerializer(secret_key, salt="staff.step")
        self._vault = Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"vault:" + self._key).digest()))
        self.lifetime = lifetime

    def issue(self, officer_id: int = 0) -> tuple[str, Login]:
        """A new cookie value and what it says; without arguments an anonymous one."""
        login = Login(officer_id, secrets.token_urlsafe(32))
        return self._signer.dumps([login.officer_id, login.nonce]), login

    def read(self, cookie: str | None) -> Login | None:
        """What a cookie says; None when it is missing, forged or too old."""
        if not cookie:
            return None
        try:
            officer_id, nonce = self._signer.loads(cookie, max_age=int(self.lifetime.total_seconds()))
        except (BadData, TypeError, ValueError):
            return None
        return Login(int(officer_id), str(nonce))

    def token(self, login: Login) -> str:
        """The CSRF token of a session."""
        return hmac.new(self._key, f"csrf:{login.nonce}".encode(), hashlib.sha256).hexdigest()

    def token_valid(self, login: Login, token: str) -> bool:
        """Whether a form's token is that of the session."""
        return hmac.compare_digest(self.token(login).encode(), token.encode())

    def hand_out(self, purpose: str, login: Login, *values: str | int) -> str:
        """Values that this browser brings back in the next step of `purpose`."""
        return str(self._steps.dumps([purpose, login.nonce, *values]))

    def take_back(self, purpose: str, login: Login, handed: str) -> list[Any] | None:
        """The values; None when they are not from this browser and purpose, or too old."""
        try:
            found = self._steps.loads(handed, max_age=int(HALF_WAY.total_seconds()))
        except BadData:
            return None
        return list(found[2:]) if found[:2] == [purpose, login.nonce] else None

    def seal(self, secret: str) -> str:
        """A secret as it may lie in the database."""
        return self._vault.encrypt(secret.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """The secret again.

        Raises:
            cryptography.fernet.InvalidToken: it was sealed with another secret key.
        """
        return self._vault.decrypt(sealed.encode()).decode()
