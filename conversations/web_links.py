"""What became of the web addresses that documents name, when somebody last looked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from conversations.database import announce
from conversations.models import Base, now

TOPIC = "web_links"
GOOD = "good"
MAX_URL = 2_000
"""Characters; longer addresses are not looked at."""
NEVER = datetime.fromtimestamp(0, UTC)


class LinkCheck(Base):
    """One address."""

    __tablename__ = "link_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(MAX_URL), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    """good, gone, failing, unreachable."""
    status: Mapped[int | None]
    """Of HTTP, where there was an answer."""
    checked_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    """When it was first seen not to be good; None while it is."""


def due(session: Session, urls: Iterable[str], age: timedelta) -> list[str]:
    """Those of `urls` that nobody has looked at for `age`, the longest ago first."""
    seen = {row.url: row.checked_at for row in session.scalars(select(LinkCheck))}
    before = now() - age
    wanted = [url for url in dict.fromkeys(urls) if seen.get(url, NEVER) <= before and len(url) <= MAX_URL]
    return sorted(wanted, key=lambda url: seen.get(url, NEVER))


def note(session: Session, url: str, state: str, status: int | None) -> None:
    """Keep what was found at an address just now."""
    row = session.scalars(select(LinkCheck).where(LinkCheck.url == url)).first() or LinkCheck(url=url)
    row.state, row.status, row.checked_at = state, status, now()
    row.failing_since = None if state == GOOD else row.failing_since or now()
    session.add(row)


def bad(session: Session) -> list[LinkCheck]:
    """Addresses that are not good, those that fail for longest first."""
    query = select(LinkCheck).where(LinkCheck.state != GOOD)
    return list(session.scalars(query.order_by(LinkCheck.failing_since, LinkCheck.url)))


def last_look(session: Session) -> datetime | None:
    """When an address was looked at last."""
    return session.scalar(select(LinkCheck.checked_at).order_by(LinkCheck.checked_at.desc()).limit(1))


def look_again(session: Session, urls: Collection[str]) -> None:
    """Make addresses due at once, and wake up who looks."""
    session.execute(update(LinkCheck).where(LinkCheck.url.in_(urls)).values(checked_at=NEVER))
    announce(session, TOPIC)
