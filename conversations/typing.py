"""Who is typing right now: passed between citizen and officer over the bus, stored nowhere.

While somebody keeps typing, their side calls `officer_types` or `citizen_types` every `PULSE`
seconds; the other side subscribes to the topic and shows it for `LASTS` seconds after each signal,
or until a message comes. A message ends it: nobody has to say that they stopped.
"""

from __future__ import annotations

from conversations.bus import SIGNAL, Notifier

PULSE = 3.0
"""Seconds between two signals of one who keeps typing; more are not needed."""
LASTS = 6.0
"""Seconds after a signal in which its writer still counts as typing."""


def officer_topic(conversation_id: int) -> str:
    """Announced while an officer writes to the citizen of that conversation."""
    return f"{SIGNAL}officer_types:{conversation_id}"


def citizen_topic(conversation_id: int) -> str:
    """Announced while the citizen of that conversation writes."""
    return f"{SIGNAL}citizen_types:{conversation_id}"


def officer_types(notifier: Notifier, conversation_id: int) -> None:
    """Tell the citizen's open clients that an officer is writing; blocks on PostgreSQL."""
    notifier.signal(officer_topic(conversation_id))


def citizen_types(notifier: Notifier, conversation_id: int) -> None:
    """Tell the officers who have the conversation open that the citizen is writing; blocks on PostgreSQL."""
    notifier.signal(citizen_topic(conversation_id))
