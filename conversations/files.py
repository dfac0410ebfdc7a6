"""Which stored files are still spoken of; the others belonged to what was erased or has expired."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from conversations.models import Case, Message

_MENTION = '"remote_id": "'


def in_use(session: Session) -> set[str]:
    """The ids of all files that a message or a case mentions."""
    bodies = select(Message.body).where(cast(Message.body, String).contains(_MENTION))
    found = {
        id
        for body in session.scalars(bodies.execution_options(yield_per=500))
        for id in _ids(body.get("attachments", ()))
    }
    cases = select(Case.attachments).where(cast(Case.attachments, String).contains(_MENTION))
    return found.union(*(_ids(attachments) for attachments in session.scalars(cases)))


def _ids(attachments: Iterable[dict[str, Any]]) -> set[str]:
    return {one["remote_id"] for one in attachments if one.get("remote_id")}
