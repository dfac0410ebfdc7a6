"""Which office of today a citizen goes to, from the place that the talk names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.texts import say
from actions.turn import Services, Turn
from knowledge_base.places import Place
from knowledge_base.schema import Level, Procedure
from nlu.text import read

MOST_UNITS = 8
"""Communes of a former district that are listed."""


def place_named(turn: Turn, services: Services) -> Place | None:
    """The place in the message, a unit of today before others of the same name; None when there is none."""
    places = services.places.find(turn.text)
    return next((place for place in places if place.said == "unit"), places[0] if places else None)


def lives_there(text: str) -> bool:
    """Whether a message says where somebody lives ("tôi ở xã Vĩnh Thuận"), and asks nothing of the place."""
    said = read(text).folded
    return bool(re.match(say("place.lives"), said)) and not re.search(say("place.asked"), said)


def _at_an_office(procedure: Procedure) -> bool:
    """Whether the record names the service centre, the committee or the police as the place."""
    return any(word in procedure.where.lower() for word in say("place.office_words").split("|"))


def office_note(procedure: Procedure, fields: Sequence[str], turn: Turn, services: Services) -> str:
    """Where the procedure is done for somebody of the place named now, or named before if that is asked.

    Empty when no place was named, or when the procedure is not done in a commune.
    """
    place = place_named(turn, services)
    if place is None and "where" in fields:
        remembered = str(turn.slots.get("place") or "")
        place = next(iter(services.places.find(remembered)), None)
    if place is None or Level.COMMUNE not in procedure.levels or not _at_an_office(procedure):
        return ""
    units = [unit.full_name for unit in place.units[:MOST_UNITS]]
    return say("place.where_to_go", place=place, units=units, p=procedure)
