"""Places, accounts, announcements, look-up of a code, hand-over, privacy."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import answering, codes, compose, english
from actions.aspects import asked_aspect
from actions.buttons import command, human
from actions.events import told_event
from actions.feedback_facts import announces, asks
from actions.memory import FORGET
from actions.question import content_words, is_danger, mentions, without_fields, word_lists
from actions.texts import say
from actions.turn import Services, Turn, message, utter
from actions.whereabouts import lives_there
from conversations import cases, handoffs, own_feedback, privacy
from conversations.messages import AnswerMeta, AnswerStatus, Choice, Link, OutboundMessage, SourceNote
from conversations.models import Case
from conversations.texts import MY_CASES
from knowledge_base.places import Place
from knowledge_base.schema import Announcement, Regulation
from nlu.text import fold

AWAITING_GUIDE = "guide"
"""Value of the slot `awaiting` while the citizen is asked which procedure to be guided through."""
OWN_SHOWN = 5
"""Codes of a citizen's own feedback that are offered."""
PLACES_REGULATION = "1654/NQ-UBTVQH15"
_PORTAL = Path(__file__).with_name("portal_help.yaml")
_PORTAL_LINK = Link(title="dichvucong.gov.vn", url="https://dichvucong.gov.vn")
_MY_CASES = Choice(title=say("choice.my_cases"), payload=MY_CASES)
SURE_DANGER = 0.75
"""Confidence from which a call for help is believed without a word of danger."""
_NOTHING_KNOWN = (AnswerStatus.OUT_OF_SCOPE, AnswerStatus.UNANSWERABLE)
_HANDOFF_REASONS = {"urgent": "urgent", "anger": "anger"}


