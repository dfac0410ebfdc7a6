"""The files that citizens attach on Telegram."""

from __future__ import annotations

from telegram import Bot
from telegram.error import BadRequest, TelegramError

from connectors.remote_files import FetchFailed, NotGiven, RemoteFiles
from conversations.messages import Attachment


class TelegramFiles(RemoteFiles):
    """The files of one bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def _fetch(self, attachment: Attachment) -> bytes | None:
        if not attachment.remote_id:
            return None
        try:
            file = await self._bot.get_file(attachment.remote_id)
            return bytes(await file.download_as_bytearray())
        except BadRequest as error:  # expired, or larger than bots may have
            raise NotGiven(repr(error)) from error
        except TelegramError as error:
            raise FetchFailed(repr(error)) from error
