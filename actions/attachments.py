"""What comes with a message besides words: what of it officers will see, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.buttons import human
from actions.service import ServiceAction
from actions.texts import say
from actions.turn import Turn, message, utter
from conversations.messages import AnswerStatus, Attachment, Choice

MOST = 10
"""Files and places of one feedback; later ones are not taken."""
_FILES = ("image", "file")


def kept(attachments: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that officers will see: files in our store, and places on the map."""
    return [one for one in attachments if _is_stored(one) or one.get("latitude") is not None]


def gathered(turn: Turn) -> list[dict[str, Any]]:
    """What was sent before and what comes now, each once."""
    before = list(turn.slots.get("feedback_attachments") or [])
    return [*before, *(one for one in kept(turn.attachments) if one not in before)][:MOST]


def pin_in(attachments: Iterable[dict[str, Any]]) -> str | None:
    """The place on the map that was sent, in words."""
    pin = next((one for one in attachments if one.get("latitude") is not None), None)
    return say("feedback.pin", at=pin) if pin else None


def files_in(attachments: Iterable[dict[str, Any]]) -> int:
    """How many are files."""
    return sum(one["kind"] in _FILES for one in attachments)


def said_of(attachments: Sequence[dict[str, Any]]) -> str:
    """What was received, and what could not be; empty when nothing is to be said."""
    said = []
    if count := sum(_is_stored(one) for one in attachments):
        said.append(say("attachment.files", count=count))
    if pin_in(attachments):
        said.append(say("attachment.place"))
    if any(one["kind"] in _FILES and not _is_stored(one) for one in attachments):
        said.append(say("attachment.not_kept"))
    kinds = {one["kind"] for one in attachments}
    said += [say(f"attachment.{kind}") for kind in ("audio", "video", "sticker") if kind in kinds]
    return " ".join(said)


class ReceiveAttachment(ServiceAction):
    """Files without words, outside the form: keeps them for a feedback that may follow."""

    def name(self) -> str:
        return "action_attachment"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        useful = kept(turn.attachments)
        then = say("attachment.then", files=files_in(useful)) if useful else say("attachment.write")
        choices: tuple[Choice, ...] = ()
        if useful:
            choices = (Choice(title=say("choice.feedback"), payload="/give_feedback"),)
        elif any(one["kind"] == "audio" for one in turn.attachments):
            choices = (human(),)
        text = f"{said_of(turn.attachments)} {then}".strip()
        utter(dispatcher, message(text, AnswerStatus.CLARIFICATION, choices=choices))
        return [SlotSet("feedback_attachments", gathered(turn))]


def _is_stored(attachment: dict[str, Any]) -> bool:
    return attachment["kind"] in _FILES and Attachment.model_validate(attachment).is_stored
