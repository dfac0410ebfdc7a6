"""The small words between: yes, no, stop, start over. What they mean depends on what was said before."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import feedback, guide
from actions.buttons import ask_choice, human
from actions.feedback_facts import asks
from actions.life_events import event_choices
from actions.memory import FORGET
from actions.question import content_words
from actions.service import DeleteData, ServiceAction, erase, is_about_a_procedure
from actions.texts import say
from actions.turn import Turn, message, previous_action, utter
from conversations.messages import AnswerStatus, Choice
from knowledge_base.schema import Procedure

SURE = 0.8
"""Confidence from which other words beside a stop do not matter."""


_FEW = 2
"""Such words that may well tell nothing."""
_POLITE = frozenset({"thanks", "goodbye"})


class Stop(ServiceAction):
    """Pauses the guide if one is under way."""

    def name(self) -> str:
        return "action_stop"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        state: dict[str, Any] = turn.slots.get("guide") or {}
        document = self._services.library.get(state["code"]) if state else None
        tells = asks(turn.text) or len(content_words(turn.text)) > _FEW
        if document is None and turn.confidence < SURE and tells:
            return [FollowupAction("action_answer")]  # "tạm nghỉ bán thôi" is hardly a wish to stop
        if document is None:
            utter(dispatcher, message(say("answer.stop"), AnswerStatus.CHITCHAT))
            return [SlotSet("guide", None), SlotSet("awaiting", None)]
        resume = Choice(title=say("choice.resume_guide"), payload="/resume")
        utter(dispatcher, message(say("guide.paused", p=document), AnswerStatus.GUIDE, choices=(resume,)))
        return [SlotSet("guide", state | {"paused": True})]


class StartOver(ServiceAction):
    """Begins anew what is under way: the feedback, the guide, or else the whole talk."""

    def name(self) -> str:
        return "action_start_over"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        if tracker.active_loop_name == "feedback_form":
            utter(dispatcher, message(say("feedback.again"), AnswerStatus.FEEDBACK))
            return feedback.forget()
        turn = self.turn(tracker)
        state = turn.slots.get("guide")
        if _asks_more(turn) and turn.slots.get("procedure_code"):
            return [FollowupAction("action_answer")]  # "làm lại ở đâu" begins nothing anew
        if state and not state.get("paused"):
            return guide.show(dispatcher, self._services, guide.beginning(state["code"]), turn)
        choices = event_choices()
        utter(dispatcher, message(say("answer.start_over"), AnswerStatus.CHITCHAT, choices=choices))
        return [SlotSet(name, None) for name in FORGET]


class Affirm(ServiceAction):
    """ "Vâng": what was asked for is done, or a question that follows ("ok, mấy ngày?") is answered."""

    def name(self) -> str:
        return "action_affirm"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        if previous_action(tracker) == DeleteData.NAME:  # a yes to anything else must never erase
            return erase(self._services, turn, dispatcher)
        if _asks_more(turn):
            return [FollowupAction("action_answer")]
        if turn.slots.get("guide"):
            return [FollowupAction("action_guide_step")]
        utter(dispatcher, message(say("answer.what_next"), AnswerStatus.CHITCHAT))
        return []


class Deny(ServiceAction):
    """ "Không": what is meant instead ("ý tôi là khai tử"), or else what also fitted the question before."""

    def name(self) -> str:
        return "action_deny"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        if _asks_more(turn) or content_words(turn.text) or turn.values("person"):
            return [FollowupAction("action_answer")]
        others = self._others(turn)
        if others:
            text = say("answer.which_instead")
            utter(dispatcher, message(text, AnswerStatus.CLARIFICATION, choices=(*others, human())))
        else:
            utter(dispatcher, message(say("answer.ok"), AnswerStatus.CHITCHAT))
        return [SlotSet("awaiting", None), SlotSet("others", None)]

    def _others(self, turn: Turn) -> tuple[Choice, ...]:
        """The procedures that fitted the last question too, with the field that was asked."""
        documents = [self._services.library.get(code) for code in turn.slots.get("others") or ()]
        field = str(turn.slots.get("field") or "general")
        return tuple(ask_choice(one, field) for one in documents if isinstance(one, Procedure))


class SmallTalk(ServiceAction):
    """Answers in kind, unless a question about the matter of the talk comes with it, or it may be one."""

    def name(self) -> str:
        return "action_small_talk"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        if turn.intent in _POLITE and not (turn.asks and asks(turn.text)):
            dispatcher.utter_message(response=f"utter_{turn.intent}")
            return []
        about = turn.intent == "chitchat" and is_about_a_procedure(turn, self._services)
        doubtful = turn.confidence < SURE and asks(turn.text)
        if about or (turn.slots.get("procedure_code") and (_asks_more(turn) or doubtful)):
            return [FollowupAction("action_answer")]
        dispatcher.utter_message(response=f"utter_{turn.intent}")
        return []


def _asks_more(turn: Turn) -> bool:
    """Whether a question comes with the yes or no; a single word, or a guess without words, is none."""
    return turn.asks and len(turn.text.split()) > 1
