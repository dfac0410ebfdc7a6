"""Files that citizens and officers attached; they lie in the channels' store."""

from __future__ import annotations

from sqlalchemy import String, cast, select
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from conversations.models import Case, Message
from staff.views.casework import the_case
from staff.visit import Visit

SHOWN = frozenset({".jpg", ".jpeg", ".png", ".webp"})
"""Endings that a browser may show; anything else is downloaded."""


def show(visit: Visit) -> Response:
    """One file of a case or of the conversation behind it."""
    case, name = the_case(visit), str(visit.request.path_params["file"])
    path = visit.console.attachment(name) if _belongs(visit, case, name) else None
    if path is None:
        raise HTTPException(404)
    visit.record("file.read", f"case:{case.id}")
    how = "inline" if path.suffix in SHOWN else "attachment"
    return FileResponse(path, filename=path.name, content_disposition_type=how)


def _belongs(visit: Visit, case: Case, name: str) -> bool:
    if any(item.get("remote_id") == name for item in case.attachments):
        return True
    mentioning = select(Message.body).where(
        Message.conversation_id == case.conversation_id,
        cast(Message.body, String).contains(name, autoescape=True),
    )
    bodies = visit.session.scalars(mentioning)
    return any(item.get("remote_id") == name for body in bodies for item in body.get("attachments", ()))
