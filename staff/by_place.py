"""Where feedback comes from: open cases by commune, as tiles that are darker the more there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from conversations.models import Case, Unit, now

SHADES = 4
"""Levels of darkness."""


@dataclass(frozen=True)
class Tile:
    """One commune or department, or (None) cases whose place is not known."""

    unit: Unit | None
    count: int
    overdue: int
    shade: int
    """1 to `SHADES`."""


def tiles(session: Session, cases: Select[Case]) -> Sequence[Tile]:
    """A tile for each unit that some of these cases belong to, those with most first; in two queries."""
    chosen = cases.order_by(None).with_only_columns(Case.id)
    late = func.count().filter(Case.status != "closed", Case.due_at < now())
    query = select(Case.unit_id, func.count(), late).where(Case.id.in_(chosen)).group_by(Case.unit_id)
    found = session.execute(query).all()
    named = session.scalars(select(Unit).where(Unit.id.in_([id for id, _, _ in found if id is not None])))
    units: dict[int | None, Unit] = {unit.id: unit for unit in named}
    most = max((count for _, count, _ in found), default=1)
    shown = [Tile(units.get(id), count, overdue, -(-SHADES * count // most)) for id, count, overdue in found]
    return sorted(
        shown, key=lambda tile: (tile.unit is None, -tile.count, tile.unit.name if tile.unit else "")
    )
