"""The consent of an OA's administrator: the address to agree at, and what comes back from it.

Zalo compares the redirect address and the PKCE challenge with what is registered in its developer
console, so both stay the same as long as the app's secret key does; `state` is new each time.
"""

from __future__ import annotations

import base64
import hashlib

from connectors.zalo_oauth import ZaloOAuth, challenge_of
from connectors.zalo_tokens import Stored, ZaloTokens


class OtherAccount(Exception):
    """Somebody consented for another OA than ours."""


class ZaloConsent:
    """The consent to one OA.

    Args:
        back: where Zalo sends the administrator's browser afterwards.
        oa_id: the only OA to be taken; any if left out.
    """

    def __init__(
        self, oauth: ZaloOAuth, tokens: ZaloTokens, *, secret_key: str, back: str, oa_id: str | None = None
    ) -> None:
        self._oauth = oauth
        self._tokens = tokens
        self._oa_id = oa_id
        digest = hashlib.sha256(f"zalo verifier:{secret_key}".encode()).digest()
        self._verifier = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        self.back = back
        self.challenge = challenge_of(self._verifier)

    def stored(self) -> Stored | None:
        """The pair that there is.

        Raises:
            BrokenSeal: the app's secret key is another one than it was sealed with.
        """
        return self._tokens.stored()

    def address(self, state: str) -> str:
        """Where to agree."""
        return self._oauth.consent_url(self.back, self.challenge, state)

    async def come_back(self, code: str, oa_id: str | None) -> None:
        """Trade the code of a consent for tokens and keep them.

        Args:
            oa_id: whose consent it is, if Zalo says so.

        Raises:
            OtherAccount: it is for another OA.
            OAuthRefused: Zalo does not take the code.
            httpx.HTTPError: no clear answer.
        """
        if self._oa_id and oa_id and oa_id != self._oa_id:
            raise OtherAccount(oa_id)
        await self._tokens.store(await self._oauth.exchange(code, self._verifier))
