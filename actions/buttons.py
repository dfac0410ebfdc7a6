"""Buttons under an answer, and the commands that they send."""

from __future__ import annotations

import json

from actions.texts import say
from conversations.messages import Choice
from knowledge_base.schema import Procedure


def command(intent: str, **entities: str) -> str:
    """The payload of a button: an intent with entities, as Rasa reads it."""
    return f"/{intent}{json.dumps(entities)}" if entities else f"/{intent}"


def ask_choice(procedure: Procedure, field: str) -> Choice:
    """The button that asks for a field of a procedure."""
    payload = command("ask_procedure", procedure_code=procedure.code, field=field)
    return Choice(title=title_of(procedure), payload=payload)


def title_of(procedure: Procedure) -> str:
    """A procedure as a button names it."""
    return say("procedure.title", p=procedure)[:100]


def human() -> Choice:
    """The button that calls an officer."""
    return Choice(title=say("choice.human"), payload="/request_human")
