"""Who may open what: one table of route name to roles. A route that is not in it is closed to all."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """Roles of staff, as stored in `Officer.role`."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    EDITOR = "editor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


PUBLIC: frozenset[str] = frozenset({"login", "log_in"})
"""Routes that need no log-in."""

EVERYONE = frozenset(Role)
ANSWERING = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.ADMINISTRATOR})
"""Talk with citizens. Administrators too: in a small commune one person does it all; reads are audited."""
LEADING = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
FIGURES = frozenset({Role.SUPERVISOR, Role.EDITOR, Role.AUDITOR, Role.ADMINISTRATOR})
EDITING = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.EDITOR, Role.ADMINISTRATOR})
AUDITING = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
MANAGING = frozenset({Role.ADMINISTRATOR})

ACCESS: Mapping[str, frozenset[Role]] = {
    "home": EVERYONE,
    "log_out": EVERYONE,
    "account": EVERYONE,
    "change_password": EVERYONE,
    "events": ANSWERING,
    "waiting": ANSWERING,
    "queue": ANSWERING,
    "queue_rows": ANSWERING,
    "talk": ANSWERING,
    "talk_messages": ANSWERING,
    "talk_suggestions": ANSWERING,
    "talk_take": ANSWERING,
    "talk_answer": ANSWERING,
    "talk_give_back": ANSWERING,
    "talk_close": ANSWERING,
    "file": ANSWERING,
    "feedback": ANSWERING,
    "feedback_case": ANSWERING,
    "feedback_talk": ANSWERING,
    "feedback_take": ANSWERING,
    "feedback_assign": LEADING,
    "feedback_answer": ANSWERING,
    "feedback_close": ANSWERING,
    "announcements": EDITING,
    "undelivered": ANSWERING,
    "resend": ANSWERING,
    "analytics": FIGURES,
    "audit": AUDITING,
    "officers": MANAGING,
    "officer_create": MANAGING,
    "officer_update": MANAGING,
    "officer_reset": MANAGING,
}


def allowed(route: str, role: str | None) -> bool:
    """Whether a role (None: not logged in) may use a route."""
    if route in PUBLIC:
        return True
    return role is not None and role in ACCESS.get(route, frozenset())
