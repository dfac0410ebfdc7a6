"""The feedback form: what, where, when, contact with consent, confirmation; and the tracking code."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import attachments
from actions.buttons import command, human
from actions.feedback_facts import announces, asks, place_in, spot_in, time_in
from actions.own_feedback import added
from actions.question import content_words, is_danger, mentions, word_lists
from actions.service import ServiceAction, is_about_a_procedure
from actions.texts import say
from actions.turn import RASA_ACTIONS, Services, Turn, message, utter
from conversations import cases
from conversations.messages import AnswerStatus, Attachment, Choice
from conversations.models import now
from conversations.privacy import redact
from nlu.text import fold

ASKED = ("content", "place", "happened", "consent", "contact", "confirmed")
SLOTS = (*ASKED, "attachments", "hint")
WITHOUT_WORDS = "/send_attachment"
_OWN_ACTIONS = frozenset({"feedback_form", "action_begin_feedback"})
EDIT = "edit_which"
"""The hint that offers the parts to correct."""
NO_CONTACT = ""
"""Filled in when the citizen leaves no contact, so that the form goes on."""

_VENT_WORDS = 12
"""A message up to this long that shows a mood and names no place or time only lets off steam."""
_CONTACT = re.compile(r"(?:\+?84|0)(?:[ .-]?\d){9}(?!\d)|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ALWAYS_INTERRUPT = frozenset(
    {"stop", "withdraw_feedback", "start_over", "request_human", "urgent", "bot_challenge"}
)
_QUESTIONS = frozenset({"ask_procedure", "ask_regulation", "ask_place"})
_ASK_AGAIN = frozenset({"resume", "guide_next", "guide_repeat", "greet", "thanks"})
"""Short words of these intents go on with the form: "tiếp tục" is no answer."""
_SURE = 0.8
_SHORT = 4
"""Words of such a message at most."""


def _slot(name: str, value: Any) -> Any:
    return SlotSet(f"feedback_{name}", value)


class BeginFeedback(ServiceAction):
    """Opens the form, unless the message only asks something or only lets off steam."""

    def name(self) -> str:
        return "action_begin_feedback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        announced = turn.text.startswith("/") or announces(turn.text)
        in_talk = asks(turn.text) or turn.slots.get("procedure_code")
        if not announced and in_talk and is_about_a_procedure(turn, self._services):
            return [FollowupAction("action_answer")]
        doubtful = turn.confidence < _SURE and (asks(turn.text) or self._tells_no_trouble(turn.text))
        if not announced and doubtful:
            return [FollowupAction("action_answer")]
        if not announced and self._only_vents(turn.text):
            told = command("give_feedback", told=turn.text.strip()[:500])
            choices = (Choice(title=say("choice.feedback"), payload=told), human())
            utter(dispatcher, message(say("feedback.calm"), AnswerStatus.FEEDBACK, choices=choices))
            return []
        return [FollowupAction("feedback_form")]

    def _tells_no_trouble(self, text: str) -> bool:
        """Whether no place, time, mood or word of any category of feedback is told."""
        told = place_in(text, self._services.places) or spot_in(text) or time_in(text)
        mood = mentions(text, word_lists("feedback_words.yaml")["moods"])
        return not told and not mood and category_of(text) == "other"

    def _only_vents(self, text: str) -> bool:
        placed = place_in(text, self._services.places) or spot_in(text) or time_in(text)
        mood = mentions(text, word_lists("feedback_words.yaml")["moods"])
        return bool(mood and not placed and len(text.split()) <= _VENT_WORDS)


class ValidateFeedbackForm(Action):  # type: ignore[misc]
    """Reads the answer to what was asked; returns nothing when the citizen said something else."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def name(self) -> str:
        return "validate_feedback_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = Turn.of(tracker, self._services.today())
        if _interrupted(tracker):
            return []
        if is_danger(turn.text):
            utter(dispatcher, message(say("feedback.danger"), AnswerStatus.FEEDBACK))
        requested = tracker.get_slot("requested_slot")
        if requested and turn.intent in _ASK_AGAIN and len(turn.text.split()) <= _SHORT:
            return [SlotSet(requested, None)]
        if not requested:
            return self._from_first_message(turn)
        files = self._with_files(turn, requested, dispatcher) if turn.attachments else []
        if turn.text.startswith(WITHOUT_WORDS) or not self._is_answer(turn, requested):
            return files
        reader = getattr(self, f"_read_{requested.removeprefix('feedback_')}")
        events: list[Any] = reader(turn)
        settled = [_slot("hint", None)] if turn.slots.get("feedback_hint") else []
        return [*files, *settled, *events]

    def _with_files(self, turn: Turn, requested: str, dispatcher: CollectingDispatcher) -> list[Any]:
        """Adds what came along and says so; a pin on the map says where, if that was asked."""
        if said := attachments.said_of(turn.attachments):
            utter(dispatcher, message(said, AnswerStatus.FEEDBACK))
        pin = attachments.pin_in(turn.attachments) if requested == "feedback_place" else None
        place = [_slot("place", pin)] if pin else []
        return [_slot("attachments", attachments.gathered(turn)), *place]

    def _is_answer(self, turn: Turn, requested: str) -> bool:
        """Whether the message answers what was asked, rather than changing the subject."""
        if turn.intent in _ALWAYS_INTERRUPT and turn.confidence >= _SURE:
            return False
        if requested in ("feedback_confirmed", "feedback_consent"):
            return not (turn.intent in _QUESTIONS and "?" in turn.text)
        asks = turn.intent in _QUESTIONS and turn.confidence >= _SURE
        if requested == "feedback_content" or turn.intent == "ask_place":
            # People tell what happened in all sorts of words; only a plain question is none of it.
            return not (asks and "?" in turn.text)
        return not (asks and (turn.field_entities or "?" in turn.text))

    def _from_first_message(self, turn: Turn) -> list[Any]:
        """ "Tôi muốn phản ánh rác thải ở chợ Rạch Giá từ hôm qua" answers three questions at once."""
        text = turn.value("told") or turn.text
        if text.startswith("/"):
            pin = attachments.pin_in(attachments.gathered(turn))  # sent before the form was opened
            return [_slot("place", pin)] if pin else []
        told = [word for word in content_words(text) if word not in _word_lists()["announcing"]]
        if len(told) < 2:
            return []
        events = self._all_told(text, turn)
        return [*events, _slot("attachments", attachments.gathered(turn))] if turn.attachments else events

    def _all_told(self, text: str, turn: Turn) -> list[Any]:
        """The content, and place and time where it names them and they are not known yet."""
        found = {"place": place_in(text, self._services.places), "happened": time_in(text)}
        new = {name: told for name, told in found.items() if told and not turn.slots.get(f"feedback_{name}")}
        return [_slot("content", text.strip()), *(_slot(name, told) for name, told in new.items())]

    def _read_content(self, turn: Turn) -> list[Any]:
        if len(turn.text.split()) < 3 or not content_words(turn.text):
            return _again("content", "content_short")
        return self._all_told(turn.text, turn)

    def _read_place(self, turn: Turn) -> list[Any]:
        told = _told(turn.text)
        spot = spot_in(str(turn.slots.get("feedback_content") or ""))
        if told and spot and fold(spot) not in fold(told):
            told = f"{spot}, {told}"
        when = None if turn.slots.get("feedback_happened") else time_in(turn.text)
        if told and when:
            return [
                _slot("place", place_in(turn.text, self._services.places) or told),
                _slot("happened", when),
            ]
        return [_slot("place", told)]

    def _read_happened(self, turn: Turn) -> list[Any]:
        return [_slot("happened", _told(turn.text))]

    def _read_consent(self, turn: Turn) -> list[Any]:
        contact = _CONTACT.search(turn.text)
        if contact:
            return [_slot("consent", True), _slot("contact", contact[0])]
        if turn.intent == "affirm" or _says(turn.text, "yes"):
            return [_slot("consent", True)]
        if turn.intent == "deny" or _says(turn.text, "no"):
            return [_slot("consent", False), _slot("contact", NO_CONTACT)]
        return _again("consent", "contact_bad" if any(map(str.isdigit, turn.text)) else "consent_again")

    def _read_contact(self, turn: Turn) -> list[Any]:
        contact = _CONTACT.search(turn.text)
        if contact:
            return [_slot("contact", contact[0])]
        if turn.intent == "deny" or _says(turn.text, "no"):
            return [_slot("consent", False), _slot("contact", NO_CONTACT)]
        return _again("contact", "contact_bad")

    def _read_confirmed(self, turn: Turn) -> list[Any]:
        if _says(turn.text, "yes") or turn.text == "/affirm":
            return [_slot("confirmed", True)]
        edits = _mentions(turn.text, _word_lists()["edit"])
        part = _part_to_edit(turn.text) if edits else None
        if part is not None:
            return [_slot(part, turn.text.partition(" là ")[2].strip() or None)]
        if turn.intent == "add_to_feedback" and content_words(added(turn)):
            more = f"{str(turn.slots.get('feedback_content')).rstrip('. ')}. {added(turn)}"
            return [_slot("content", more), _slot("confirmed", None)]
        if edits or turn.intent == "deny":
            return _again("confirmed", EDIT)
        if turn.intent == "affirm":
            return [_slot("confirmed", True)]
        return _again("confirmed", "confirm_again")


