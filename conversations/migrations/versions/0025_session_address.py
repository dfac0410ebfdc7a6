"""An officer's session shows where it was begun from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "officer_session", sa.Column("address", sa.String(length=45), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_column("officer_session", "address")
