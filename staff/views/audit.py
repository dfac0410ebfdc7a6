"""The audit log, for auditors and administrators."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response

from conversations import audit
from conversations.models import AuditEntry
from staff.visit import Visit
from staff.words import labels

PAGE = 100


def show(visit: Visit) -> Response:
    """Entries, newest first, with filters; `verify` checks the chain of the whole log."""
    actor, action, about = visit.query("actor"), visit.query("action"), visit.query("object")
    before = visit.number("before")
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE)
    if actor:
        query = query.where(AuditEntry.actor == actor)
    if action:
        query = query.where(AuditEntry.action == action)
    if about:
        query = query.where(AuditEntry.object == about)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    entries = visit.session.scalars(query).all()
    verified = audit.verify(visit.session) if visit.query("verify") else None
    visit.record("audit.verify" if verified is not None else "audit.read", "audit", shown=len(entries))
    return visit.page(
        "audit.html",
        entries=entries,
        actor=actor,
        action=action,
        about=about,
        actions=labels()["audit_action"],
        verified=verified,
        earlier=entries[-1].id if len(entries) == PAGE else None,
    )
