"""Files that citizens attached; they lie with the channel that received them."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from staff.visit import Visit

SHOWN = frozenset({".jpg", ".jpeg", ".png", ".webp"})
"""Endings that a browser may show; anything else is downloaded."""


def show(visit: Visit) -> Response:
    """One file by its id."""
    path = visit.console.attachment(str(visit.request.path_params["id"]))
    if path is None:
        raise HTTPException(404)
    how = "inline" if path.suffix in SHOWN else "attachment"
    return FileResponse(path, filename=path.name, content_disposition_type=how)
