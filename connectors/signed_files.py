"""Files that officers send: stored, and given to whoever has the signed address that the citizen got."""

from __future__ import annotations

import hashlib
import hmac

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.base import refusing
from connectors.uploads import AttachmentStore, WrongType, media_type_of
from conversations.messages import Attachment

PATH = "/files"
_SHOWN = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Types that a browser may show; anything else is downloaded."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cache-Control": "private, max-age=3600",
    "Referrer-Policy": "no-referrer",
}


class SignedFiles:
    """Keeps files and serves them.

    Args:
        secret_key: the app's; signs the addresses.
        base_url: public address of the app.
    """

    def __init__(self, store: AttachmentStore, *, secret_key: str, base_url: str) -> None:
        self._store = store
        self._key = f"files:{secret_key}".encode()
        self._base_url = base_url

    def keep(self, content: bytes, name: str) -> Attachment | None:
        """The stored file with its address; None if its content is of no accepted type.

        Raises:
            StoreUnavailable: it cannot be kept now.
        """
        try:
            kept = self._store.save(content, name)
        except WrongType:
            return None
        id = kept.remote_id or ""
        return kept.model_copy(update={"url": f"{self._base_url}{PATH}/{id}/{self._sign(id)}"})

    def route(self) -> Route:
        """Where the addresses lead."""
        return Route(PATH + "/{id}/{signature}", refusing(self._show))

    async def _show(self, request: Request) -> Response:
        id, given = request.path_params["id"], request.path_params["signature"]
        is_signed = hmac.compare_digest(given.encode(), self._sign(id).encode())
        content = await run_in_threadpool(self._store.read, id) if is_signed else None
        if content is None:
            return Response(status_code=404)
        media_type = media_type_of(id)
        how = "inline" if media_type in _SHOWN else "attachment"
        disposition = {"Content-Disposition": f'{how}; filename="{id}"'}
        return Response(content, media_type=media_type, headers=_HEADERS | disposition)

    def _sign(self, id: str) -> str:
        return hmac.new(self._key, id.encode(), hashlib.sha256).hexdigest()[:32]