class ServiceAction(Action):  # type: ignore[misc]
    """An action with the services it calls upon."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def turn(self, tracker: Tracker) -> Turn:
        """The turn to be answered."""
        return Turn.of(tracker, self._services.today())


class Answer(ServiceAction):
    """Answers a question; see `answering`. A tracking code in the message is looked up instead."""

    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        if turn.value("case_code") or codes.quoted_code(turn.text) or codes.dossier_number(turn.text):
            return [FollowupAction("action_lookup_code")]
        foreign = english.in_other_words(turn, self._services)
        if foreign is not None:
            said, slots = foreign
            utter(dispatcher, said)
            return [SlotSet(key, value) for key, value in slots.items()]
        reply = answering.answer(turn, self._services)
        if is_danger(turn.text) and reply.status is not AnswerStatus.ANSWERED:
            utter(dispatcher, message(say("handoff.urgent"), AnswerStatus.HANDOFF))
            utter(dispatcher, hand_over(self._services, turn.conversation_id, "urgent"))
            return []
        if reply.status in _NOTHING_KNOWN and told_event(turn.text):
            return [FollowupAction("action_life_event")]
        if turn.slots.get("awaiting") == AWAITING_GUIDE and reply.slots.get("procedure_code"):
            return [SlotSet("awaiting", None), FollowupAction("action_guide")]
        utter(dispatcher, *reply.messages)
        if reply.hand_over:
            utter(dispatcher, hand_over(self._services, turn.conversation_id, "failures"))
        return [SlotSet(key, value) for key, value in reply.slots.items()]


class Announcements(ServiceAction):
    """The announcements in force that fit the question; the newest when it names no matter."""

    def name(self) -> str:
        return "action_announcements"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        hits = self._services.searcher.search(turn.text, as_of=turn.as_of, limit=3, kinds=["announcement"])
        found = [self._services.library.get(hit.id) for hit in hits if hit.score >= answering.ASK_BACK]
        fitting = [one for one in found if isinstance(one, Announcement)]
        beside = set(content_words(turn.text, turn.place_entities)) - set(
            say("announcement.words").split("|")
        )
        news = mentions(turn.text, say("announcement.names").split("|"))
        if not fitting and not news and (beside or turn.slots.get("procedure_code")):
            return [FollowupAction("action_answer")]  # taken for a question about news by its "khi nào"
        if not fitting and beside:
            utter(
                dispatcher, message(say("announcement.none"), AnswerStatus.UNANSWERABLE, choices=(human(),))
            )
            return []
        if not fitting:
            current = [a for a in self._services.library.of(Announcement) if a.in_force(turn.as_of)]
            fitting = sorted(current, key=lambda a: a.published, reverse=True)[:3]
        if not fitting:
            utter(dispatcher, message(say("announcement.none"), AnswerStatus.UNANSWERABLE))
            return []
        text = "\n\n".join(compose.announcement(one) for one in fitting)
        meta = AnswerMeta(
            status=AnswerStatus.ANSWERED,
            intent=turn.intent,
            sources=tuple(compose.source_note(one) for one in fitting),
            score=hits[0].score if hits else None,
        )
        utter(dispatcher, OutboundMessage(text=text, meta=meta))
        return []


class PlaceInfo(ServiceAction):
    """What became of a commune or district, and where its office is."""

    def name(self) -> str:
        return "action_place"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        places = self._services.places.find(turn.text)
        if self._is_answered_else(turn, places):
            return [FollowupAction("action_answer")]  # which names the office of the place
        lines = [_about(place) for place in _told_once(places)[:4]]
        if not places or set(turn.fields) & {"where", "how_online"} or asked_aspect(turn.text):
            named = dict.fromkeys(unit.full_name for place in places[:2] for unit in place.units)
            units = list(named)[:3]
            lines.append(say("place.office", units=units))
        document = self._services.library.get(PLACES_REGULATION)
        sources = (
            (compose.source_note(document),)
            if isinstance(document, Regulation)
            else (SourceNote(id=PLACES_REGULATION, title=say("place.source")),)
        )
        meta = AnswerMeta(
            status=AnswerStatus.ANSWERED, intent=turn.intent, field="where", sources=sources, score=1.0
        )
        utter(dispatcher, OutboundMessage(text="\n\n".join(lines), meta=meta))
        return []

    def _is_answered_else(self, turn: Turn, places: list[Place]) -> bool:
        """Whether it is about a procedure, a law, or says where the citizen lives in the midst of a talk."""
        if turn.slots.get("procedure_code") and lives_there(turn.text):
            return True
        return is_about_a_procedure(turn, self._services) or (not places and self._is_about_a_law(turn))

    def _is_about_a_law(self, turn: Turn) -> bool:
        """Such as "tỉnh Kiên Giang còn không", which a resolution answers."""
        hits = self._services.searcher.search(turn.text, as_of=turn.as_of, limit=1, kinds=["regulation"])
        return bool(hits) and hits[0].score >= answering.ANSWER_AGAINST_REFUSAL


class PortalHelp(ServiceAction):
    """Help with VNeID and the portal, for beginners."""

    def name(self) -> str:
        return "action_portal_help"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        guide = _portal_guide()
        topics = {topic["id"]: topic for topic in guide["topics"]}
        chosen = topics.get(turn.value("topic") or "") or _topic_of(turn.text, guide["topics"])
        if chosen is None and (english.is_english(turn.text) or is_about_a_procedure(turn, self._services)):
            return [FollowupAction("action_answer")]
        if chosen is None:
            choices = tuple(
                Choice(title=topic["title"], payload=command("portal_help", topic=topic["id"]))
                for topic in guide["topics"]
            )
            utter(dispatcher, message(say("portal.which"), AnswerStatus.CLARIFICATION, choices=choices))
            return []
        text = f"{chosen['text']}\n\n{guide['review']}"
        choices = (human(),)
        document = self._services.library.get("3.000228")
        meta = AnswerMeta(
            status=AnswerStatus.ANSWERED,
            intent=turn.intent,
            field=turn.fields[0],
            procedures=("3.000228",) if document and chosen["id"] == "level2" else (),
            sources=(compose.source_note(document),) if document else (),
            score=turn.confidence,
        )
        utter(dispatcher, OutboundMessage(text=text, links=(_PORTAL_LINK,), choices=choices, meta=meta))
        return []


class LookUpCode(ServiceAction):
    """What became of a feedback, by its code; helps with one that has a slip in it, and with the number of
    a dossier, which only the portal knows.
    """

    def name(self) -> str:
        return "action_lookup_code"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        code = turn.value("case_code") or codes.quoted_code(turn.text)
        utter(dispatcher, self._state(turn, code) if code else self._own(turn) or _without_code(turn))
        return []

    def _own(self, turn: Turn) -> OutboundMessage | None:
        """The citizen's own feedback when they speak of it without a code: the only one, or its codes."""
        if not announces(turn.text):
            return None
        with self._services.db.session(read_only=True) as session:
            filed = own_feedback.filed(session, turn.conversation_id)
            if len(filed) == 1:
                return message(state_of(filed[0]), AnswerStatus.STATUS_LOOKUP)
        shown = tuple(Choice(title=case.code, payload=case.code) for case in filed[:OWN_SHOWN])
        return message(say("lookup.own"), AnswerStatus.STATUS_LOOKUP, choices=shown) if shown else None

    def _state(self, turn: Turn, code: str) -> OutboundMessage:
        with self._services.db.session(read_only=True) as session:
            case = cases.find_by_code(session, code)
            if case is not None:
                return message(state_of(case), AnswerStatus.STATUS_LOOKUP)
            meant = codes.nearest(code.upper(), cases.own_codes(session, turn.conversation_id))
        if meant:
            choices: tuple[Choice, ...] = (Choice(title=meant, payload=meant), _MY_CASES)
            text = say("lookup.meant", code=code.upper(), meant=meant)
        else:
            choices = (_MY_CASES,)
            length = codes.length_of(code)
            key = "lookup.unknown" if length == codes.LENGTH else "lookup.wrong_length"
            text = say(key, code=code.upper(), length=length)
        return message(text, AnswerStatus.STATUS_LOOKUP, choices=choices)


def _without_code(turn: Turn) -> OutboundMessage:
    number = codes.dossier_number(turn.text)
    if number is None and not mentions(turn.text, say("lookup.dossier_words").split("|")):
        return message(say("lookup.ask"), AnswerStatus.STATUS_LOOKUP, choices=(_MY_CASES,))
    choices = (
        *(() if number else (_MY_CASES,)),
        Choice(title=say("choice.feedback"), payload="/give_feedback"),
        human(),
    )
    text = say("lookup.dossier", number=number)
    return message(text, AnswerStatus.STATUS_LOOKUP, choices=choices, links=(_PORTAL_LINK,))


