"""Files that citizens and officers attached; they lie in the channels' store."""

from __future__ import annotations

from itertools import chain

from sqlalchemy import String, cast, select
from starlette.exceptions import HTTPException
from starlette.responses import Response

from conversations.messages import Attachment
from conversations.models import Case, Message
from staff.views.casework import the_case
from staff.visit import Visit

SHOWN = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Types that a browser may show; anything else is downloaded."""


def show(visit: Visit) -> Response:
    """One file of a case or of the conversation behind it."""
    case, name = the_case(visit), str(visit.request.path_params["file"])
    file = _mentioned(visit, case, name)
    content = visit.console.read_file(name) if file else None
    if file is None or content is None:
        raise HTTPException(404)
    visit.record("file.read", f"case:{case.id}")
    how = "inline" if file.media_type in SHOWN else "attachment"
    disposition = {"Content-Disposition": f'{how}; filename="{name}"'}
    return Response(content, media_type=file.media_type, headers=disposition)


def _mentioned(visit: Visit, case: Case, name: str) -> Attachment | None:
    """The file of that name as the case, or a message of its conversation, mentions it."""
    mentioning = select(Message.body).where(
        Message.conversation_id == case.conversation_id,
        cast(Message.body, String).contains(name, autoescape=True),
    )
    bodies = visit.session.scalars(mentioning)
    listed = chain(case.attachments, *(body.get("attachments", ()) for body in bodies))
    found = next((item for item in listed if item.get("remote_id") == name), None)
    return Attachment.model_validate(found) if found else None
