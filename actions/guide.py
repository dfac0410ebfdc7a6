"""The procedure guide: one small step at a time, to a checklist at the end.

A button of the guide turns its page: the next step takes the place of the one it stood under.

Its state is the slot `guide`: code, stage (a name), case (number of the dossier's case) and paused.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import answering, compose
from actions.buttons import command, human
from actions.memory import REPEAT, Matter, comes_back, matters_of, remembering
from actions.service import AWAITING_GUIDE
from actions.texts import say
from actions.turn import GENERAL, Services, Turn, message, utter
from conversations.messages import AnswerMeta, AnswerStatus, Choice, OutboundMessage
from knowledge_base.schema import Procedure

STAGES = ("who", "case", "papers", "cost", "where", "online", "steps", "finish")
State = dict[str, Any]
_PAGES = {"guide_next", "guide_back", "guide_repeat", "resume"}
"""Intents whose buttons stand under messages of the guide alone."""


class StartGuide(Action):  # type: ignore[misc]
    """Begins with the procedure that is named or remembered; else asks which."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def name(self) -> str:
        return "action_guide"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = Turn.of(tracker, self._services.today())
        if turn.values("guide_case") and turn.slots.get("guide"):
            state = turn.slots["guide"] | {"case": int(turn.values("guide_case")[0]), "stage": "papers"}
            return show(dispatcher, self._services, state, turn, replaces=turn.pressed_in)
        found = answering.answer(turn, self._services)
        code = found.slots.get("procedure_code")
        if code and not isinstance(self._services.library.get(code), Procedure):
            utter(dispatcher, *found.messages)  # it is listed only: there are no steps to tell
            return [SlotSet(key, value) for key, value in found.slots.items()]
        if code is None:
            offered = found.messages[-1]
            choose = offered.model_copy(update={"choices": _as_guide(offered.choices)})
            utter(dispatcher, choose if found.status is AnswerStatus.CLARIFICATION else _which())
            return [SlotSet("awaiting", AWAITING_GUIDE)]
        return show(dispatcher, self._services, beginning(code), turn)


