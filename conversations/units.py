"""Communes and departments: whose business a case is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from conversations import audit
from conversations.models import Unit

KINDS = ("commune", "department")


class UnitRow(NamedTuple):
    """A unit to have."""

    code: str
    name: str
    kind: str = "commune"


def seed(session: Session, rows: Iterable[UnitRow], *, actor: str = "system") -> int:
    """Add the units that are missing and rename those whose name has changed; how many."""
    existing = {unit.code: unit for unit in session.scalars(select(Unit))}
    changed = 0
    for row in rows:
        unit = existing.get(row.code)
        if unit is None:
            session.add(Unit(**row._asdict()))
        elif unit.name != row.name:
            unit.name = row.name
        else:
            continue
        changed += 1
    if changed:
        audit.record(session, actor, "unit.seed", "unit", {"shown": changed})
    session.flush()
    return changed


def by_code(session: Session, code: str) -> Unit | None:
    """The active unit with that code."""
    return session.scalars(select(Unit).where(Unit.code == code, Unit.active)).first()


def active(session: Session) -> list[Unit]:
    """Units that cases may go to: departments, then communes, each by name."""
    query = select(Unit).where(Unit.active).order_by(Unit.kind.desc(), Unit.name)
    return list(session.scalars(query))
