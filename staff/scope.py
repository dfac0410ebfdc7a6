"""Which cases an officer sees: the one condition that every query for cases carries."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, aliased

from conversations.models import Case, Officer, OutboxItem
from staff.access import LEADING


def leads(officer: Officer) -> bool:
    """Whether the officer sees the cases of all units and may move any of them."""
    return officer.role in LEADING


def visible(officer: Officer, of: type[Case] = Case) -> ColumnElement[bool]:
    """Cases of the officer's unit, of no unit, and those given to the officer; all for leaders."""
    if leads(officer):
        return true()
    own_unit = of.unit_id == officer.unit_id if officer.unit_id is not None else of.unit_id.is_(None)
    return or_(of.unit_id.is_(None), own_unit, of.assigned_to == officer.id)


def find(session: Session, case_id: int, officer: Officer) -> Case | None:
    """A case that the officer may see; None where there is none or it is not for their eyes."""
    return session.scalars(select(Case).where(Case.id == case_id, visible(officer))).first()


def undelivered(officer: Officer) -> ColumnElement[bool]:
    """Messages to citizens none of whose cases is another unit's business alone."""
    if leads(officer):
        return true()
    theirs, any_case = aliased(Case), aliased(Case)
    of_conversation = select(any_case.id).where(any_case.conversation_id == OutboxItem.conversation_id)
    seen = select(theirs.id).where(
        theirs.conversation_id == OutboxItem.conversation_id, visible(officer, theirs)
    )
    return or_(~of_conversation.exists(), seen.exists())
