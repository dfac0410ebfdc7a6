"""Files that citizens attach: checked by content, stored by hash, so one file is kept once."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path

import filetype

from conversations.messages import Attachment

ACCEPTED = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/pdf": "pdf",
}
"""Media types that are kept, recognised by content, with the ending they are stored under."""

_ID = re.compile(r"[0-9a-f]{64}\.(?:" + "|".join(ACCEPTED.values()) + ")")


class WrongType(Exception):
    """The content is of no accepted type."""


FindFile = Callable[[str], Path | None]
"""Where the stored file of an id lies, or None; `AttachmentStore.path` is one."""


def no_files(file_id: str) -> Path | None:
    """Finds nothing, for a channel that has no store."""
    return None


class AttachmentStore:
    """A folder of files named `<sha256>.<ending>`, two levels deep."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, content: bytes, name: str | None) -> Attachment:
        """Keep a file; `remote_id` of the result names it here.

        Raises:
            WrongType: its content is of no accepted type.
        """
        media_type = filetype.guess_mime(content)
        if media_type not in ACCEPTED:
            raise WrongType
        file_id = f"{hashlib.sha256(content).hexdigest()}.{ACCEPTED[media_type]}"
        path = self._path(file_id)
        if path.exists():
            os.utime(path)  # as new for `remove_others`
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
                part.write(content)
            os.replace(part.name, path)
        return self._attachment(file_id, len(content), name)

    def find(self, file_id: str, name: str | None = None) -> Attachment | None:
        """The stored file of that id, or None."""
        path = self.path(file_id)
        return self._attachment(file_id, path.stat().st_size, name) if path else None

    def path(self, file_id: str) -> Path | None:
        """Where the file of that id lies, or None when there is none."""
        if not _ID.fullmatch(file_id):
            return None
        path = self._path(file_id)
        return path if path.is_file() else None

    def remove_others(self, in_use: Collection[str], older_than: timedelta) -> int:
        """Remove files that nobody mentions; those stored lately may belong to a message on its way.

        Returns:
            How many were removed.
        """
        cutoff = time.time() - older_than.total_seconds()
        unused = [
            path
            for path in self._folder.glob("*/*")
            if path.name not in in_use and path.is_file() and path.stat().st_mtime < cutoff
        ]
        for path in unused:
            path.unlink()
        return len(unused)

    def _path(self, file_id: str) -> Path:
        return self._folder / file_id[:2] / file_id

    @staticmethod
    def _attachment(file_id: str, size: int, name: str | None) -> Attachment:
        ending = file_id.rpartition(".")[2]
        media_type = next(kind for kind, known in ACCEPTED.items() if known == ending)
        return Attachment(
            kind="image" if media_type.startswith("image/") else "file",
            remote_id=file_id,
            name=name,
            media_type=media_type,
            size=size,
        )
