"""The audit log, for auditors and administrators."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from starlette.responses import PlainTextResponse, Response

from conversations import audit
from conversations.models import AuditEntry, now
from staff.visit import Visit
from staff.words import labels

PAGE = 100


def show(visit: Visit) -> Response:
    """Entries, newest first, with filters; `verify` checks the chain of the whole log."""
    actor, action, about = visit.query("actor"), visit.query("action"), visit.query("object")
    first, last = _day(visit.query("from")), _day(visit.query("to"))
    before = visit.number("before")
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE)
    if actor:
        query = query.where(AuditEntry.actor == actor)
    if action:
        query = query.where(AuditEntry.action == action)
    if about:
        query = query.where(AuditEntry.object == about)
    if first:
        query = query.where(AuditEntry.at >= datetime.combine(first, time.min, visit.console.zone))
    if last:
        end = last + timedelta(days=1)
        query = query.where(AuditEntry.at < datetime.combine(end, time.min, visit.console.zone))
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
        first=first.isoformat() if first else "",
        last=last.isoformat() if last else "",
        actions=labels()["audit_action"],
        verified=verified,
        earlier=entries[-1].id if len(entries) == PAGE else None,
    )


def head(visit: Visit) -> Response:
    """The newest hash, to be kept elsewhere: it shows later whether the end of the log was cut off."""
    count = visit.session.scalars(select(func.count()).select_from(AuditEntry)).one()
    line = f"{now().isoformat()} {count} {audit.head(visit.session)}\n"
    visit.record("audit.head", "audit", shown=count)
    name = f"nhat-ky-{now():%Y%m%d}.txt"
    return PlainTextResponse(line, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
