"""The only one that talks to Rasa: gives it a citizen's message, takes the answers.

When Rasa does not answer, the app answers by retrieval alone and offers an officer.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import structlog
import yaml
from pydantic import ValidationError

from actions import answering
from actions.buttons import human
from actions.question import is_danger
from actions.service import hand_over
from actions.texts import say
from actions.turn import Services, Turn, message
from bot.choosing import chosen
from connectors.base import ssl_context
from conversations import waiting
from conversations.history import recent_messages
from conversations.inbox import Claimed
from conversations.messages import AnswerStatus, Floor, OutboundMessage, Sender
from conversations.models import now
from nlu.fields import FieldModel

_COMMAND = re.compile(r"/([a-z_]+)(\{.*\})?", re.DOTALL)
_HUMAN = human()

_log = structlog.get_logger()


class RasaUnavailable(Exception):
    """Rasa is down or too slow."""


class ActionFailed(Exception):
    """Rasa answered with nothing: an action of ours failed."""


class Dialogue:
    """Answers messages through Rasa.

    Args:
        rasa_url: address of the Rasa server.
        services: for the answers without Rasa, and to look up the choices offered last.
        timeout: seconds for one answer.
    """

    def __init__(self, rasa_url: str, services: Services, *, timeout: float) -> None:
        self._client = httpx.AsyncClient(base_url=rasa_url, timeout=timeout, verify=ssl_context())
        self._services = services
        self._fields = FieldModel()

    async def close(self) -> None:
        """Close the connections to Rasa."""
        await self._client.aclose()

    async def answer(self, claimed: Claimed, *, as_of: date | None = None) -> list[OutboundMessage]:
        """The replies to one message of a citizen; at least one."""
        text = await asyncio.to_thread(self.words_for_rasa, claimed)
        if not text:
            return [message(say("answer.empty"), AnswerStatus.CLARIFICATION)]
        metadata = {
            "text": text,
            "failures": claimed.failures,
            "attachments": [one.model_dump(mode="json") for one in claimed.message.attachments],
            "as_of": as_of.isoformat() if as_of else None,
            "pressed_in": claimed.message.pressed_in,
        }
        try:
            return await self._ask_rasa(claimed.dialogue_sender_id, text, metadata)
        except ActionFailed:
            _log.error("action_failed", conversation=claimed.conversation_id)
            return [message(say("caution.failed"), AnswerStatus.ERROR, choices=(_HUMAN,))]
        except RasaUnavailable as error:
            _log.warning("rasa_unavailable", reason=str(error))
            return await asyncio.to_thread(self._without_rasa, text, claimed, as_of)

    async def while_waiting(self, claimed: Claimed) -> list[OutboundMessage]:
        """What to say although the floor is an officer's: nothing, unless someone is in danger, or nobody
        is at work to read it.
        """
        if not is_danger(claimed.message.text):
            return await asyncio.to_thread(self._message_left, claimed)
        await asyncio.to_thread(hand_over, self._services, claimed.conversation_id, "urgent")
        return [message(say("handoff.urgent"), AnswerStatus.HANDOFF)]

    def _message_left(self, claimed: Claimed) -> list[OutboundMessage]:
        """Confirms, outside of working hours, that a message is kept for the officer."""
        if claimed.floor != Floor.WAITING or self._services.calendar.is_open(now()):
            return []
        with self._services.db.session() as session:
            kept = waiting.message_left(session, claimed.conversation_id)
        return [kept] if kept else []

    async def _ask_rasa(self, sender: str, text: str, metadata: dict[str, Any]) -> list[OutboundMessage]:
        body = {"sender": sender, "message": text, "metadata": metadata}
        try:
            response = await self._client.post("/webhooks/rest/webhook", json=body)
            response.raise_for_status()
            replies = [OutboundMessage.model_validate(reply["custom"]) for reply in response.json()]
        except (httpx.HTTPError, ValueError, KeyError, ValidationError) as error:
            raise RasaUnavailable(repr(error)) from error
        if not replies:
            raise ActionFailed
        return replies

    def words_for_rasa(self, claimed: Claimed) -> str:
        """What Rasa is given: a known command of a button, or words that it cannot take for one."""
        inbound = self.with_choice(claimed).message
        if inbound.payload:
            return _checked(inbound.payload)
        text = inbound.text.strip().lstrip("/").strip()
        if not text:
            return "/send_attachment" if inbound.attachments else ""
        return text

    def with_choice(self, claimed: Claimed) -> Claimed:
        """With the payload of the choice offered last that the words stand for: "2", "cái thứ hai"."""
        inbound = claimed.message
        if inbound.payload or not inbound.text.strip():
            return claimed
        offered = self._last_answer(claimed.conversation_id)
        choice = chosen(inbound.text, offered) if offered else None
        if choice is None:
            return claimed
        return replace(claimed, message=inbound.model_copy(update={"payload": choice.payload}))

    def _last_answer(self, conversation_id: int) -> OutboundMessage | None:
        with self._services.db.session(read_only=True) as session:
            for said in reversed(recent_messages(session, conversation_id, limit=10)):
                if said.sender == Sender.BOT:
                    return OutboundMessage.model_validate(said.body)
        return None

    def _without_rasa(self, text: str, claimed: Claimed, as_of: date | None) -> list[OutboundMessage]:
        if text == _HUMAN.payload:
            return [hand_over(self._services, claimed.conversation_id, "requested")]
        if text.startswith("/"):
            return [message(say("caution.busy"), AnswerStatus.ERROR, choices=(_HUMAN,))]
        turn = Turn(
            text=text,
            intent="",
            confidence=0.0,
            entities=tuple(
                {"entity": "field", "value": asked.field, "start": asked.start, "end": asked.end}
                for asked in self._fields.asked(text)
            ),
            as_of=as_of or self._services.today(),
            conversation_id=claimed.conversation_id,
            failures=claimed.failures,
            attachments=(),
            slots={},
        )
        reply = answering.answer(turn, self._services).messages[-1]
        choices = reply.choices if _HUMAN in reply.choices else (*reply.choices, _HUMAN)
        text = f"{reply.text}\n\n{say('caution.degraded')}"
        return [reply.model_copy(update={"text": text, "choices": choices})]


def _checked(payload: str) -> str:
    """A payload as Rasa may see it: commands only for our own intents; anything else is plain words."""
    command = _COMMAND.fullmatch(payload)
    if command and command[1] in known_intents():
        return payload
    return payload.strip().lstrip("/").strip()


@cache
def known_intents() -> frozenset[str]:
    """The intents of the domain."""
    domain = yaml.safe_load((Path(__file__).parent / "domain.yml").read_text(encoding="utf-8"))
    return frozenset(domain["intents"])
