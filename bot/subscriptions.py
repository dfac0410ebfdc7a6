"""News that citizens asked for: reads "theo dõi PA-…", "nhận tin phường …", and sends announcements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from actions.turn import Services, message
from conversations import cases, following
from conversations.inbox import Claimed
from conversations.messages import AnswerStatus, Link, OutboundMessage, Sender
from knowledge_base.schema import Announcement
from nlu.text import fold

NEWS_FOR = timedelta(days=3)
"""An announcement published longer ago is no news to subscribers."""
AT_A_TIME = 100
"""People in one transaction."""

_CODE = re.compile(r"(?<!\w)(?:pa[\s-]?)?[0-9a-z]{4}[\s-]?[0-9a-z]{4}(?!\w)")
_TOPIC = re.compile(r"case:\d{1,18}|area:\w{1,20}", re.ASCII)


class Subscriptions:
    """Answers what concerns news, before the assistant is asked."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def answer(self, claimed: Claimed) -> Sequence[OutboundMessage] | None:
        """The replies, or None when the message is about something else."""
        payload = claimed.message.payload
        with self._services.db.session(read_only=True) as session:
            change = self._pressed(payload) if payload else self._said(session, claimed.message.text)
        if change is None:
            return None
        topic, active, text = change
        if topic is not None:
            with self._services.db.session() as session:
                _apply(session, claimed.conversation_id, topic, active)
        return [message(text, AnswerStatus.STATUS_LOOKUP)]

    def send_announcements(self) -> int:
        """Send what was published lately to those who subscribed; returns to how many."""
        today = self._services.today()
        sent = 0
        for one in self._services.library.of(Announcement):
            if one.sample or not one.in_force(today) or one.published < today - NEWS_FOR:
                continue
            news = OutboundMessage(
                text=f"{one.title}\n\n{one.body}",
                links=(Link(title=one.source.url[:200], url=one.source.url),) if one.source.url else (),
                sender=Sender.SYSTEM,
            )
            while count := self._send(one, news):
                sent += count
        return sent

    def _send(self, one: Announcement, news: OutboundMessage) -> int:
        topics = {topic for area in one.area for topic in self._topics(area)} if one.area else None
        with self._services.db.session() as session:
            return following.announce_to_subscribers(session, one.id, topics, news, AT_A_TIME)

    def _pressed(self, payload: str) -> tuple[str | None, bool, str] | None:
        if not payload.startswith(following.STOP):
            return None
        topic = payload.removeprefix(following.STOP).strip()
        if topic and not _TOPIC.fullmatch(topic):
            return None
        return topic or following.STOP, False, say("stopped" if topic else "stopped_all")

    def _said(self, session: Session, text: str) -> tuple[str | None, bool, str] | None:
        words = fold(text).strip(" .!?")
        stop = _after(words, "stop")
        rest = stop if stop is not None else _after(words, "follow")
        if rest is None or len(rest) > 80:
            return None
        active = stop is None
        code = _CODE.search(rest)
        if code and any(c.isdigit() for c in code[0]):
            case = cases.find_by_code(session, code[0])
            if case is None or case.kind != "feedback":
                return None, active, say("unknown_code", code=code[0].upper())
            key = "following" if active else "stopped"
            return following.topic_of_case(case), active, say(key, code=case.code)
        if not active:
            return (following.STOP, False, say("stopped_all")) if not rest else self._area(rest, False)
        return self._area(rest, True)

    def _area(self, rest: str, active: bool) -> tuple[str | None, bool, str] | None:
        if any(phrase in rest for phrase in _words()["whole_province"]):
            topics, name = [following.PROVINCE], say("whole_province")
        else:
            topics, name = self._topics(rest), self._name(rest)
        if not topics:
            return None
        if len(topics) > 1:
            return None, active, say("area_several")
        return topics[0], active, say("area" if active else "stopped", area=name)

    def _topics(self, text: str) -> list[str]:
        units = {unit.code for place in self._services.places.find(text) for unit in place.units}
        return [following.topic_of_area(code) for code in sorted(units)]

    def _name(self, text: str) -> str:
        units = {unit.full_name for place in self._services.places.find(text) for unit in place.units}
        return next(iter(units), "")


def say(key: str, /, **values: str) -> str:
    """What a citizen reads."""
    return str(_words()["texts"][key]).strip().format(**values)


def _apply(session: Session, conversation_id: int, topic: str, active: bool) -> None:
    if topic == following.STOP:
        following.stop_all(session, conversation_id)
    elif active:
        following.start(session, conversation_id, topic)
    else:
        following.stop(session, conversation_id, topic)


def _after(words: str, kind: str) -> str | None:
    """What follows a phrase of that kind at the start; None if none stands there."""
    for phrase in _words()[kind]:
        if words == phrase or words.startswith(f"{phrase} "):
            return words.removeprefix(phrase).strip()
    return None


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return words
