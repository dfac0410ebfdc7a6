"""Channels that one human has linked, and the codes that link them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the group and the codes."""
    op.add_column("person", sa.Column("linked_group", sa.String(32), nullable=True))
    op.create_index("ix_person_linked_group", "person", ["linked_group"])
    op.create_table(
        "link_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_link_code_conversation_id_conversation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_link_code"),
        sa.UniqueConstraint("conversation_id", name="uq_link_code_conversation_id"),
        sa.UniqueConstraint("digest", name="uq_link_code_digest"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("link_code")
    op.drop_index("ix_person_linked_group", "person")
    op.drop_column("person", "linked_group")
