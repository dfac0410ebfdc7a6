"""One turn of a conversation, as an action sees it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from conversations.calendar import Calendar
from conversations.database import Database
from conversations.messages import AnswerMeta, AnswerStatus, Choice, OutboundMessage
from knowledge_base.documents import Library
from knowledge_base.places import Places
from knowledge_base.search import Searcher

GENERAL = "general"
RASA_ACTIONS = frozenset({"action_listen", "action_extract_slots", "action_session_start"})
"""Actions of Rasa itself, which say nothing."""


@dataclass(frozen=True)
class Services:
    """What actions call upon."""

    db: Database
    searcher: Searcher
    library: Library
    places: Places
    today: Callable[[], date]
    calendar: Calendar = field(default_factory=Calendar)
    """When officers work."""
    feedback_days: int = 10
    """Working days in which feedback is to be answered."""


@dataclass(frozen=True)
class Turn:
    """The citizen's message and what is remembered of the conversation."""

    text: str
    intent: str
    confidence: float
    entities: tuple[dict[str, Any], ...]
    as_of: date
    conversation_id: int
    failures: int
    """Answers in a row, before this one, that did not help."""
    attachments: tuple[dict[str, Any], ...]
    slots: dict[str, Any]
    pressed_in: str | None = None
    """The message whose button was pressed, as its channel names it; an answer may take its place."""

    @classmethod
    def of(cls, tracker: Tracker, today: date) -> Turn:
        """Read a turn from Rasa's tracker."""
        message = tracker.latest_message
        metadata = message.get("metadata") or {}
        intent = message.get("intent") or {}
        entities = tuple(message.get("entities") or ())
        return cls(
            text=str(metadata.get("text") or message.get("text") or ""),
            intent=str(intent.get("name") or ""),
            confidence=float(intent.get("confidence") or 0.0),
            entities=entities,
            as_of=_day(metadata.get("as_of"), entities, today),
            conversation_id=conversation_id(tracker.sender_id),
            failures=int(metadata.get("failures") or 0),
            attachments=tuple(metadata.get("attachments") or ()),
            slots=dict(tracker.slots),
            pressed_in=metadata.get("pressed_in"),
        )

    def values(self, entity: str) -> list[str]:
        """The values of one kind of entity, in order of mention."""
        return [str(found["value"]) for found in self.entities if found["entity"] == entity]

    def value(self, entity: str) -> str | None:
        """The first value of one kind of entity."""
        return next(iter(self.values(entity)), None)

    @property
    def fields(self) -> list[str]:
        """Fields of a procedure that are asked for; `general` only when it is alone."""
        return list(dict.fromkeys(str(one["value"]) for one in self.field_entities)) or [GENERAL]

    @property
    def field_entities(self) -> list[dict[str, Any]]:
        """The entities behind `fields`, without `general`, which spans the whole message."""
        return [entity for entity in self.entities if _is_field(entity)]

    @property
    def asks(self) -> bool:
        """Whether words of the message, not a guess from its whole, ask for a field."""
        return any(entity.get("start", 0) < entity.get("end", 0) for entity in self.field_entities)

    def asking(self, field: str) -> Turn:
        """The same turn with another field asked."""
        others = tuple(entity for entity in self.entities if entity["entity"] != "field")
        return replace(self, entities=({"entity": "field", "value": field}, *others))

    @property
    def place_entities(self) -> list[dict[str, Any]]:
        """The places named, where no procedure's name holds them."""
        named = [(e.get("start", 0), e.get("end", 0)) for e in self.entities if e["entity"] == "procedure"]
        return [
            entity
            for entity in self.entities
            if entity["entity"] == "place"
            and not any(start <= entity.get("start", 0) < end for start, end in named)
        ]


def _day(asked_for: str | None, entities: Iterable[dict[str, Any]], today: date) -> date:
    """The day to answer for: as told by the caller, a later day named in the message, or today."""
    if asked_for:
        return date.fromisoformat(asked_for)
    for entity in entities:
        if entity["entity"] == "date" and str(entity["value"]) > today.isoformat():
            return date.fromisoformat(str(entity["value"]))
    return today


def _is_field(entity: dict[str, Any]) -> bool:
    return bool(entity["entity"] == "field" and entity["value"] != GENERAL)


def conversation_id(sender_id: str) -> int:
    """The conversation behind a sender id such as `12-3`; 0 when it is none of ours."""
    match = re.match(r"\d+", sender_id)
    return int(match[0]) if match else 0


def previous_action(tracker: Tracker) -> str | None:
    """What the assistant did just before the citizen's newest message."""
    said = max((at for at, event in enumerate(tracker.events) if event["event"] == "user"), default=0)
    done = [event["name"] for event in tracker.events[:said] if event["event"] == "action"]
    return next((name for name in reversed(done) if name not in RASA_ACTIONS), None)


def message(
    text: str, status: AnswerStatus, *, choices: tuple[Choice, ...] = (), **rest: Any
) -> OutboundMessage:
    """A message of the assistant with nothing but a status to note."""
    return OutboundMessage(text=text, choices=choices, meta=AnswerMeta(status=status), **rest)


def utter(dispatcher: CollectingDispatcher, *messages: OutboundMessage) -> None:
    """Hand messages to Rasa, which passes them on unchanged."""
    for one in messages:
        dispatcher.utter_message(json_message=one.model_dump(mode="json"))
