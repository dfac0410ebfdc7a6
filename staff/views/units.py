"""Communes and departments, for administrators."""

from __future__ import annotations

import re

from sqlalchemy import func, select
from starlette.exceptions import HTTPException
from starlette.responses import Response

from conversations.models import Case, Officer, Unit
from conversations.units import KINDS
from staff.visit import Problem, Visit

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
_MAX_NAME = 120


def show(visit: Visit) -> Response:
    """All units with how many officers and open cases each has."""
    return _page(visit)


def create(visit: Visit) -> Response:
    """A new unit."""
    code = visit.form.get("code", "").strip()
    try:
        name, kind = visit.text("name", _MAX_NAME), visit.form.get("kind", "")
        if not _CODE.fullmatch(code) or kind not in KINDS:
            raise Problem("unit_code")
        if visit.session.scalar(select(Unit.id).where(Unit.code == code)) is not None:
            raise Problem("unit_taken")
    except Problem as problem:
        return _page(visit, problem)
    unit = Unit(code=code, name=name, kind=kind)
    visit.session.add(unit)
    visit.session.flush()
    visit.record("unit.create", f"unit:{unit.id}")
    return visit.redirect("units", notice="unit_saved")


def update(visit: Visit) -> Response:
    """Its name, and whether cases may go to it."""
    unit = visit.session.get(Unit, visit.key())
    if unit is None:
        raise HTTPException(404)
    try:
        unit.name = visit.text("name", _MAX_NAME)
    except Problem as problem:
        return _page(visit, problem)
    unit.active = visit.form.get("active") == "1"
    visit.record("unit.update", f"unit:{unit.id}", active=unit.active)
    return visit.redirect("units", notice="unit_saved")


def _page(visit: Visit, problem: Problem | None = None) -> Response:
    officers = select(Officer.unit_id, func.count()).where(Officer.active).group_by(Officer.unit_id)
    cases = select(Case.unit_id, func.count()).where(Case.status != "closed").group_by(Case.unit_id)
    return visit.page(
        "units.html",
        problem.status if problem else 200,
        units=visit.session.scalars(select(Unit).order_by(Unit.kind.desc(), Unit.name)).all(),
        officers=dict(visit.session.execute(officers).all()),
        cases=dict(visit.session.execute(cases).all()),
        kinds=KINDS,
        problem=problem.text if problem else "",
    )
