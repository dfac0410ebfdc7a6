"""Logging in with the provincial single sign-on."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from conversations import officers
from staff.oidc import Oidc, OidcFailed, Pending
from staff.views.account import enter, gate
from staff.visit import Problem, Visit, leave_for

COOKIE = "staff_sign_on"
_PURPOSE = "single sign-on"


def leave(visit: Visit) -> Response:
    """Sends the browser to the provider; a cookie remembers what was agreed."""
    try:
        address, pending = _provider(visit).leave(_back(visit))
    except OidcFailed:
        return gate(visit, Problem("sign_on_failed"))
    agreed = (pending.state, pending.nonce, pending.verifier, visit.query("next"))
    kept = visit.console.sessions.hand_out(_PURPOSE, visit.login, *agreed)
    return leave_for(visit, address, back="sign_on", cookie=COOKIE, value=kept)


def come_back(visit: Visit) -> Response:
    """Lets in who the provider vouches for and who has an account here that is on."""
    provider = _provider(visit)
    brought = visit.console.sessions.take_back(_PURPOSE, visit.login, visit.request.cookies.get(COOKIE, ""))
    if brought is None:
        return gate(visit, Problem("too_slow"))
    *agreed, wanted = brought
    try:
        username = provider.come_back(str(visit.request.url), _back(visit), Pending(*agreed))
    except OidcFailed:
        return gate(visit, Problem("sign_on_failed"))
    with visit.console.db.session() as session:
        officer = officers.by_username(session, username)
        if officer is None:
            return gate(visit, Problem("sign_on_unknown"))
        officers.succeeded(session, officer)
    response = enter(visit, officer, wanted)
    response.delete_cookie(COOKIE, path=visit.path("sign_on"))
    return response


def _provider(visit: Visit) -> Oidc:
    if visit.console.oidc is None:
        raise HTTPException(404)
    return visit.console.oidc


def _back(visit: Visit) -> str:
    """Where the provider sends the browser: it must be registered there."""
    return str(visit.request.url.replace(path=visit.path("sign_on_back"), query="", fragment=""))
