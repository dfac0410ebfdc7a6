"""Two believable weeks for the console, so that a newcomer sees it alive: `python -m bot demo`.

Everything is invented (`demo.yaml`) and the same at each run; a database with conversations is left alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from actions.procedure_answer import procedure_message
from conversations import cases, handoffs, officers, routing, units
from conversations.database import Database
from conversations.history import add_message
from conversations.messages import AnswerMeta, AnswerStatus, Channel, InboundMessage, OutboundMessage, Sender
from conversations.models import (
    Case,
    CaseEvent,
    Conversation,
    Message,
    Officer,
    OutboxItem,
    Person,
    Vote,
    now,
)
from conversations.units import UnitRow
from knowledge_base.documents import Library
from knowledge_base.places import Places
from knowledge_base.schema import Procedure

DAYS = 14
TALKS = 240
PER_WEEKDAY = (20, 24, 22, 21, 19, 9, 6)
"""How the talks spread over Monday to Sunday."""
HOURS = (6, *(7, 8, 9, 10) * 3, 11, *(13, 14, 15, 16) * 3, 19, 20, 20, 21)
CHANNELS = (Channel.WEB, Channel.WEB, Channel.ZALO, Channel.ZALO, Channel.TELEGRAM)
DUE = timedelta(days=10)
"""Time limit of a feedback case."""
UNMET_SHARE, VOTE_SHARE, HELPFUL_SHARE, RATED_SHARE = 0.17, 0.22, 0.82, 0.7


class NotEmpty(RuntimeError):
    """The database holds conversations already."""


@dataclass
class _Stage:
    """Plays scenes at times of the past in one transaction."""

    session: Session
    dice: random.Random
    library: Library
    end: datetime
    staff: list[Officer] = field(default_factory=list)
    people: int = 0

    def citizen(self, channel: Channel | None = None) -> Conversation:
        """A new person with an empty conversation."""
        self.people += 1
        person = Person(
            channel=channel or self.dice.choice(CHANNELS),
            external_id=f"demo-{self.people}",
            display_name=self.dice.choice(_script()["people"]),
        )
        conversation = Conversation(person=person)
        self.session.add(conversation)
        self.session.flush()
        return conversation

    def officer(self, username: str) -> Officer:
        """One of the staff by user name."""
        return next(officer for officer in self.staff if officer.username == username)

    def say(self, conversation: Conversation, text: str, at: datetime) -> None:
        """Words of the citizen."""
        person = conversation.person
        inbound = InboundMessage(
            channel=Channel(person.channel), event_id="demo", external_user_id=person.external_id, text=text
        )
        body = inbound.model_dump(mode="json")
        self.at(at, lambda: add_message(self.session, conversation, Sender.CITIZEN, text, body))

    def reply(self, conversation: Conversation, message: OutboundMessage, at: datetime) -> Message:
        """Words of the assistant."""
        body = message.model_dump(mode="json")
        said: Message = self.at(
            at, lambda: add_message(self.session, conversation, Sender.BOT, message.text, body)
        )
        return said

    def at(self, moment: datetime, act: Callable[[], Any]) -> Any:
        """Do something, and date the messages and events that come of it."""
        dated: tuple[type[Message] | type[CaseEvent], ...] = (Message, CaseEvent)
        last = [self.session.scalar(select(func.max(table.id))) or 0 for table in dated]
        done = act()
        self.session.flush()
        for table, before in zip(dated, last, strict=True):
            self.session.execute(
                update(table).where(table.id > before).values(created_at=min(moment, self.end))
            )
        if isinstance(done, Case):
            done.conversation.last_message_at = done.updated_at = min(moment, self.end)
        return done


def fill(db: Database, library: Library, password: str) -> int:
    """Fill an empty database; returns the number of conversations.

    Args:
        library: its procedures give the answers.
        password: of all demonstration officers.

    Raises:
        NotEmpty: there are conversations; nothing is changed.
    """
    with db.session() as session:
        if session.scalar(select(Conversation.id).limit(1)) is not None:
            raise NotEmpty
        stage = _Stage(session, random.Random(2026), library, now())
        units.seed(session, (UnitRow(unit.code, unit.full_name) for unit in Places().units))
        for person in _script()["staff"]:
            unit = units.by_code(session, person["unit"]) if "unit" in person else None
            known = {name: person[name] for name in ("username", "full_name", "role")}
            officer = officers.create(session, password=password, unit_id=unit.id if unit else None, **known)
            if officer.role in ("officer", "supervisor"):
                stage.staff.append(officer)
        for moment in _moments(stage.dice, stage.end):
            _talk(stage, moment)
        for number, scene in enumerate(_script()["handoffs"] * 3):
            _answered_handoff(stage, scene, stage.end - timedelta(days=1 + number % 12, minutes=37 * number))
        for scene in _script()["waiting"]:
            _open_handoff(stage, scene, stage.end - timedelta(minutes=scene["minutes"]))
        for scene in _script()["feedback"]:
            _feedback(stage, scene)
        session.execute(update(OutboxItem).values(status="sent", sent_at=stage.end))
        return stage.people


def _moments(dice: random.Random, end: datetime) -> list[datetime]:
    days = [end - timedelta(days=n) for n in range(DAYS)]
    weights = [PER_WEEKDAY[day.weekday()] for day in days]
    chosen = dice.choices(days, weights, k=TALKS)
    hour_utc = [(dice.choice(HOURS) - 7) % 24 for _ in chosen]
    moments = [
        day.replace(hour=hour, minute=dice.randrange(60), second=dice.randrange(60))
        for day, hour in zip(chosen, hour_utc, strict=True)
    ]
    return sorted(moment for moment in moments if moment < end - timedelta(hours=1))


def _talk(stage: _Stage, moment: datetime) -> None:
    """One to three questions of one person, each answered; some are voted on."""
    conversation = stage.citizen()
    for _ in range(stage.dice.choice((1, 1, 1, 2, 2, 3))):
        unmet = stage.dice.random() < UNMET_SHARE
        scene = _weighted(stage.dice, _script()["unmet" if unmet else "questions"])
        stage.say(conversation, stage.dice.choice(scene["texts"]), moment)
        message = _unmet_answer(scene) if unmet else _answer(stage, scene, moment)
        said = stage.reply(conversation, message, moment + timedelta(seconds=1))
        if not unmet and stage.dice.random() < VOTE_SHARE:
            _vote(stage, said, moment + timedelta(seconds=40))
        moment += timedelta(seconds=stage.dice.randrange(60, 240))
    conversation.last_message_at = moment


def _answer(stage: _Stage, scene: dict[str, Any], moment: datetime) -> OutboundMessage:
    procedure = stage.library.get(scene["code"])
    assert isinstance(procedure, Procedure), scene["code"]
    score = round(stage.dice.uniform(0.62, 0.97), 2)
    return procedure_message(procedure, [scene["field"]], moment.date(), score, (procedure.code,))


def _unmet_answer(scene: dict[str, Any]) -> OutboundMessage:
    codes = (scene["code"],) if "code" in scene else ()
    meta = AnswerMeta(status=AnswerStatus(scene["status"]), procedures=codes, score=0.34)
    return OutboundMessage(text=_script()["unmet_answer"], meta=meta)


def _vote(stage: _Stage, said: Message, at: datetime) -> None:
    helpful = stage.dice.random() < HELPFUL_SHARE
    reason = None if helpful or stage.dice.random() < 0.4 else stage.dice.choice(_script()["reasons"])
    stage.session.add(Vote(message_id=said.id, helpful=helpful, reason=reason, created_at=at))


def _answered_handoff(stage: _Stage, scene: dict[str, Any], moment: datetime) -> None:
    conversation, officer = stage.citizen(), stage.dice.choice(stage.staff)
    case = _handed_over(stage, conversation, scene, moment)
    answered = moment + timedelta(minutes=stage.dice.choice((2, 4, 7, 11, 24, 55, 190)))
    stage.at(answered, lambda: cases.answer(stage.session, case.id, officer, scene["answer"]))
    stage.say(conversation, scene["thanks"], answered + timedelta(minutes=2))
    closed = answered + timedelta(minutes=5)
    stage.at(closed, lambda: cases.answer(stage.session, case.id, officer, scene["last"]))
    stage.at(closed, lambda: cases.close(stage.session, case.id, officer, "guided"))
    case.closed_at = closed
    if stage.dice.random() < RATED_SHARE:
        satisfied = stage.dice.random() < HELPFUL_SHARE
        stage.at(closed, lambda: handoffs.rate(stage.session, conversation.id, case.id, satisfied))


def _open_handoff(stage: _Stage, scene: dict[str, Any], moment: datetime) -> None:
    """One who waits, or whom the officer named in the scene is answering."""
    conversation = stage.citizen(Channel.WEB)
    if "before" in scene:
        stage.say(conversation, scene["before"], moment - timedelta(minutes=1))
        stage.reply(conversation, _unmet_answer({"status": "unanswerable"}), moment - timedelta(minutes=1))
    case = _handed_over(stage, conversation, scene, moment)
    if "officer" in scene:
        officer = stage.officer(scene["officer"])
        answered = moment + timedelta(minutes=2)
        stage.at(answered, lambda: cases.answer(stage.session, case.id, officer, scene["answer"]))
        stage.say(conversation, scene["then"], answered + timedelta(minutes=1))
        stage.at(stage.end, lambda: routing.add_note(stage.session, case.id, officer, scene["note"]))


def _handed_over(stage: _Stage, conversation: Conversation, scene: dict[str, Any], at: datetime) -> Case:
    stage.say(conversation, scene["ask"], at)
    case: Case = stage.at(
        at,
        lambda: handoffs.request(stage.session, conversation.id, scene["reason"], announce_citizen=True),
    )
    case.created_at = at
    return case


def _feedback(stage: _Stage, scene: dict[str, Any]) -> None:
    conversation = stage.citizen()
    moment = stage.end - timedelta(days=scene["days"], minutes=stage.dice.randrange(30, 300))
    stage.say(conversation, scene["content"], moment)
    details = {name: scene[name] for name in ("content", "category", "place")}
    details["due_at"], details["unit_code"] = moment + DUE, scene.get("unit")
    case: Case = stage.at(moment, lambda: cases.open_feedback(stage.session, conversation.id, **details))
    case.created_at = moment
    if "priority" in scene:
        leader = stage.officer("demo.sau")
        stage.at(
            moment,
            lambda: routing.plan(stage.session, case.id, scene["priority"], case.due_at, leader),
        )
    if scene["state"] == "new":
        return
    officer = stage.dice.choice([one for one in stage.staff if one.unit_id in (None, case.unit_id)])
    stage.at(moment + timedelta(hours=3), lambda: cases.take(stage.session, case.id, officer))
    if scene["state"] == "in_progress":
        return
    later = moment + timedelta(days=1)
    stage.at(later, lambda: cases.answer(stage.session, case.id, officer, scene["answer"]))
    if scene["state"] == "closed":
        stage.at(later, lambda: cases.close(stage.session, case.id, officer, scene["outcome"]))
        case.closed_at = later


def _weighted(dice: random.Random, scenes: list[dict[str, Any]]) -> dict[str, Any]:
    return dice.choices(scenes, [scene["weight"] for scene in scenes])[0]


@cache
def _script() -> dict[str, Any]:
    script: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("demo.yaml").read_text(encoding="utf-8"))
    return script
