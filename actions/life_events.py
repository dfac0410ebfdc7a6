"""The first screen: what the assistant can do, with buttons for what happens in a life."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions import english
from actions.aspects import asked_aspect
from actions.buttons import ask_choice, command, human
from actions.events import life_events, told_event
from actions.service import ServiceAction
from actions.texts import say
from actions.turn import GENERAL, message, utter
from conversations.messages import AnswerMeta, AnswerStatus, Choice, OutboundMessage
from knowledge_base.schema import Procedure

SURE = 0.8
"""Confidence from which a greeting is believed."""
SHOWN = 5
"""Life events in the greeting; the help shows all."""


def event_choices(limit: int | None = None) -> tuple[Choice, ...]:
    """A button for each life event, the most common first."""
    return tuple(
        Choice(title=event["title"], payload=command("life_event", life_event=event["id"]))
        for event in life_events()[:limit]
    )


class Welcome(ServiceAction):
    """Greets, or tells all that can be done."""

    def name(self) -> str:
        return "action_welcome"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        other = bool(turn.values("person")) and turn.confidence < SURE  # "tôi hỏi cho cháu ngoại"
        asks = turn.slots.get("procedure_code") and (turn.asks or asked_aspect(turn.text) or other)
        if asks or english.is_english(turn.text):
            return [FollowupAction("action_answer")]
        greets = turn.intent == "greet"
        more = (Choice(title=say("choice.more"), payload="/help"),) if greets else ()
        services = [("feedback", "/give_feedback"), ("lookup", "/lookup_code"), ("human", "/request_human")]
        always = tuple(Choice(title=say(f"choice.{key}"), payload=payload) for key, payload in services)
        choices = (*event_choices(SHOWN if greets else None), *more, *always)
        meta = AnswerMeta(status=AnswerStatus.CHITCHAT, intent=turn.intent)
        text = say("answer.greet" if greets else "answer.help")
        utter(dispatcher, OutboundMessage(text=text, choices=choices, meta=meta))
        return []


class LifeEvent(ServiceAction):
    """The procedures that people come for after an event in their life, chosen or told."""

    def name(self) -> str:
        return "action_life_event"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        wanted = turn.value("life_event") or told_event(turn.text)
        event = next((one for one in life_events() if one["id"] == wanted), life_events()[0])
        documents = [self._services.library.get(code) for code in event["procedures"]]
        choices = [ask_choice(one, GENERAL) for one in documents if isinstance(one, Procedure)]
        utter(dispatcher, message(event["ask"], AnswerStatus.CLARIFICATION, choices=(*choices, human())))
        return []
