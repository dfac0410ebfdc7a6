"""Who did what: an append-only log in which each entry's hash covers the one before.

The tables refuse updates and deletes (triggers of the migration); `verify` finds what was changed
in spite of that. No personal data belongs in an entry.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from conversations.database import before_commit, is_sqlite
from conversations.models import AuditEntry, now

START = "0" * 64
"""`previous` of the first entry."""

_LOCK = 7_021_002
_PENDING = "audit"


def record(
    session: Session, actor: str, action: str, object: str, detail: dict[str, Any] | None = None
) -> None:
    """Note an action; it is written when the session commits, and only then.

    Args:
        actor: an officer's user name, `citizen`, or `system`.
        action: dotted, e.g. `case.close`.
        object: what it was done to, e.g. `case:12`.
        detail: values that JSON can hold.
    """
    session.info.setdefault(_PENDING, []).append((now(), actor, action, object, dict(detail or {})))
    before_commit(session, _PENDING, _write_pending)


def verify(session: Session) -> list[str]:
    """What is wrong with the chain, one line a problem; empty when it is whole."""
    problems: list[str] = []
    previous = START
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000))
    for entry in entries:
        if entry.previous != previous:
            problems.append(f"entry {entry.id} does not follow the one before it: some were removed or added")
        fields = (entry.at, entry.actor, entry.action, entry.object, entry.detail)
        if entry.hash != _hash(entry.previous, *fields):
            problems.append(f"entry {entry.id} was changed after it was written")
        previous = entry.hash
    return problems


def head(session: Session) -> str:
    """The newest hash. Kept elsewhere, it shows later whether the end of the log was cut off."""
    return session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)) or START


def _write_pending(session: Session) -> None:
    # The lock is taken last and held until the commit: one writer at a time, and no deadlock with
    # the locks on conversations, which are all held by now.
    if not is_sqlite(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    previous = head(session)
    for at, actor, action, object_, detail in session.info.pop(_PENDING):
        digest = _hash(previous, at, actor, action, object_, detail)
        entry = AuditEntry(
            at=at, actor=actor, action=action, object=object_, detail=detail, previous=previous, hash=digest
        )
        session.add(entry)
        session.flush()
        previous = digest


def _hash(previous: str, at: datetime, actor: str, action: str, object_: str, detail: dict[str, Any]) -> str:
    fields = [previous, at.astimezone(UTC).isoformat(), actor, action, object_, detail]
    line = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()
