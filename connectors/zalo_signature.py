"""Zalo's webhook signature: a plain SHA-256 over the bytes as they came."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

HEADER = "X-ZEvent-Signature"
_PREFIX = "mac="


class BadSignature(Exception):
    """Raised with the reason, for the log."""


@dataclass(frozen=True)
class Signer:
    """Makes and checks signatures.

    Args:
        id: stands first in what is signed; the app id, for a few accounts the OA id.
        other_id: not accepted, but named in the reason when it would fit, so that the setting can be
            corrected.
    """

    id: str
    secret: str
    other_id: str | None = None

    def sign(self, body: bytes, timestamp: str) -> str:
        """The header's value for a body whose JSON holds this timestamp."""
        return _PREFIX + _mac(self.id, body, timestamp, self.secret)

    def check(self, given: str | None, body: bytes, timestamp: str) -> None:
        """Compare in constant time; the prefix may be missing.

        Raises:
            BadSignature: there is none, or it does not fit.
        """
        if not given:
            raise BadSignature("missing")
        mac = given.strip().removeprefix(_PREFIX).lower().encode()
        if hmac.compare_digest(mac, _mac(self.id, body, timestamp, self.secret).encode()):
            return
        if self.other_id and hmac.compare_digest(
            mac, _mac(self.other_id, body, timestamp, self.secret).encode()
        ):
            raise BadSignature("signed with the other id: change ZALO_SIGNATURE_ID")
        raise BadSignature("mismatch: wrong ZALO_OA_SECRET, or not from Zalo")


def _mac(id: str, body: bytes, timestamp: str, secret: str) -> str:
    return hashlib.sha256(
        id.encode() + body + timestamp.encode("utf-8", "replace") + secret.encode()
    ).hexdigest()