def _again(slot: str, hint: str) -> list[Any]:
    """Ask for a slot once more, with the text that says what was wrong."""
    return [_slot(slot, None), _slot("hint", hint)]


def _told(text: str) -> str | None:
    """What a citizen told, cut; None for a mere yes or no, so that it is asked again."""
    told = text.strip()
    return told[:200] if len(told) > 1 and not _says(told, "yes") and not _says(told, "no") else None


class AskFeedback(Action):  # type: ignore[misc]
    """Asks for one slot of the form."""

    def __init__(self, slot: str) -> None:
        self._slot = slot

    def name(self) -> str:
        return f"action_ask_feedback_form_feedback_{self._slot}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        hint = tracker.get_slot("feedback_hint")
        buttons = [Choice(title=say(f"choice.{key}"), payload=to) for key, to in _BUTTONS[self._slot].items()]
        if hint == EDIT:
            parts = (say(f"feedback.part.{name}") for name in _word_lists()["parts"])
            buttons = [Choice(title=part, payload=part) for part in parts]
        text = say(f"feedback.{hint}") if hint else self._question(tracker)
        question = message(text, AnswerStatus.FEEDBACK, choices=tuple(buttons))
        utter(dispatcher, question.model_copy(update={"asks_contact": self._slot == "contact"}))
        return []

    def _question(self, tracker: Tracker) -> str:
        if self._slot == "confirmed":
            return _summary(tracker)
        spot = spot_in(str(tracker.get_slot("feedback_content") or "")) if self._slot == "place" else None
        return say("feedback.ask_place_unit", place=spot) if spot else say(f"feedback.ask_{self._slot}")


