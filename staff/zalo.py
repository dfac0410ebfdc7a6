"""What the console asks of the Zalo channel; the room above gives the answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ZaloState:
    """Whether messages can go to Zalo."""

    connected: bool
    """Whether there is a pair of tokens that Zalo has not refused."""
    expires_at: datetime | None = None
    """Of the access token, which is renewed well before."""
    updated_at: datetime | None = None
    problem: str | None = None
    """What Zalo said when it refused to renew them."""
    unreadable: bool = False
    """The tokens were sealed with another secret key."""


class ConsentFailed(Exception):
    """There are no new tokens.

    Args:
        key: of its words in `labels.yaml`, under `problem`.
        values: for those words.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True)
class ZaloDesk:
    """Called in worker threads."""

    back: str
    """Address to register at Zalo: where it sends an administrator's browser after the consent."""
    challenge: str
    """PKCE challenge to register at Zalo."""
    state: Callable[[], ZaloState]
    address: Callable[[str], str]
    """Where an administrator of the OA agrees, given what is to come back as `state`."""
    come_back: Callable[[str, str | None], None]
    """Keeps what a consent's code is worth, given the id of the OA if there is one; or `ConsentFailed`."""
