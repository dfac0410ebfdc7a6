"""One citizen on several channels: reads "liên kết", a link code, "bỏ liên kết", "các phản ánh của tôi"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.texts import say as words_of_actions
from actions.texts import vietnamese_date
from actions.turn import Services, message
from connectors.limits import Rate, RateLimiter
from conversations import linking, outbox
from conversations.inbox import Claimed
from conversations.messages import AnswerStatus, Channel, Choice, OutboundMessage, Sender
from conversations.models import Case
from conversations.privacy import redact
from conversations.texts import MY_CASES
from nlu.text import fold

LINK, UNLINK, MINE = "/link", "/unlink", MY_CASES
"""Payloads of the buttons; they never reach the assistant."""
TRIES = Rate(burst=5, per_second=1 / 300)
"""Codes that one conversation may ask for, and codes that it may send."""
SHOWN = 10
"""Feedback cases in a list."""

_CODE = re.compile(r"(?<!\w)lk[\s-]?[0-9a-z]{4}[\s-]?[0-9a-z]{4}(?!\w)", re.IGNORECASE)
_CONTENT = 80


class Links:
    """Answers what concerns linked channels, before the assistant is asked."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._asked = RateLimiter(TRIES)
        self._tried = RateLimiter(TRIES)

    def answer(self, claimed: Claimed) -> Sequence[OutboundMessage] | None:
        """The replies, or None when the message is about something else."""
        inbound, id = claimed.message, claimed.conversation_id
        code = None if inbound.payload else _CODE.search(inbound.text)
        if code:
            return [self._redeem(claimed, code[0])]
        wish = inbound.payload or _wish(inbound.text)
        if wish == LINK:
            return [self._code(id)]
        if wish == UNLINK:
            with self._services.db.session() as session:
                return [_told("unlinked" if linking.leave(session, id) else "not_linked")]
        if wish == MINE:
            with self._services.db.session(read_only=True) as session:
                return [_mine(session, id)]
        return None

    def _code(self, conversation_id: int) -> OutboundMessage:
        if self._asked.wait(str(conversation_id)):
            return _told("too_fast")
        with self._services.db.session() as session:
            code = linking.new_code(session, conversation_id)
        return _told("code", code=code, minutes=int(linking.LIFETIME.total_seconds() // 60))

    def _redeem(self, claimed: Claimed, code: str) -> OutboundMessage:
        if self._tried.wait(str(claimed.conversation_id)):
            return _told("too_fast")
        buttons = _choices(UNLINK)
        try:
            with self._services.db.session() as session:
                other = linking.redeem(session, claimed.conversation_id, code)
                there = say("linked_there", channel=_name(claimed.channel))
                outbox.enqueue(
                    session, other, OutboundMessage(text=there, choices=buttons, sender=Sender.SYSTEM)
                )
                name = _name(other.person.channel)
        except linking.CodeUnknown:
            return _told("unknown")
        except linking.SameConversation:
            return _told("same")
        except linking.TooMany:
            return _told("too_many")
        return _told("linked", choices=_choices(MINE, UNLINK), channel=name)


def _mine(session: Session, conversation_id: int) -> OutboundMessage:
    """The feedback of a citizen on all their channels."""
    query = select(Case).where(
        Case.kind == "feedback", Case.conversation_id.in_(linking.conversations(session, conversation_id))
    )
    found = list(session.scalars(query.order_by(Case.id.desc()).limit(SHOWN)))
    if not found:
        return _told("mine_none", choices=_choices("/give_feedback"))
    lines = [
        say(
            "mine_line",
            code=case.code,
            day=vietnamese_date(case.created_at),
            status=words_of_actions(f"lookup.status.{(case.main or case).status}"),
            content=_shortened(redact(case.content)),
        )
        for case in found
    ]
    choices = tuple(Choice(title=case.code, payload=case.code) for case in found[:5])
    return message("\n".join([say("mine"), *lines]), AnswerStatus.STATUS_LOOKUP, choices=choices)


def say(key: str, /, **values: object) -> str:
    """What a citizen reads."""
    return str(_words()["texts"][key]).strip().format(**values)


def _told(key: str, /, choices: tuple[Choice, ...] = (), **values: object) -> OutboundMessage:
    return message(say(key, **values), AnswerStatus.STATUS_LOOKUP, choices=choices)


def _choices(*payloads: str) -> tuple[Choice, ...]:
    titles = {UNLINK: "unlink_button", MINE: "mine_button", "/give_feedback": "feedback_button"}
    return tuple(Choice(title=say(titles[payload]), payload=payload) for payload in payloads)


def _name(channel: str) -> str:
    return str(_words()["channels"][Channel(channel).value])


def _wish(text: str) -> str | None:
    """The payload that a whole message stands for."""
    words = fold(text).strip(" .!?")
    for kind, payload in (("link", LINK), ("unlink", UNLINK), ("mine", MINE)):
        if words in _words()[kind]:
            return payload
    return None


def _shortened(text: str) -> str:
    squeezed = " ".join(text.split())
    return squeezed if len(squeezed) <= _CONTENT else squeezed[: _CONTENT - 1].rstrip() + "…"


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return words
