"""Seals secrets that lie in the database, so that a copy of it is worth nothing without the app's key."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken

_MARK = "sealed:"


class BrokenSeal(Exception):
    """A secret was sealed with another key, or changed since."""


class Vault:
    """Seals for one purpose; what it seals no other purpose can open.

    Args:
        secret_key: the app's, the same in every process.
        purpose: e.g. `zalo tokens`.
    """

    def __init__(self, secret_key: str, purpose: str) -> None:
        key = hashlib.sha256(f"{purpose}:{secret_key}".encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, secret: str) -> str:
        """The secret as it may lie in the database (Fernet: AES-128-CBC and HMAC-SHA256)."""
        return _MARK + self._fernet.encrypt(secret.encode()).decode()

    def unseal(self, stored: str) -> str:
        """The secret again; one that an earlier version stored in clear is itself.

        Raises:
            BrokenSeal: it is not ours.
        """
        if not is_sealed(stored):
            return stored
        try:
            return self._fernet.decrypt(stored.removeprefix(_MARK)).decode()
        except InvalidToken as error:
            raise BrokenSeal from error


def is_sealed(stored: str) -> bool:
    """Whether a secret lies sealed."""
    return stored.startswith(_MARK)
