"""Messages that could not be delivered."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response

from conversations import outbox
from conversations.models import Conversation, OutboxItem
from staff import scope
from staff.visit import Problem, Visit


def show(visit: Visit) -> Response:
    """The list, newest first."""
    return _page(visit)


def resend(visit: Visit) -> Response:
    """Queues one again."""
    query = select(OutboxItem.id).where(OutboxItem.id == visit.key(), scope.undelivered(visit.officer))
    item = visit.session.scalar(query)
    if item is None or outbox.resend(visit.session, item, visit.officer.username) is None:
        return _page(visit, Problem("not_dead"))
    return visit.redirect("undelivered", notice="resent")


def _page(visit: Visit, problem: Problem | None = None) -> Response:
    items = outbox.dead_letters(visit.session, only=scope.undelivered(visit.officer))
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
