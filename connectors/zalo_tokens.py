"""Keeps Zalo's token pair: rotated by one process at a time, stored before anyone uses it.

A refresh token works once, so two refreshers would lock the bot out. Whoever refreshes holds a lease,
a row of its own in the same table; the database itself stays free while Zalo is asked. The pair lies
sealed; one that an earlier version left in clear is sealed when the app starts.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import structlog
from sqlalchemy import CursorResult, update

from connectors.zalo_oauth import OAuthRefused, TokenPair, ZaloOAuth
from conversations.database import Database
from conversations.models import ChannelToken, now
from conversations.vault import BrokenSeal, Vault, is_sealed

CHANNEL = "zalo"
LEASE_ROW = "zalo.lease"
LEASE = timedelta(seconds=60)
REFRESH_AT = 0.8
"""Part of a token's life after which it is refreshed: 20 of Zalo's 25 hours."""
PAUSE_AFTER_ERROR = timedelta(seconds=15)
PAUSE_AFTER_REFUSAL = timedelta(minutes=10)
CHECK_EVERY = 300.0
"""Seconds between looks at the token's age."""
_POLL = 0.1

_log = structlog.get_logger(__name__)


class TokenUnavailable(Exception):
    """There is no token that works now.

    Args:
        consent: an administrator must consent again; waiting does not help.
    """

    def __init__(self, reason: str, *, consent: bool = False) -> None:
        super().__init__(reason)
        self.consent = consent


