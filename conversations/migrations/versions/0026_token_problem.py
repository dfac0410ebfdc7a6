"""Why a channel's tokens could not be renewed, for the administrators' page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Tokens stored in clear are sealed by the app, which has the key."""
    op.add_column("channel_token", sa.Column("problem", sa.String(200), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("channel_token", "problem")
