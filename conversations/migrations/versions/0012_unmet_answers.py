"""Which answers did not help, so that editors find the questions without reading every message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; days are counted anew, which fills it."""
    op.create_table(
        "unmet_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(20), nullable=False),
        sa.Column("guess", sa.String(160), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unmet_answer"),
    )
    op.create_index("ix_unmet_answer_created_at", "unmet_answer", ["created_at"])
    op.execute("DELETE FROM tally_day")


def downgrade() -> None:
    """Take it away."""
    op.drop_table("unmet_answer")
