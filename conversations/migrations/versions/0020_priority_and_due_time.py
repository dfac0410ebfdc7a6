"""Cases have a priority and a due time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("case", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("case", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("case", "due_at")
    op.drop_column("case", "priority")
