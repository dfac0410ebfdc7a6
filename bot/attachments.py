"""Files of conversations: where the settings keep them, and how they get there from a channel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from bot.settings import Settings
from connectors.object_stores import Bucket, folder_store
from connectors.remote_files import FetchFailed, RemoteFiles
from connectors.uploads import AttachmentStore, StoreUnavailable
from conversations import files, inbox
from conversations.database import Database
from conversations.inbox import Claimed
from conversations.messages import Attachment, Channel

TRIES = 3
"""Attempts at a message's files; after that the message goes on without them."""
PATIENCE = timedelta(hours=1)
"""A stored file that no message mentions is removed after so long."""

_log = structlog.get_logger()


def open_store(settings: Settings) -> AttachmentStore:
    """The bucket of ATTACHMENTS_URL, or a folder of DATA_DIR.

    Raises:
        ValueError: ATTACHMENTS_URL is no `s3://bucket`.
    """
    if not settings.attachments_url:
        return AttachmentStore(folder_store(settings.data_dir / "attachments"))
    secret = settings.s3_secret_key
    bucket = Bucket(
        settings.attachments_url,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        access_key=settings.s3_access_key,
        secret_key=secret.get_secret_value() if secret else None,
    )
    return AttachmentStore(bucket.open())


class Attachments:
    """Takes in the files of messages, and removes those that nobody mentions any more.

    Args:
        remote: the files of each channel that keeps them itself for a while.
    """

    def __init__(self, db: Database, store: AttachmentStore, remote: Mapping[Channel, RemoteFiles]) -> None:
        self._db = db
        self._store = store
        self._remote = remote

    async def take(self, claimed: Claimed) -> Claimed:
        """The message with the files of its channel in our own store.

        Raises:
            FetchFailed, StoreUnavailable: they cannot be had now, and there are attempts left.
        """
        channel = self._remote.get(claimed.channel)
        if channel is None:
            return claimed
        try:
            kept = [await channel.keep(one, self._store) for one in claimed.message.attachments]
        except (FetchFailed, StoreUnavailable) as error:
            if claimed.attempt < TRIES:
                raise
            _log.error("files_given_up", item=claimed.item_id, error=str(error))
            return claimed
        if kept == list(claimed.message.attachments):
            return claimed
        return await asyncio.to_thread(self._note, claimed, kept)

    def remove_unused(self) -> None:
        """Remove what belonged to messages that were erased.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        with self._db.session(read_only=True) as session:
            mentioned = files.in_use(session)
        self._store.remove_others(mentioned, PATIENCE)

    def _note(self, claimed: Claimed, attachments: Sequence[Attachment]) -> Claimed:
        with self._db.session() as session:
            return inbox.keep_attachments(session, claimed, attachments)
