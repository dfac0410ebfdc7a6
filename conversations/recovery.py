"""After a crash: what the process that is gone had under way is given out again at once."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, update

from conversations.database import Database
from conversations.models import InboxItem, OutboxItem


def free_claims(db: Database) -> int:
    """End every claim, instead of waiting for its lease to lapse; only for the sole process of a database.

    The attempts stay counted, so that a message which brings the process down is given up in the end.

    Returns:
        How many claims were ended.
    """
    with db.session() as session:
        ended = 0
        for table, status in ((InboxItem, "new"), (OutboxItem, "pending")):
            freed = session.execute(
                update(table).where(table.status == "claimed").values(status=status, claimed_until=None)
            )
            ended += cast("CursorResult[Any]", freed).rowcount
        return ended
