"""Files that officers send: stored, and given to whoever has the signed address that the citizen got."""

from __future__ import annotations

import hashlib
import hmac

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from connectors.uploads import AttachmentStore, WrongType
from conversations.messages import Attachment

PATH = "/files"
_SHOWN = frozenset({".jpg", ".png", ".webp"})
"""Endings that a browser may show; anything else is downloaded."""
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
        """The stored file with its address; None if its content is of no accepted type."""
        try:
            kept = self._store.save(content, name)
        except WrongType:
            return None
        id = kept.remote_id or ""
        return kept.model_copy(update={"url": f"{self._base_url}{PATH}/{id}/{self._sign(id)}"})

    def route(self) -> Route:
        """Where the addresses lead."""
        return Route(PATH + "/{id}/{signature}", self._show)

    async def _show(self, request: Request) -> Response:
        id, given = request.path_params["id"], request.path_params["signature"]
        path = self._store.path(id) if hmac.compare_digest(given.encode(), self._sign(id).encode()) else None
        if path is None:
            return Response(status_code=404)
        how = "inline" if path.suffix in _SHOWN else "attachment"
        return FileResponse(path, filename=path.name, content_disposition_type=how, headers=_HEADERS)

    def _sign(self, id: str) -> str:
        return hmac.new(self._key, id.encode(), hashlib.sha256).hexdigest()[:32]
