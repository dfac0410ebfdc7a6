"""Messages that could not be delivered."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response

from conversations import outbox
from conversations.models import Conversation
from staff.visit import Problem, Visit


def show(visit: Visit) -> Response:
    """The list, newest first."""
    return _page(visit)


def resend(visit: Visit) -> Response:
    """Queues one again."""
    if outbox.resend(visit.session, visit.key(), visit.officer.username) is None:
        return _page(visit, Problem("not_dead"))
    return visit.redirect("undelivered", notice="resent")


def _page(visit: Visit, problem: Problem | None = None) -> Response:
    items = outbox.dead_letters(visit.session)
    ids = {item.conversation_id for item in items}
    found = visit.session.scalars(select(Conversation).where(Conversation.id.in_(ids)))
    visit.record("outbox.list", "outbox:dead", shown=len(items))
    return visit.page(
        "undelivered.html",
        problem.status if problem else 200,
        items=items,
        names={conversation.id: conversation.person.display_name for conversation in found},
        problem=problem.text if problem else "",
    )
