"""Daily counts for the figures that leaders see."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(20), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tally"),
        sa.UniqueConstraint("day", "measure", "channel", "name", name="uq_tally_day"),
    )
    op.create_index("ix_tally_measure_day", "tally", ["measure", "day"])
    op.create_table(
        "tally_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tally_day"),
        sa.UniqueConstraint("day", name="uq_tally_day_day"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("tally_day")
    op.drop_table("tally")
