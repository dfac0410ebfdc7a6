"""Alembic's entry: on the connection that `Database.migrate` passes, or on `-x url=…` from a shell."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from conversations import editorial, tally, web_links  # noqa: F401  their tables belong to the metadata
from conversations.database import Database
from conversations.models import Base


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        user_module_prefix="models.",
    )
    with context.begin_transaction():
        context.run_migrations()


_given = context.config.attributes.get("connection")
if _given is not None:
    _run(_given)
else:
    _database = Database(context.get_x_argument(as_dictionary=True)["url"])
    with _database.engine.begin() as _connection:
        _run(_connection)
