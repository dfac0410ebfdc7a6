"""Between the console's page about Zalo and the channel itself."""

from __future__ import annotations

import anyio.from_thread
import httpx

from connectors.zalo_consent import OtherAccount, ZaloConsent
from connectors.zalo_oauth import OAuthRefused
from conversations.vault import BrokenSeal
from staff import ConsentFailed, ZaloDesk, ZaloState

_NOT_REGISTERED = -14003
_WRONG_SECRET = -14002


def zalo_desk(consent: ZaloConsent) -> ZaloDesk:
    """The desk of a channel; `come_back` must be called in a worker thread of the app's loop."""

    def state() -> ZaloState:
        try:
            pair = consent.stored()
        except BrokenSeal:
            return ZaloState(False, unreadable=True)
        if pair is None:
            return ZaloState(False)
        return ZaloState(not pair.problem, pair.expires_at, pair.updated_at, pair.problem)

    def come_back(code: str, oa_id: str | None) -> None:
        try:
            anyio.from_thread.run(consent.come_back, code, oa_id)
        except OtherAccount:
            raise ConsentFailed("zalo_other_account", oa_id=oa_id) from None
        except OAuthRefused as error:
            keys = {_NOT_REGISTERED: "zalo_not_registered", _WRONG_SECRET: "zalo_wrong_secret"}
            raise ConsentFailed(keys.get(error.code, "zalo_refused"), reason=str(error)) from error
        except httpx.HTTPError as error:
            raise ConsentFailed("zalo_unreachable") from error

    return ZaloDesk(consent.back, consent.challenge, state, consent.address, come_back)
