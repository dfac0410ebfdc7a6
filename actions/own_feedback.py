"""More about a feedback that was filed, or its withdrawal; only the filer's own."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session

from actions.buttons import command
from actions.question import content_words
from actions.service import ServiceAction
from actions.texts import say
from actions.turn import Turn, message, utter
from conversations import own_feedback
from conversations.messages import AnswerStatus, Choice, OutboundMessage
from conversations.models import Case
from conversations.redaction import redact
from nlu.text import read

SHOWN = 5
"""Codes offered to choose from."""
_MOST = 500
"""Characters of an addition."""


class ChangeFeedback(ServiceAction):
    """Finds the feedback that is meant: the one whose code is named, or the only one that is open."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        code = turn.value("case_code")
        with self._services.db.session() as session:
            mine = own_feedback.open_ones(session, turn.conversation_id)
            meant = [case for case in mine if code in (None, case.code)]
            if len(meant) == 1:
                utter(dispatcher, self.change(session, meant[0], turn))
            elif meant:
                choices = [Choice(title=one.code, payload=self.payload(one.code, turn)) for one in meant]
                utter(dispatcher, _told("which", choices=tuple(choices[:SHOWN])))
            else:
                file = Choice(title=say("choice.feedback"), payload="/give_feedback")
                utter(dispatcher, _told("none", choices=(file,), code=code))
        return []

    def payload(self, code: str, turn: Turn) -> str:
        """Of the button that stands for one feedback where several may be meant."""
        raise NotImplementedError

    def change(self, session: Session, case: Case, turn: Turn) -> OutboundMessage:
        """Do what was asked; what to tell the citizen."""
        raise NotImplementedError


class AddToFeedback(ChangeFeedback):
    """Writes what the citizen adds into the feedback that an officer reads."""

    def name(self) -> str:
        return "action_add_to_feedback"

    def payload(self, code: str, turn: Turn) -> str:
        return command("add_to_feedback", case_code=code, told=added(turn))

    def change(self, session: Session, case: Case, turn: Turn) -> OutboundMessage:
        told = added(turn)
        if not content_words(told):
            return _told("add_what", code=case.code)
        own_feedback.add(session, case.id, told if case.consent else redact(told, places=True))
        return _told("added", code=case.code, told=told)


class WithdrawFeedback(ChangeFeedback):
    """Takes a feedback back, after the citizen confirmed it with the button."""

    def name(self) -> str:
        return "action_withdraw_feedback"

    def payload(self, code: str, turn: Turn) -> str:
        return command("withdraw_feedback", case_code=code)

    def change(self, session: Session, case: Case, turn: Turn) -> OutboundMessage:
        if turn.value("confirmed") == "yes":
            own_feedback.withdraw(session, case.id)
            return _told("withdrawn", code=case.code)
        sure = command("withdraw_feedback", case_code=case.code, confirmed="yes")
        choices = (
            Choice(title=say("choice.withdraw"), payload=sure),
            Choice(title=say("choice.no"), payload="/deny"),
        )
        return _told("withdraw", choices=choices, code=case.code, content=redact(case.content, places=True))


def added(turn: Turn) -> str:
    """What a message adds, without the words that only announce it."""
    told = turn.value("told")
    if told is not None:
        return told
    reading = read(turn.text)
    announced = _lead_in().match(reading.folded)
    if announced is None or not announced.end():
        return turn.text.strip()[:_MOST]
    return turn.text[reading.span(0, announced.end())[1] :].strip(" :,.")[:_MOST]


def _told(key: str, *, choices: tuple[Choice, ...] = (), **values: object) -> OutboundMessage:
    return message(say(f"own_feedback.{key}", **values), AnswerStatus.FEEDBACK, choices=choices)


@cache
def _lead_in() -> re.Pattern[str]:
    table = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return re.compile(table["lead_in"])
