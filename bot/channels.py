"""The chat channels that the settings switch on: Telegram with its token, Zalo with its app id."""

from __future__ import annotations

import hashlib
from typing import Protocol

from pydantic import SecretStr
from starlette.routing import BaseRoute

from bot.settings import Settings
from connectors.remote_files import RemoteFiles
from connectors.telegram import WEBHOOK_PATH, TelegramChannel, Webhook
from connectors.uploads import ReadFile
from connectors.zalo import ZaloChannel
from connectors.zalo_oauth import ZaloOAuth
from connectors.zalo_signature import Signer
from conversations.courier import Sender
from conversations.database import Database
from conversations.journal import Journal


class ChatChannel(Protocol):
    """What the app asks of a channel."""

    @property
    def journal(self) -> Journal:
        """Where its events are kept first."""

    @property
    def sender(self) -> Sender: ...

    @property
    def files(self) -> RemoteFiles:
        """What its citizens attach."""

    def routes(self) -> list[BaseRoute]:
        """Its webhook, if any."""

    async def run(self) -> None:
        """What it does beside the requests, until cancelled."""

    async def close(self) -> None:
        """Close its connections, when nothing is sent any more."""


def open_channels(
    db: Database, settings: Settings, secret_key: str, *, read_file: ReadFile
) -> list[ChatChannel]:
    """One channel for each that is set up.

    Args:
        secret_key: the app's; Telegram's webhook secret is derived from it if none is set, and Zalo's
            tokens are sealed with it.
        read_file: for files that are sent.

    Raises:
        ValueError: a channel is set up by half.
    """
    channels: list[ChatChannel] = []
    if settings.telegram_token:
        channels.append(_telegram(db, settings, secret_key, read_file))
    if settings.zalo_app_id:
        channels.append(_zalo(db, settings, secret_key, read_file))
    return channels


def _telegram(db: Database, settings: Settings, secret_key: str, read_file: ReadFile) -> TelegramChannel:
    webhook = None
    if settings.telegram_mode == "webhook":
        derived = hashlib.sha256(f"telegram webhook {secret_key}".encode()).hexdigest()
        secret = _value(settings.telegram_webhook_secret) or derived
        webhook = Webhook(settings.base_url + WEBHOOK_PATH, secret)
    return TelegramChannel(
        db,
        token=_value(settings.telegram_token),
        webhook=webhook,
        api_url=settings.telegram_api_url,
        read_file=read_file,
    )


def _zalo(db: Database, settings: Settings, secret_key: str, read_file: ReadFile) -> ZaloChannel:
    app_id, app_secret = settings.zalo_app_id or "", _value(settings.zalo_app_secret)
    if not app_secret:
        raise ValueError("ZALO_APP_ID is set, ZALO_APP_SECRET is not")
    first, other = app_id, settings.zalo_oa_id
    if settings.zalo_signature_id == "oa_id":
        if not settings.zalo_oa_id:
            raise ValueError("ZALO_SIGNATURE_ID is oa_id, ZALO_OA_ID is not set")
        first, other = settings.zalo_oa_id, app_id
    signer = Signer(first, _value(settings.zalo_oa_secret) or app_secret, other)
    oauth = ZaloOAuth(url=settings.zalo_oauth_url, app_id=app_id, app_secret=app_secret)
    return ZaloChannel(
        db,
        signer=signer,
        oauth=oauth,
        secret_key=secret_key,
        base_url=settings.base_url,
        oa_id=settings.zalo_oa_id,
        api_url=settings.zalo_api_url,
        template_id=settings.zalo_template_id,
        read_file=read_file,
        contact_image=settings.zalo_contact_image,
        verifier=settings.zalo_verifier_file,
    )


def _value(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
