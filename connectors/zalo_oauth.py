"""Zalo's consent and tokens over HTTP: the address to agree at, and the exchange of codes and tokens."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from connectors.base import ssl_context

TIMEOUT = 15.0
"""Seconds for a token call; well below the lease of `zalo_tokens`."""


@dataclass(frozen=True)
class TokenPair:
    """What Zalo grants. `expires_in` is in seconds, for the access token."""

    access_token: str
    refresh_token: str
    expires_in: int


class OAuthRefused(Exception):
    """Zalo refused a code or a refresh token: an administrator must consent again.

    Args:
        code: Zalo's error number, e.g. -14020 for a refresh token that was used before.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier, base64url without padding."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class ZaloOAuth:
    """The OAuth server as one app sees it."""

    def __init__(self, *, url: str, app_id: str, app_secret: str) -> None:
        self._url = url
        self._app_id = app_id
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT, headers={"secret_key": app_secret}, verify=ssl_context()
        )

    def consent_url(self, redirect_uri: str, challenge: str, state: str) -> str:
        """Where an administrator of the OA agrees; the redirect address must be registered at Zalo."""
        query = {
            "app_id": self._app_id,
            "redirect_uri": redirect_uri,
            "code_challenge": challenge,
            "state": state,
        }
        return f"{self._url}/v4/oa/permission?{urlencode(query)}"

    async def exchange(self, code: str, verifier: str) -> TokenPair:
        """Trade the code of a consent for the first pair.

        Raises:
            OAuthRefused: Zalo does not take it.
            httpx.HTTPError: no clear answer.
        """
        form = {"code": code, "code_verifier": verifier, "grant_type": "authorization_code"}
        return await self._request(form)

    async def refresh(self, refresh_token: str) -> TokenPair:
        """Trade a refresh token for a new pair; it works once.

        Raises:
            OAuthRefused: Zalo does not take it.
            httpx.HTTPError: no clear answer.
        """
        return await self._request({"refresh_token": refresh_token, "grant_type": "refresh_token"})

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _request(self, form: dict[str, str]) -> TokenPair:
        answer = await self._client.post(
            f"{self._url}/v4/oa/access_token", data={"app_id": self._app_id, **form}
        )
        answer.raise_for_status()
        return _pair(answer)


def _pair(answer: httpx.Response) -> TokenPair:
    try:
        body: Any = answer.json()
        if "access_token" in body:
            return TokenPair(
                str(body["access_token"]), str(body["refresh_token"]), int(body.get("expires_in", 90_000))
            )
        raise OAuthRefused(int(body["error"]), str(body.get("error_description") or body.get("error_name")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise httpx.DecodingError(f"no token answer: {error!r}", request=answer.request) from error
