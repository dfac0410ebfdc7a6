"""Who follows which news, and who had which announcement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    for name, column, length in (("subscription", "topic", 80), ("announced", "announcement", 120)):
        more: list[sa.Column[bool]] = (
            [sa.Column("active", sa.Boolean(), nullable=False)] if name == "subscription" else []
        )
        op.create_table(
            name,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("conversation_id", sa.Integer(), nullable=False),
            sa.Column(column, sa.String(length), nullable=False),
            *more,
            sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
            sa.ForeignKeyConstraint(
                ["conversation_id"], ["conversation.id"], name=f"fk_{name}_conversation_id_conversation"
            ),
            sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
            sa.UniqueConstraint("conversation_id", column, name=f"uq_{name}_conversation_id"),
        )
        op.create_index(f"ix_{name}_{column}", name, [column])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("announced")
    op.drop_table("subscription")
