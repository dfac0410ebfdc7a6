"""Units that officers and cases belong to, and notes among officers.

Columns with a foreign key are added by plain SQL that both databases know: Alembic's way on SQLite
would build `officer` and `case` anew, which the rows that refer to them forbid.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OFFICERS_UNITS = (
    "INSERT INTO unit (code, name, kind, active) "
    "SELECT 'DV-' || min(id), unit, 'department', true FROM officer WHERE unit IS NOT NULL GROUP BY unit"
)
_BELONG = "UPDATE officer SET unit_id = (SELECT unit.id FROM unit WHERE unit.name = officer.unit)"


def upgrade() -> None:
    """Add the tables; what was written as an officer's unit becomes one."""
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.UniqueConstraint("code", name="uq_unit_code"),
    )
    for table in ("officer", "case"):
        name = f"fk_{table}_unit_id_unit"
        op.execute(f'ALTER TABLE "{table}" ADD COLUMN unit_id INTEGER CONSTRAINT {name} REFERENCES unit (id)')
    op.execute(_OFFICERS_UNITS)
    op.execute(_BELONG)
    op.drop_column("officer", "unit")
    op.create_index("ix_case_unit_id", "case", ["unit_id"])
    op.create_table(
        "case_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_case_note_case_id_case"),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name="fk_case_note_officer_id_officer"),
        sa.PrimaryKeyConstraint("id", name="pk_case_note"),
    )
    op.create_index("ix_case_note_case_id", "case_note", ["case_id"])


def downgrade() -> None:
    """Take them away; officers keep the name of their unit."""
    op.drop_table("case_note")
    op.drop_index("ix_case_unit_id", "case")
    op.add_column("officer", sa.Column("unit", sa.String(120), nullable=True))
    op.execute("UPDATE officer SET unit = (SELECT unit.name FROM unit WHERE unit.id = officer.unit_id)")
    op.drop_column("officer", "unit_id")
    op.drop_column("case", "unit_id")
    op.drop_table("unit")
