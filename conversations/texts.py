"""What this room says to citizens; the words are in `texts.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from conversations.folding import fold
from conversations.messages import Choice, OutboundMessage, Sender

RETURN_TO_BOT = "/return_to_bot"
"""Payload of the button with which a citizen leaves the queue and talks to the assistant again."""
MY_CASES = "/my_cases"
"""Payload of the button that lists a citizen's feedback."""
RATE = "/rate_officer"
"""Payload, followed by a case's id and 1 or 0, with which a citizen says whether an officer helped."""


@cache
def _texts() -> dict[str, str]:
    content = Path(__file__).with_name("texts.yaml").read_text(encoding="utf-8")
    return {key: value.strip("\n") for key, value in yaml.safe_load(content).items()}


def say(key: str, /, **values: object) -> str:
    """The text under `key` with its `{values}` filled in.

    Raises:
        KeyError: there is no such text, or it needs a value that is missing.
    """
    return _texts()[key].format(**values)


def notice(key: str, /, **values: object) -> OutboundMessage:
    """A message of the system itself to the citizen."""
    return OutboundMessage(text=say(key, **values), sender=Sender.SYSTEM)


def closing_notice(case_id: int, code: str) -> OutboundMessage:
    """Tells a citizen that an officer has ended their talk, and asks whether it helped."""
    buttons = tuple(
        Choice(title=say(f"{key}_button"), payload=f"{RATE} {case_id} {value}")
        for key, value in (("satisfied", 1), ("unsatisfied", 0))
    )
    text = f"{say('handoff_closed', code=code)} {say('handoff_satisfied_question')}"
    return OutboundMessage(text=text, choices=buttons, sender=Sender.SYSTEM)


def says_return(text: str) -> bool:
    """Whether a whole message says in words what the button `RETURN_TO_BOT` does."""
    return fold(text).strip(" .!") in say("return_to_bot_words").split("|")


def waiting_notice(code: str, ahead: int, note: str = "", *, unit: str = "") -> OutboundMessage:
    """Tells a citizen that an officer will come, with a button to leave the queue.

    Args:
        code: the case's code.
        ahead: how many wait before this citizen.
        note: one more sentence, e.g. when the office opens.
        unit: whose officers the citizen waits for; any officer's if left out.
    """
    return _in_queue(say("handoff_waiting", code=code), _queue(ahead, unit), note)


def reminder(code: str, ahead: int, *, unit: str = "") -> OutboundMessage:
    """Tells a citizen who has waited for a while how it stands; arguments as for `waiting_notice`."""
    return _in_queue(say("handoff_still_waiting", code=code), _queue(ahead, unit))


def _queue(ahead: int, unit: str) -> str:
    where = say("handoff_at", unit=unit) if unit else ""
    return say("handoff_queue", ahead=ahead, where=where) if ahead else say("handoff_next", where=where)


def _in_queue(*sentences: str) -> OutboundMessage:
    text = " ".join(sentence for sentence in sentences if sentence)
    button = Choice(title=say("return_to_bot_button"), payload=RETURN_TO_BOT)
    return OutboundMessage(text=text, choices=(button,), sender=Sender.SYSTEM)