class GuideStep(Action):  # type: ignore[misc]
    """Next, back, repeat, resume."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def name(self) -> str:
        return "action_guide_step"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        turn = Turn.of(tracker, self._services.today())
        state = turn.slots.get("guide")
        back = turn.intent == "guide_back"
        matters = matters_of(turn.slots)
        if back and matters and (not state or (len(matters) > 1 and comes_back(turn.text))):
            return [FollowupAction("action_answer")]  # "quay lại cái hồi nãy" means a matter of the talk
        if matters and not state and (turn.asks or turn.intent == REPEAT):
            return [FollowupAction("action_answer")]  # "nói lại lần nữa" wants the last answer
        if not state:
            utter(dispatcher, message(say("guide.not_started"), AnswerStatus.GUIDE))
            return []
        stages = _stages(_procedure(self._services, state))
        at = stages.index(state["stage"]) if state["stage"] in stages else 0
        move = {"guide_next": 1, "affirm": 1, "guide_back": -1}.get(turn.intent, 0)
        if state["stage"] == "case" and move > 0:
            move = 0  # a case must be chosen
        at = min(max(at + move, 0), len(stages) - 1)
        state = state | {"stage": stages[at], "paused": False}
        replaces = turn.pressed_in if turn.intent in _PAGES else None
        return show(dispatcher, self._services, state, turn, replaces=replaces)


def beginning(code: str) -> State:
    """The guide through a procedure, at its first step."""
    return {"code": code, "stage": "who", "case": None}


def _procedure(services: Services, state: State) -> Procedure:
    document = services.library.get(state["code"])
    if not isinstance(document, Procedure):
        raise LookupError(f"the guide's procedure {state['code']} is gone")
    return document


def _stages(procedure: Procedure) -> list[str]:
    """The stages that this procedure has something to say about."""
    has = {
        "who": True,
        "case": len(procedure.dossier) > 1,
        "papers": bool(procedure.dossier),
        "cost": bool(procedure.fees or procedure.time_limits),
        "where": True,
        "online": procedure.online.available in ("full", "partial"),
        "steps": bool(procedure.steps),
        "finish": True,
    }
    return [stage for stage in STAGES if has[stage]]


def show(
    dispatcher: CollectingDispatcher,
    services: Services,
    state: State,
    turn: Turn,
    *,
    replaces: str | None = None,
) -> list[Any]:
    """Say where the guide stands, and remember it."""
    procedure = _procedure(services, state)
    page = _message(procedure, state, turn)
    utter(dispatcher, page.model_copy(update={"replaces": replaces}))
    ended = state["stage"] == "finish"
    slots = remembering(turn.slots, Matter(procedure.code, GENERAL))
    return [
        SlotSet("guide", None if ended else state),
        *(SlotSet(key, value) for key, value in slots.items()),
    ]


def _message(procedure: Procedure, state: State, turn: Turn) -> OutboundMessage:
    stage = state["stage"]
    chosen = compose.whole_case(procedure, state["case"] or 0) if procedure.dossier else None
    extra: dict[str, Any] = {}
    match stage:
        case "who":
            text = say("guide.begin", p=procedure)
        case "case":
            text = say("guide.which_case")
        case "papers":
            text = say("guide.papers", case=chosen)
        case "cost":
            parts = [compose.procedure_field(procedure, name, turn.as_of) for name in ("fee", "time_limit")]
            text = "\n\n".join(parts)
        case "where" | "steps":
            text = compose.procedure_field(procedure, stage, turn.as_of)
        case "online":
            text = compose.procedure_field(procedure, "how_online", turn.as_of)
            extra["links"] = compose.online_link(procedure)
        case _:
            text = say("guide.finish", p=procedure)
            extra["checklist"] = tuple(_paper_line(paper) for paper in chosen.papers) if chosen else ()
            text = "\n\n".join(part for part in (text, compose.caution(procedure)) if part)
    meta = AnswerMeta(
        status=AnswerStatus.GUIDE,
        intent=turn.intent,
        procedures=(procedure.code,),
        sources=(compose.source_note(procedure),) if stage == "finish" else (),
    )
    heading = _heading(procedure, stage)
    return OutboundMessage(
        text=f"{heading}\n\n{text}" if heading else text,
        choices=_choices(procedure, stage),
        meta=meta,
        **extra,
    )


def _heading(procedure: Procedure, stage: str) -> str:
    stages = [name for name in _stages(procedure) if name != "case"]
    if stage == "case":
        return ""
    title = say(f"guide.stage.{stage}")
    return say("guide.step", number=stages.index(stage) + 1, total=len(stages), title=title)


def _choices(procedure: Procedure, stage: str) -> tuple[Choice, ...]:
    if stage == "case":
        return tuple(
            Choice(
                title=_shortened(case.case or say("guide.usual_case")),
                payload=command("start_guide", guide_case=str(number)),
            )
            for number, case in enumerate(procedure.dossier)
        )
    if stage == "finish":
        return (human(),)
    moves = {"next": "/guide_next", "previous": "/guide_back", "stop": "/stop"}
    if stage == "who":
        del moves["previous"]
    return tuple(Choice(title=say(f"choice.{key}"), payload=payload) for key, payload in moves.items())


def _paper_line(paper: Any) -> str:
    return f"{paper.name} – {paper.copies}" if paper.copies else str(paper.name)


def _shortened(text: str) -> str:
    return text if len(text) <= 100 else text[:99] + "…"


def _as_guide(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Choices that ask about a procedure, turned into choices that start its guide."""
    return tuple(
        choice.model_copy(update={"payload": choice.payload.replace("/ask_procedure", "/start_guide")})
        for choice in choices
    )


def _which() -> OutboundMessage:
    return message(say("guide.ask_procedure"), AnswerStatus.GUIDE)
