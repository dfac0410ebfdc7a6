"""Versions of documents, sayings of citizens, and questions that editors have seen to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "document_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("batch", sa.String(100), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        *_people("document_version"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_document_version"),
    )
    op.create_index("ix_document_version_batch", "document_version", ["batch"])
    op.create_index(
        "ix_document_version_live",
        "document_version",
        ["document_id"],
        unique=True,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_table(
        "saying",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(160), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        *_people("saying"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saying"),
    )
    for table in ("document_version", "saying"):
        op.create_index(f"ix_{table}_document_id", table, ["document_id"])
        op.create_index(f"ix_{table}_state", table, ["state"])
    op.create_table(
        "settled_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folded", sa.String(300), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name="fk_settled_question_officer_id_officer"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_settled_question"),
        sa.UniqueConstraint("folded", name="uq_settled_question_folded"),
    )


def downgrade() -> None:
    """Take them away."""
    for table in ("settled_question", "saying", "document_version"):
        op.drop_table(table)


def _people(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint([name], ["officer.id"], name=f"fk_{table}_{name}_officer")
            for name in ("author_id", "reviewer_id")
        ),
    ]
