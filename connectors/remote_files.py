"""Takes the files that citizens attach from a channel, which keeps them only for a while."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

import structlog

from connectors.limits import MAX_FILE
from connectors.uploads import AttachmentStore, WrongType
from conversations.messages import Attachment

_KEPT = ("image", "file")

_log = structlog.get_logger(__name__)


class FetchFailed(Exception):
    """The channel did not give a file this time; worth a retry."""


class NotGiven(Exception):
    """The channel will not give this file at all."""


class RemoteFiles(ABC):
    """The files of one channel."""

    async def keep(self, attachment: Attachment, store: AttachmentStore) -> Attachment:
        """The attachment as it is stored here; unchanged where its kind, size or type is not kept, or it is
        gone for good: the message matters more than its file.

        Raises:
            FetchFailed, StoreUnavailable: it cannot be had, or kept, this time.
        """
        if attachment.kind not in _KEPT or (attachment.size or 0) > MAX_FILE:
            return attachment
        if await asyncio.to_thread(store.find, attachment.remote_id or "") is not None:
            return attachment
        try:
            content = await self._fetch(attachment)
            if content is None or len(content) > MAX_FILE:
                return attachment
            return await asyncio.to_thread(store.save, content, attachment.name)
        except WrongType:
            _log.info("file_of_no_kept_type", media_type=attachment.media_type)
        except NotGiven as error:
            _log.warning("file_not_given", error=str(error))
        return attachment

    @abstractmethod
    async def _fetch(self, attachment: Attachment) -> bytes | None:
        """The content; None where there is nothing to fetch.

        Raises:
            FetchFailed: it cannot be had this time.
            NotGiven: it cannot be had at all.
        """
