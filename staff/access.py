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


PUBLIC: frozenset[str] = frozenset({"login", "log_in", "log_in_code", "sign_on", "sign_on_back"})
"""Routes that need no log-in."""

EVERYONE = frozenset(Role)
ANSWERING = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.ADMINISTRATOR})
"""Talk with citizens. Administrators too: in a small commune one person does it all; reads are audited."""
LEADING = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
FIGURES = frozenset({Role.SUPERVISOR, Role.EDITOR, Role.AUDITOR, Role.ADMINISTRATOR})
EDITING = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.EDITOR, Role.ADMINISTRATOR})
WRITING = frozenset({Role.SUPERVISOR, Role.EDITOR, Role.ADMINISTRATOR})
"""Write documents and review those of others."""
READING = WRITING | {Role.AUDITOR}
AUDITING = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
MANAGING = frozenset({Role.ADMINISTRATOR})

ACCESS: Mapping[str, frozenset[Role]] = {
    "home": EVERYONE,
    "log_out": EVERYONE,
    "account": EVERYONE,
    "change_password": EVERYONE,
    "totp": EVERYONE,
    "totp_enrol": EVERYONE,
    "totp_remove": EVERYONE,
    "end_session": EVERYONE,
    "end_others": EVERYONE,
    "events": ANSWERING,
    "waiting": ANSWERING,
    "queue": ANSWERING,
    "queue_rows": ANSWERING,
    "talk": ANSWERING,
    "talk_messages": ANSWERING,
    "talk_suggestions": ANSWERING,
    "talk_take": ANSWERING,
    "talk_answer": ANSWERING,
    "talk_types": ANSWERING,
    "talk_give_back": ANSWERING,
    "talk_close": ANSWERING,
    "case_note": ANSWERING,
    "case_plan": ANSWERING,
    "case_transfer": ANSWERING,
    "file": ANSWERING,
    "feedback": ANSWERING,
    "feedback_export": ANSWERING,
    "feedback_export_full": LEADING,
    "feedback_merge": ANSWERING,
    "feedback_case": ANSWERING,
    "feedback_talk": ANSWERING,
    "feedback_take": ANSWERING,
    "feedback_answer": ANSWERING,
    "feedback_close": ANSWERING,
    "announcements": EDITING,
    "knowledge": READING,
    "knowledge_document": READING,
    "knowledge_expiring": READING,
    "knowledge_edit": WRITING,
    "knowledge_save": WRITING,
    "knowledge_preview": WRITING,
    "import_form": WRITING,
    "import_file": WRITING,
    "import_feed": WRITING,
    "web_links": READING,
    "web_links_again": WRITING,
    "import_publish": WRITING,
    "learning": READING,
    "learning_group": READING,
    "learning_propose": WRITING,
    "learning_settle": WRITING,
    "learning_try": WRITING,
    "learning_decide": WRITING,
    "learning_take_back": WRITING,
    "version": READING,
    "version_submit": WRITING,
    "version_publish": WRITING,
    "version_return": WRITING,
    "version_drop": WRITING,
    "version_withdraw": WRITING,
    "undelivered": ANSWERING,
    "resend": ANSWERING,
    "analytics": FIGURES,
    "analytics_topics": FIGURES,
    "analytics_service": FIGURES,
    "analytics_table": FIGURES,
    "analytics_report": FIGURES,
    "audit": AUDITING,
    "audit_head": AUDITING,
    "controls": MANAGING,
    "notice_set": MANAGING,
    "notice_remove": MANAGING,
    "channel_switch": MANAGING,
    "zalo": MANAGING,
    "zalo_leave": MANAGING,
    "zalo_back": MANAGING,
    "officers": MANAGING,
    "officer_create": MANAGING,
    "officer_update": MANAGING,
    "officer_reset": MANAGING,
    "officer_forget_totp": MANAGING,
    "units": MANAGING,
    "unit_create": MANAGING,
    "unit_update": MANAGING,
}


def allowed(route: str, role: str | None) -> bool:
    """Whether a role (None: not logged in) may use a route."""
    if route in PUBLIC:
        return True
    return role is not None and role in ACCESS.get(route, frozenset())
