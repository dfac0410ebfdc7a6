"""Who is logged in: one row a browser, so that a session can be seen and ended from elsewhere."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from conversations import audit
from conversations.models import Officer, OfficerSession, now

MAX_AGENT, MAX_ADDRESS = 200, 45
"""Characters of a browser's name and of a network address that are kept."""


def key_of(secret: str) -> str:
    """What is stored of a session's secret, so that the table alone lets nobody in."""
    return hashlib.sha256(secret.encode()).hexdigest()


def begin(
    session: Session,
    officer: Officer,
    secret: str,
    *,
    lifetime: timedelta,
    agent: str = "",
    address: str = "",
) -> OfficerSession:
    """Log an officer in with this browser's secret; forgets sessions that have run out."""
    session.execute(delete(OfficerSession).where(OfficerSession.expires_at <= now()))
    begun = OfficerSession(
        key=key_of(secret),
        officer_id=officer.id,
        agent=agent[:MAX_AGENT],
        address=address[:MAX_ADDRESS],
        expires_at=now() + lifetime,
    )
    session.add(begun)
    session.flush()
    return begun


def current(session: Session, secret: str) -> OfficerSession | None:
    """The session with that secret whose officer may still work."""
    query = (
        select(OfficerSession)
        .join(Officer)
        .where(OfficerSession.key == key_of(secret), OfficerSession.expires_at > now(), Officer.active)
    )
    return session.scalars(query).first()


def seen(session: Session, session_id: int) -> None:
    """Note that a session is in use."""
    session.execute(update(OfficerSession).where(OfficerSession.id == session_id).values(seen_at=now()))


def anyone_seen(session: Session, *, since: datetime) -> bool:
    """Whether any officer has used the console since then and is still logged in."""
    used = exists().where(OfficerSession.seen_at >= since, OfficerSession.expires_at > now())
    return bool(session.scalar(select(used)))


def of_officer(session: Session, officer_id: int) -> list[OfficerSession]:
    """An officer's sessions, the latest used first."""
    query = select(OfficerSession).where(
        OfficerSession.officer_id == officer_id, OfficerSession.expires_at > now()
    )
    return list(session.scalars(query.order_by(OfficerSession.seen_at.desc(), OfficerSession.id)))


def end(session: Session, session_id: int, officer_id: int, *, actor: str) -> bool:
    """End one session of an officer; False if they have none of that id."""
    found = session.scalars(
        select(OfficerSession).where(OfficerSession.id == session_id, OfficerSession.officer_id == officer_id)
    ).first()
    if found is None:
        return False
    session.delete(found)
    audit.record(session, actor, "officer.end_session", f"officer:{officer_id}")
    return True


def end_all(session: Session, officer_id: int, *, but: int | None = None) -> None:
    """End the sessions of an officer, except for one."""
    ended = delete(OfficerSession).where(OfficerSession.officer_id == officer_id)
    session.execute(ended if but is None else ended.where(OfficerSession.id != but))
