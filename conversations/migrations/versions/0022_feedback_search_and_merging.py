"""Feedback is searched without diacritics, and duplicates are merged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from conversations.folding import fold

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what is there already is folded."""
    op.add_column("case", sa.Column("folded", sa.Text(), nullable=False, server_default=""))
    name = "fk_case_merged_into_case"
    op.execute(f'ALTER TABLE "case" ADD COLUMN merged_into INTEGER CONSTRAINT {name} REFERENCES "case" (id)')
    op.create_index("ix_case_merged_into", "case", ["merged_into"])
    case = sa.table("case", sa.column("id"), sa.column("content"), sa.column("place"), sa.column("folded"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(case.c.id, case.c.content, case.c.place)).all():
        folded = fold(f"{row.content} {row.place or ''}")
        connection.execute(sa.update(case).where(case.c.id == row.id).values(folded=folded))


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_case_merged_into", "case")
    op.drop_column("case", "merged_into")
    op.drop_column("case", "folded")
