"""Which open feedback is about the same thing: by the words they share, rare words counting more."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from conversations.models import Case, Officer
from staff.scope import visible

LOOKED_AT = 300
"""The latest open cases that are compared."""
SHOWN = 3
NEAR = 0.3
"""Share of the weight of words that two cases have in common, from which one is suggested."""


@dataclass(frozen=True)
class Similar:
    """A case that may be about the same thing."""

    case: Case
    share: float
    """Of the weight of their words, 0 to 1."""


def similar(session: Session, case: Case, officer: Officer) -> list[Similar]:
    """Open feedback that the officer sees and that shares much with this one, nearest first."""
    query = (
        select(Case)
        .where(Case.kind == "feedback", Case.status != "closed", Case.id != case.id, visible(officer))
        .order_by(Case.id.desc())
        .limit(LOOKED_AT)
    )
    others = session.scalars(query).all()
    words = {other.id: set(other.folded.split()) for other in (case, *others)}
    count = Counter(word for found in words.values() for word in found)
    weight = {word: math.log(1 + len(words) / number) for word, number in count.items()}
    near = [Similar(other, _share(words[case.id], words[other.id], weight)) for other in others]
    best = sorted((one for one in near if one.share >= NEAR), key=lambda one: -one.share)
    return best[:SHOWN]


def _share(one: set[str], other: set[str], weight: dict[str, float]) -> float:
    everything = sum(weight[word] for word in one | other)
    return sum(weight[word] for word in one & other) / everything if everything else 0.0