class SubmitFeedback(Action):  # type: ignore[misc]
    """Opens the case and gives its code."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def name(self) -> str:
        return "action_submit_feedback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = Turn.of(tracker, self._services.today())
        values: dict[str, Any] = {name: turn.slots.get(f"feedback_{name}") for name in SLOTS}
        with self._services.db.session() as session:
            case = cases.open_feedback(
                session,
                turn.conversation_id,
                content=values["content"] if values["consent"] else redact(values["content"], places=True),
                category=category_of(values["content"]),
                place=values["place"],
                happened=values["happened"],
                contact=values["contact"] or None,
                consent=bool(values["consent"]),
                attachments=[Attachment.model_validate(one) for one in values["attachments"] or ()],
                due_at=self._services.calendar.due(now(), self._services.feedback_days),
                unit_code=_unit_code(self._services, values["place"] or "")
                or _unit_code(self._services, values["content"]),
            )
            code = case.code
        utter(dispatcher, message(say("feedback.done", code=code), AnswerStatus.FEEDBACK))
        return forget()


class CancelFeedback(Action):  # type: ignore[misc]
    """Stops the form and keeps nothing."""

    def name(self) -> str:
        return "action_cancel_feedback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        utter(dispatcher, message(say("feedback.cancelled"), AnswerStatus.FEEDBACK))
        return forget()


def _unit_code(services: Services, text: str) -> str | None:
    """The unit of today that a place lies in; None when it could be several."""
    units = {unit.code for place in services.places.find(text) for unit in place.units}
    return units.pop() if len(units) == 1 else None


def category_of(content: str) -> str:
    """The category whose words a feedback uses most; "other" when none does."""
    folded = f" {fold(content)} "
    lists = _word_lists()["categories"]
    counts = {name: sum(f" {word} " in folded for word in words) for name, words in lists.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else "other"


def _word_lists() -> dict[str, Any]:
    return word_lists("feedback_words.yaml")


def _says(text: str, answer: str) -> bool:
    """Whether the whole message is one of the words for "yes" or "no"."""
    return fold(text).strip(" .!,") in _word_lists()[answer]


def _mentions(text: str, words: list[str]) -> bool:
    return any(f" {word} " in f" {fold(text)} " for word in words)


def _part_to_edit(text: str) -> str | None:
    return next((part for part, words in _word_lists()["parts"].items() if _mentions(text, words)), None)


_BUTTONS = {
    "content": {"cancel": "/stop"},
    "place": {"cancel": "/stop"},
    "happened": {"cancel": "/stop"},
    "consent": {"agree": "/affirm", "disagree": "/deny"},
    "contact": {"skip": "/deny"},
    "confirmed": {"yes": "/affirm", "edit": "/deny", "cancel": "/stop"},
}


def _summary(tracker: Tracker) -> str:
    sent = tracker.get_slot("feedback_attachments") or ()
    return say(
        "feedback.confirm",
        content=redact(str(tracker.get_slot("feedback_content")), places=True),
        place=tracker.get_slot("feedback_place"),
        happened=tracker.get_slot("feedback_happened"),
        contact=tracker.get_slot("feedback_contact"),
        attachments=attachments.files_in(sent),
        pin=attachments.pin_in(sent),
    )


def forget() -> list[Any]:
    """Empty the form."""
    return [_slot(name, None) for name in SLOTS]


def _interrupted(tracker: Tracker) -> bool:
    """Whether this message was answered already by another action and the form is only resumed."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "action" and event.get("name") not in RASA_ACTIONS | _OWN_ACTIONS:
            return True
    return False
