"""SQLite files that are new for each test, behind one engine: compiling statements is what costs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conversations.database import Database


class Copies:
    """Copies of a template, always at the same path.

    Args:
        folder: of the session, empty.
    """

    def __init__(self, template: Path, folder: Path) -> None:
        self._template = template
        self._path = folder / "test.db"
        self.url = f"sqlite:///{self._path}"
        self._database = Database(self.url)

    @contextmanager
    def fresh(self) -> Iterator[Database]:
        """The database as the template has it; nobody else may use it meanwhile."""
        for path in self._path.parent.glob(f"{self._path.name}*"):
            path.unlink()
        shutil.copy(self._template, self._path)
        self._database.listeners.clear()
        yield self._database
        self._database.close()


def migrated(folder: Path) -> Path:
    """A new file with the newest tables, and nothing in them."""
    path = folder / "template.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path
