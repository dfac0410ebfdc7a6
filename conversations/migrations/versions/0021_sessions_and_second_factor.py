"""Sessions of officers on the server, and their second factor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the columns."""
    op.create_table(
        "officer_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_officer_session_officer_id_officer"),
        sa.PrimaryKeyConstraint("id", name="pk_officer_session"),
        sa.UniqueConstraint("key", name="uq_officer_session_key"),
    )
    op.create_index("ix_officer_session_officer_id", "officer_session", ["officer_id"])
    op.create_index("ix_officer_session_expires_at", "officer_session", ["expires_at"])
    op.add_column("officer", sa.Column("totp_secret", sa.String(300), nullable=True))
    op.add_column("officer", sa.Column("totp_step", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("officer", sa.Column("recovery_codes", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Take them away."""
    for column in ("recovery_codes", "totp_step", "totp_secret"):
        op.drop_column("officer", column)
    op.drop_table("officer_session")
