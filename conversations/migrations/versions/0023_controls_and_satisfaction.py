"""Settings that administrators change while the app runs, and what citizens thought of an officer's help."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column."""
    op.create_table(
        "setting",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )
    op.add_column("case", sa.Column("satisfied", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("case", "satisfied")
    op.drop_table("setting")