class HandOver(ServiceAction):
    """Asks an officer to come in."""

    def name(self) -> str:
        return "action_handoff"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        if turn.intent == "anger" and turn.slots.get("procedure_code") and _only_asks(turn):
            return [FollowupAction("action_answer")]  # "mất bao lâu?" is a question, however short
        if _is_doubtful(turn):
            return [FollowupAction("action_answer")]
        reason = _HANDOFF_REASONS.get(turn.intent, "requested")
        if reason != "requested":
            utter(dispatcher, message(say(f"handoff.{reason}"), AnswerStatus.HANDOFF))
        utter(dispatcher, hand_over(self._services, turn.conversation_id, reason))
        return []


def _is_doubtful(turn: Turn) -> bool:
    """Whether a message of a talk was taken for a call for help, or for an officer, with doubt only.

    Not if a word of danger stands in it; one that seems to want an officer must end as a question.
    """
    if turn.intent == "request_human" and not asks(turn.text):
        return False
    if turn.intent not in ("urgent", "request_human"):
        return False
    in_talk = turn.slots.get("procedure_code") or turn.slots.get("offered")
    return bool(in_talk) and turn.confidence < SURE_DANGER and not is_danger(turn.text)


def _only_asks(turn: Turn) -> bool:
    """Whether a message taken for anger is a plain question: no mood is named, and it ends as one."""
    angry = mentions(turn.text, word_lists("feedback_words.yaml")["moods"])
    return turn.asks and asks(turn.text) and not angry


class DeleteData(ServiceAction):
    """Erases the person's data after they confirmed, with the button or a yes."""

    NAME = "action_delete_data"

    def name(self) -> str:
        return self.NAME

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = self.turn(tracker)
        if turn.value("confirmed") != "yes":
            payload = command("delete_data", confirmed="yes")
            confirm = Choice(title=say("choice.erase"), payload=payload)
            keep = Choice(title=say("choice.no"), payload="/deny")
            utter(dispatcher, message(say("privacy.confirm"), AnswerStatus.CHITCHAT, choices=(confirm, keep)))
            return []
        return erase(self._services, turn, dispatcher)


def erase(services: Services, turn: Turn, dispatcher: CollectingDispatcher) -> list[Any]:
    """Ask for the person's data to be erased, and forget the talk."""
    with services.db.session() as session:
        privacy.request_erasure(session, turn.conversation_id)
    utter(dispatcher, message(say("privacy.done"), AnswerStatus.CHITCHAT))
    return [SlotSet(name, None) for name in FORGET]


def hand_over(services: Services, conversation_id: int, reason: str) -> OutboundMessage:
    """Ask for an officer; what to tell the citizen."""
    with services.db.session() as session:
        case = handoffs.request(session, conversation_id, reason)
        notice = handoffs.place_in_queue(session, case, services.calendar.notice())
    return notice.model_copy(update={"meta": AnswerMeta(status=AnswerStatus.HANDOFF)})


def is_about_a_procedure(turn: Turn, services: Services) -> bool:
    """Whether a procedure surely fits, whatever the classifier thought the message was about."""
    elsewhere = without_fields(turn.text, turn.place_entities)
    words = content_words(elsewhere, turn.field_entities)
    texts = {turn.text, elsewhere, *([" ".join(words)] if len(words) > 1 else [])}  # one word finds anything
    found = [services.searcher.search(text, as_of=turn.as_of, limit=1, kinds=["procedure"]) for text in texts]
    return any(hits and hits[0].score >= answering.ANSWER_AGAINST_REFUSAL for hits in found)


def _told_once(places: list[Place]) -> list[Place]:
    """Without former communes that went into a unit of today which is named too."""
    today = {unit for place in places if place.said == "unit" for unit in place.units}
    return [place for place in places if place.said != "former_commune" or not today.issuperset(place.units)]


def _about(place: Place) -> str:
    units = [unit.full_name for unit in place.units]
    return say(f"place.{place.said}", name=place.name, units=units, former=list(place.former))


def state_of(case: Case) -> str:
    """What a citizen reads under the code; of a duplicate, how the case stands that it was merged into."""
    main = case.main or case
    return say(
        "lookup.found",
        code=case.code,
        kind=case.kind,
        status=say(f"lookup.status.{main.status}"),
        created=case.created_at,
        answer=main.public_answer,
    )


def _topic_of(text: str, topics: list[dict[str, Any]]) -> dict[str, Any] | None:
    folded = f" {fold(text)} "
    counts = [sum(f" {fold(word)} " in folded for word in topic["words"]) for topic in topics]
    best = max(range(len(topics)), key=lambda at: counts[at])
    return topics[best] if counts[best] else None


@cache
def _portal_guide() -> dict[str, Any]:
    guide: dict[str, Any] = yaml.safe_load(_PORTAL.read_text(encoding="utf-8"))
    return guide
