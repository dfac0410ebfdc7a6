"""The Zalo channel: signed events go to the inbox, answers out by its sender, silence when officers write."""

from __future__ import annotations

import asyncio
import unicodedata
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors import choices
from connectors.base import Refusal, parse_object, refusing
from connectors.chat_texts import say
from connectors.limits import TooLarge, read_body
from connectors.uploads import ReadFile, no_files
from connectors.zalo_api import ZaloApi
from connectors.zalo_consent import ZaloConsent
from connectors.zalo_events import BadEvent, OfficerSpoke, is_unknown, read_event
from connectors.zalo_files import ZaloFiles
from connectors.zalo_oauth import ZaloOAuth
from connectors.zalo_sender import BUTTON_PREFIX, ZaloSender, render
from connectors.zalo_signature import HEADER, BadSignature, Signer
from connectors.zalo_tokens import ZaloTokens
from connectors.zalo_verifier import verifier_route
from conversations import handoffs, inbox
from conversations.database import Database, insert_new
from conversations.history import recent_messages
from conversations.journal import Journal
from conversations.messages import Channel, InboundMessage, OutboundMessage, Sender
from conversations.models import Conversation, InboxItem, Person, now

WEBHOOK_PATH = "/zalo/webhook"
CONSENT_PATH = "/staff/controls/zalo/back"
"""Page of the console that takes a consent."""
MAX_EVENT = 256 * 1024
"""Bytes of an event."""
_ECHO_LOOK_BACK = 30
"""Messages of ours that an echo may repeat."""

_log = structlog.get_logger(__name__)


class ZaloChannel:
    """One Official Account.

    Args:
        signer: checks the webhook's signatures.
        oauth: for consent and refresh.
        api_url: of the OpenAPI.
        secret_key: the app's; seals the tokens.
        base_url: public address of the app, where the webhook and the console are.
        oa_id: the account; any that consents if left out.
        template_id: for contact after the 7-day window; see `ZaloSender`.
        read_file: for files that are sent.
        contact_image: see `ZaloSender`.
        verifier: the file by which Zalo knows the domain.

    Raises:
        ValueError: the verifier is no such file.
    """

    def __init__(
        self,
        db: Database,
        *,
        signer: Signer,
        oauth: ZaloOAuth,
        secret_key: str,
        base_url: str,
        oa_id: str | None = None,
        api_url: str = "https://openapi.zalo.me",
        template_id: str | None = None,
        read_file: ReadFile = no_files,
        contact_image: str | None = None,
        verifier: Path | None = None,
    ) -> None:
        self.journal = Journal(db, Channel.ZALO, _take)
        self._signer = signer
        self.oauth = oauth
        self.tokens = ZaloTokens(db, oauth, secret_key=secret_key)
        self.consent = ZaloConsent(
            oauth, self.tokens, secret_key=secret_key, back=base_url + CONSENT_PATH, oa_id=oa_id
        )
        self._verifier = [verifier_route(verifier)] if verifier else []
        self._api = ZaloApi(api_url, self.tokens)
        self.sender = ZaloSender(
            self._api, template_id=template_id, read_file=read_file, contact_image=contact_image
        )
        self.files = ZaloFiles(api_url)

    def routes(self) -> list[BaseRoute]:
        """The webhook, and the verifier if there is one."""
        return [Route(WEBHOOK_PATH, refusing(self._receive), methods=["POST"]), *self._verifier]

    async def run(self) -> None:
        """Take what comes in, and keep the token fresh, until cancelled."""
        await asyncio.gather(self.journal.run(), self.tokens.run())

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.gather(self._api.close(), self.oauth.close(), self.files.close())

    async def _receive(self, request: Request) -> Response:
        try:
            raw = await read_body(request, MAX_EVENT)
        except TooLarge:
            raise Refusal(413, "too_long") from None
        event = parse_object(raw)
        self._check(request.headers.get(HEADER), raw, event)
        try:
            meaning = read_event(event, raw)
        except (BadEvent, ValueError) as error:
            _log.warning("zalo_event_bad", kind=str(event.get("event_name"))[:50], reason=str(error))
            raise Refusal(400, "bad_message") from None
        if meaning is not None:
            await self.journal.append(raw)
        elif is_unknown(event):
            _log.warning("zalo_event_unknown", kind=event["event_name"][:50])
        return JSONResponse({})

    def _check(self, given: str | None, raw: bytes, event: dict[str, Any]) -> None:
        try:
            self._signer.check(given, raw, str(event.get("timestamp", "")))
        except BadSignature as error:
            _log.warning("zalo_signature_refused", reason=str(error))
            raise Refusal(403 if given else 401, "wrong_signature") from None


def _take(session: Session, raw: bytes) -> None:
    match read_event(parse_object(raw), raw):
        case InboundMessage() as inbound:
            inbox.receive(session, _with_choice(session, inbound))
        case OfficerSpoke() as spoke:
            _officer_spoke(session, spoke)


def _with_choice(session: Session, inbound: InboundMessage) -> InboundMessage:
    """With the payload of the button that was pressed, or of the number that stands for it."""
    user, text = inbound.external_user_id, inbound.text.strip()
    if text.startswith(BUTTON_PREFIX):
        choice = choices.offered(session, Channel.ZALO, user, text.removeprefix(BUTTON_PREFIX))
    else:
        choice = choices.numbered(session, Channel.ZALO, user, text)
    if choice is None:
        return inbound
    return inbound.model_copy(update={"text": choice.title, "payload": choice.payload})


def _officer_spoke(session: Session, spoke: OfficerSpoke) -> None:
    """Give the floor to the officer, unless it is an echo, a repeat, or nobody ever wrote to us."""
    query = select(Conversation.id).join(Person, Conversation.person_id == Person.id)
    conversation_id = session.scalar(
        query.where(Person.channel == Channel.ZALO, Person.external_id == spoke.external_user_id)
    )
    if conversation_id is None or (not spoke.certain and _is_echo(session, conversation_id, spoke.text)):
        return
    is_new = insert_new(
        session,
        InboxItem,
        channel=Channel.ZALO.value,
        event_id=f"oa:{spoke.event_id}",
        conversation_id=conversation_id,
        body={},
        status="done",
        received_at=now(),
    )
    if is_new:
        handoffs.answered_elsewhere(session, conversation_id, spoke.text or say("officer_file"))


def _is_echo(session: Session, conversation_id: int, text: str) -> bool:
    """Whether we said that ourselves lately; Zalo reports our own messages too."""
    heard = _squeezed(text)
    for said in recent_messages(session, conversation_id, limit=_ECHO_LOOK_BACK):
        if said.sender != Sender.CITIZEN:
            parts = render(OutboundMessage.model_validate(said.body))
            if any(_squeezed(part.text) == heard for part in parts):
                return True
    return False


def _squeezed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
