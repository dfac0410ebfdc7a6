"""Log-in with a provincial single sign-on: OpenID Connect, authorisation code with PKCE.

Accounts are still made here: the provider says who somebody is, not that they may work here.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

SCOPE = "openid profile"
ALGORITHMS = ["RS256", "PS256", "ES256"]
TIMEOUT = 10.0
"""Seconds that the provider may take."""
LEEWAY = 60
"""Seconds by which clocks may differ."""

log = structlog.get_logger(__name__)


class OidcFailed(Exception):
    """The provider did not vouch for anybody, or cannot be reached."""


@dataclass(frozen=True)
class OidcProvider:
    """A single sign-on, as its operator registered us."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    username_claim: str = "preferred_username"
    """The claim that holds our user name."""


@dataclass(frozen=True)
class Pending:
    """What the browser keeps between leaving for the provider and coming back."""

    state: str
    nonce: str
    verifier: str


class Oidc:
    """Speaks with one provider; what it publishes is read when first needed."""

    def __init__(self, provider: OidcProvider) -> None:
        self._provider = provider
        self._published: dict[str, Any] | None = None

    def leave(self, back: str) -> tuple[str, Pending]:
        """The address to send the browser to, and what it has to bring back.

        Raises:
            OidcFailed: the provider cannot be reached.
        """
        pending = Pending(*(secrets.token_urlsafe(32) for _ in range(3)))
        with self._client(back) as client:
            address, _ = client.create_authorization_url(
                self._about("authorization_endpoint"),
                state=pending.state,
                nonce=pending.nonce,
                code_verifier=pending.verifier,
            )
        return str(address), pending

    def come_back(self, address: str, back: str, pending: Pending) -> str:
        """The user name that the provider vouches for, from the address it sent the browser to.

        Raises:
            OidcFailed: it refused, or what it says does not hold.
        """
        try:
            with self._client(back, pending.state) as client:
                token = client.fetch_token(
                    self._about("token_endpoint"),
                    authorization_response=address,
                    code_verifier=pending.verifier,
                )
            claims = self._checked(token["id_token"], pending.nonce)
            return str(claims[self._provider.username_claim])
        except (AuthlibBaseError, JoseError, httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            log.warning("oidc_refused", error=type(error).__name__)
            raise OidcFailed from error

    def _checked(self, id_token: str, nonce: str) -> dict[str, Any]:
        keys = KeySet.import_key_set(self._get(self._about("jwks_uri")))
        token = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self._provider.issuer},
            aud={"essential": True, "value": self._provider.client_id},
            nonce={"essential": True, "value": nonce},
            exp={"essential": True},
            sub={"essential": True},
        ).validate(token.claims)
        return token.claims

    def _about(self, name: str) -> str:
        """An address that the provider publishes about itself."""
        try:
            if self._published is None:
                issuer = self._provider.issuer.rstrip("/")
                self._published = self._get(f"{issuer}/.well-known/openid-configuration")
            return str(self._published[name])
        except (httpx.HTTPError, KeyError, ValueError) as error:
            log.warning("oidc_unreachable", error=type(error).__name__)
            raise OidcFailed from error

    def _get(self, address: str) -> Any:
        return httpx.get(address, timeout=TIMEOUT).raise_for_status().json()

    def _client(self, back: str, state: str | None = None) -> OAuth2Client:
        return OAuth2Client(
            self._provider.client_id,
            self._provider.client_secret,
            scope=SCOPE,
            redirect_uri=back,
            state=state,
            code_challenge_method="S256",
            timeout=TIMEOUT,
        )
