"""Takes the files that citizens attach from Telegram, which keeps them only for a while."""

from __future__ import annotations

import asyncio

import structlog
from telegram import Bot
from telegram.error import TelegramError

from connectors.limits import MAX_FILE
from connectors.uploads import AttachmentStore, WrongType
from conversations.messages import Attachment

_KEPT = ("image", "file")

_log = structlog.get_logger(__name__)


class TelegramFiles:
    """The files of one bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def keep(self, attachment: Attachment, store: AttachmentStore) -> Attachment:
        """The attachment as it is stored here; unchanged where its kind, size or type is not kept;
        a failure is logged, since the message matters more than its file.
        """
        file_id = attachment.remote_id
        if attachment.kind not in _KEPT or not file_id or store.path(file_id):
            return attachment
        if (attachment.size or 0) > MAX_FILE:
            return attachment
        try:
            file = await self._bot.get_file(file_id)
            content = bytes(await file.download_as_bytearray())
            if len(content) > MAX_FILE:
                return attachment
            return await asyncio.to_thread(store.save, content, attachment.name)
        except WrongType:
            _log.info("telegram_file_of_no_kept_type", media_type=attachment.media_type)
        except TelegramError as error:
            _log.warning("telegram_file_failed", error=repr(error))
        return attachment
