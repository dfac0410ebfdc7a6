"""Files that citizens attach: checked by content, stored by hash, so one file is kept once."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta

import filetype
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from conversations.messages import STORED, Attachment
from conversations.models import now

ACCEPTED = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/pdf": "pdf",
}
"""Media types that are kept, recognised by content, with the ending they are stored under."""

_PROBE = "probe"


class WrongType(Exception):
    """The content is of no accepted type."""


class StoreUnavailable(OSError):
    """The place where the files lie does not answer, or refuses us; worth a retry."""


ReadFile = Callable[[str], bytes | None]
"""The stored file of an id, or None; blocks, may raise `StoreUnavailable`; `AttachmentStore.read` is one."""


def no_files(file_id: str) -> bytes | None:
    """Finds nothing, for a channel that has no store."""
    return None


class AttachmentStore:
    """Files named `<sha256>.<ending>`, below the first two letters of their name.

    Every method blocks and raises `StoreUnavailable` when the place does not answer.

    Args:
        place: a folder or a bucket, see `object_stores`.
    """

    def __init__(self, place: ObjectStore) -> None:
        self._place = place

    def check(self) -> None:
        """Try to write and to remove something."""
        with _told_as_unavailable(FileNotFoundError):
            self._place.put(_PROBE, b"")
            self._place.delete(_PROBE)

    def save(self, content: bytes, name: str | None) -> Attachment:
        """Keep a file; `remote_id` of the result names it here. What is there already is as new again.

        Raises:
            WrongType: its content is of no accepted type.
        """
        media_type = filetype.guess_mime(content)
        if media_type not in ACCEPTED:
            raise WrongType
        file_id = f"{hashlib.sha256(content).hexdigest()}.{ACCEPTED[media_type]}"
        with _told_as_unavailable(FileNotFoundError):  # there is no such bucket
            self._place.put(_path(file_id), content)
        return _attachment(file_id, len(content), name)

    def find(self, file_id: str, name: str | None = None) -> Attachment | None:
        """The stored file of that id, or None."""
        if not STORED.fullmatch(file_id):
            return None
        try:
            with _told_as_unavailable():
                found = self._place.head(_path(file_id))
        except FileNotFoundError:
            return None
        return _attachment(file_id, found["size"], name)

    def read(self, file_id: str) -> bytes | None:
        """The content of the file of that id, or None when there is none."""
        if not STORED.fullmatch(file_id):
            return None
        try:
            with _told_as_unavailable():
                return bytes(self._place.get(_path(file_id)).bytes())
        except FileNotFoundError:
            return None

    def remove_others(self, in_use: Collection[str], older_than: timedelta) -> int:
        """Remove files that nobody mentions; those stored lately may belong to a message on its way.

        Returns:
            How many were removed.
        """
        cutoff = now() - older_than
        with _told_as_unavailable(FileNotFoundError):
            unused = [
                one["path"]
                for batch in self._place.list()
                for one in batch
                if one["path"].rpartition("/")[2] not in in_use and one["last_modified"] < cutoff
            ]
            if unused:
                self._place.delete(unused)
        return len(unused)


@contextlib.contextmanager
def _told_as_unavailable(more: type[Exception] = BaseError) -> Iterator[None]:
    try:
        yield
    except (BaseError, more) as error:
        raise StoreUnavailable(type(error).__name__) from error


def _path(file_id: str) -> str:
    return f"{file_id[:2]}/{file_id}"


def _attachment(file_id: str, size: int, name: str | None) -> Attachment:
    media_type = media_type_of(file_id)
    return Attachment(
        kind="image" if media_type.startswith("image/") else "file",
        remote_id=file_id,
        name=name,
        media_type=media_type,
        size=size,
    )


def media_type_of(file_id: str) -> str:
    """The media type that a stored file's ending stands for."""
    ending = file_id.rpartition(".")[2]
    return next(kind for kind, known in ACCEPTED.items() if known == ending)
