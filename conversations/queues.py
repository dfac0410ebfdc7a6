"""What inbox and outbox have in common: who may claim the next item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from conversations.models import InboxItem, OutboxItem, now

Item = TypeVar("Item", InboxItem, OutboxItem)


def next_claimable(item: type[Item], unfinished: Sequence[str], *also: ColumnElement[bool]) -> Select[Item]:
    """The oldest item to claim, locked for whoever asks: unfinished, not claimed, not resting.

    Only the first of a conversation qualifies, and it stays the first until it is finished, so two
    workers cannot hold two items of one conversation even when they look at the same moment.

    Args:
        unfinished: statuses of what is still to do; those of the table's partial index.
        also: what else must be so.
    """
    earlier = aliased(item)
    has_earlier = (
        select(earlier.id)
        .where(
            earlier.conversation_id == item.conversation_id,
            earlier.id < item.id,
            _one_of(earlier.status, unfinished),
        )
        .exists()
    )
    is_free = item.claimed_until.is_(None) | (item.claimed_until <= now())
    return (
        select(item)
        .where(_one_of(item.status, unfinished), is_free, ~has_earlier, *also)
        .order_by(item.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _one_of(column: InstrumentedAttribute[str], values: Sequence[str]) -> ColumnElement[bool]:
    """`column IN values`, written into the statement so that a partial index can serve it."""
    return column.in_(bindparam(None, list(values), expanding=True, literal_execute=True))