@dataclass(frozen=True)
class Stored:
    """The pair as it is kept."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    """Of the access token."""
    updated_at: datetime
    problem: str | None
    """Why Zalo refused to renew it: an administrator must consent again."""


class ZaloTokens:
    """The pair of one OA, shared through the database.

    Args:
        secret_key: the app's; the pair is sealed with it.
        patience: seconds to wait for another process's refresh when the present token is dead.
    """

    def __init__(self, db: Database, oauth: ZaloOAuth, *, secret_key: str, patience: float = 30.0) -> None:
        self._db = db
        self._oauth = oauth
        self._vault = Vault(secret_key, "zalo tokens")
        self._patience = patience

    async def current(self) -> str:
        """An access token that should work, refreshed ahead of time.

        Raises:
            TokenUnavailable: there is none.
        """
        pair = await asyncio.to_thread(self._read)
        age = now() - pair.updated_at
        if age < (pair.expires_at - pair.updated_at) * REFRESH_AT:
            return pair.access_token
        try:
            return await self._replace(pair.access_token, wait=pair.expires_at <= now())
        except TokenUnavailable:
            if pair.expires_at > now():
                return pair.access_token
            raise

    async def refresh(self, stale: str) -> str:
        """Another token than `stale`, which Zalo does not take any more.

        Raises:
            TokenUnavailable: there is none.
        """
        return await self._replace(stale, wait=True)

    async def store(self, pair: TokenPair) -> None:
        """Keep a new pair, e.g. of a consent, and let the next refresh begin."""
        await asyncio.to_thread(self._write, pair)

    async def run(self) -> None:
        """Keep the token fresh even when nothing is sent, until cancelled."""
        await asyncio.to_thread(self._seal_what_is_clear)
        while True:
            try:
                await self.current()
            except Exception as error:
                _log.warning("zalo_token_unavailable", error=repr(error))
            await asyncio.sleep(CHECK_EVERY)

    async def _replace(self, stale: str, *, wait: bool) -> str:
        owner = secrets.token_hex(8)
        deadline = time.monotonic() + (self._patience if wait else 0)
        while True:
            if await asyncio.to_thread(self._take_lease, owner):
                return await self._refresh_holding(owner, stale)
            pair = await asyncio.to_thread(self._read)
            if pair.access_token != stale or not wait:
                return pair.access_token
            if await asyncio.to_thread(self._is_pausing):
                raise TokenUnavailable("the last refresh failed a moment ago")
            if time.monotonic() >= deadline:
                raise TokenUnavailable("another refresh does not end")
            await asyncio.sleep(_POLL)

    async def _refresh_holding(self, owner: str, stale: str) -> str:
        pause = PAUSE_AFTER_ERROR
        try:
            pair = await asyncio.to_thread(self._read)
            if pair.access_token != stale:
                pause = timedelta(0)
                return pair.access_token
            new = await self._oauth.refresh(pair.refresh_token)
            await asyncio.to_thread(self._write, new)
            _log.info("zalo_token_refreshed", expires_in=new.expires_in)
            return new.access_token
        except OAuthRefused as error:
            _log.critical("zalo_consent_needed", error=str(error), code=error.code)
            await asyncio.to_thread(self._note_problem, str(error))
            pause = PAUSE_AFTER_REFUSAL
            raise TokenUnavailable(str(error), consent=True) from error
        except httpx.HTTPError as error:
            _log.error("zalo_refresh_failed", error=repr(error))
            raise TokenUnavailable(repr(error)) from error
        finally:
            await asyncio.to_thread(self._end_lease, owner, pause)

    def stored(self) -> Stored | None:
        """The pair as it is kept; None when nobody has consented yet.

        Raises:
            BrokenSeal: it was sealed with another secret key.
        """
        with self._db.session(read_only=True) as session:
            row = session.get(ChannelToken, CHANNEL)
        if row is None:
            return None
        return Stored(
            self._vault.unseal(row.access_token),
            self._vault.unseal(row.refresh_token),
            row.expires_at,
            row.updated_at,
            row.problem,
        )

    def _read(self) -> Stored:
        try:
            pair = self.stored()
        except BrokenSeal:
            raise TokenUnavailable("sealed with another SECRET_KEY", consent=True) from None
        if pair is None:
            raise TokenUnavailable("nobody has consented yet", consent=True)
        return pair

    def _seal_what_is_clear(self) -> None:
        with self._db.session() as session:
            row = session.get(ChannelToken, CHANNEL)
            if row is not None and not is_sealed(row.refresh_token):
                row.access_token = self._vault.seal(row.access_token)
                row.refresh_token = self._vault.seal(row.refresh_token)

    def _note_problem(self, problem: str) -> None:
        with self._db.session() as session:
            session.execute(
                update(ChannelToken).where(ChannelToken.channel == CHANNEL).values(problem=problem[:200])
            )

    def _write(self, pair: TokenPair) -> None:
        """Keep the pair and free the lease, in one transaction."""
        with self._db.session() as session:
            moment = now()
            session.merge(
                ChannelToken(
                    channel=CHANNEL,
                    access_token=self._vault.seal(pair.access_token),
                    refresh_token=self._vault.seal(pair.refresh_token),
                    problem=None,
                    expires_at=moment + timedelta(seconds=pair.expires_in),
                    updated_at=moment,
                )
            )
            session.merge(
                ChannelToken(
                    channel=LEASE_ROW, access_token="", refresh_token="", expires_at=moment, updated_at=moment
                )
            )

    def _take_lease(self, owner: str) -> bool:
        free = (ChannelToken.channel == LEASE_ROW, ChannelToken.expires_at <= now())
        return self._update_lease(free, access_token=owner, expires_at=now() + LEASE)

    def _is_pausing(self) -> bool:
        with self._db.session(read_only=True) as session:
            lease = session.get(ChannelToken, LEASE_ROW)
        return lease is not None and not lease.access_token and lease.expires_at > now()

    def _end_lease(self, owner: str, pause: timedelta) -> None:
        mine = (ChannelToken.channel == LEASE_ROW, ChannelToken.access_token == owner)
        self._update_lease(mine, access_token="", expires_at=now() + pause)

    def _update_lease(self, where: tuple[object, ...], **values: object) -> bool:
        with self._db.session() as session:
            done = session.execute(update(ChannelToken).where(*where).values(**values))  # type: ignore[arg-type]
            assert isinstance(done, CursorResult)
            return bool(done.rowcount == 1)
