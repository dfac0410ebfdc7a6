"""The learning loop: an editor says what people meant, tries it, a second person puts it into use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from conversations import editorial, tally
from conversations.editorial import OwnWork, Saying, State
from conversations.models import Officer
from staff import learning
from staff.knowledge import Found
from staff.learning import Group
from staff.visit import Problem, Visit

SHOWN = 60
JUST_NOW = timedelta(seconds=5)
"""How old the gathering of questions may be: editors look for one that they have just heard of."""
TRIED = 12
"""Questions whose results are compared."""


@dataclass(frozen=True)
class Proposal:
    """Sayings of one document by one author that wait for a second person."""

    document_id: str
    author: Officer
    sayings: tuple[Saying, ...]

    @property
    def ids(self) -> str:
        """Their numbers, for a form."""
        return ",".join(str(saying.id) for saying in self.sayings)


def show(visit: Visit) -> Response:
    """Groups of questions, what waits for a second person, and what was learnt."""
    tally.refresh(visit.console.db, visit.console.zone, JUST_NOW)
    groups = _groups(visit)
    visit.record("question.read", "question", shown=len(groups))
    return visit.page(
        "learning.html",
        groups=groups[:SHOWN],
        total=len(groups),
        proposals=_proposals(editorial.sayings(visit.session, State.REVIEW)),
        live=_proposals(editorial.sayings(visit.session, State.LIVE)),
    )


def group(visit: Visit) -> Response:
    """One group: its questions, what search finds for them, and where they may belong."""
    return _group_page(visit, _found_group(visit, visit.query("key")))


def propose(visit: Visit) -> Response:
    """Says that the chosen questions mean a document."""
    found = _found_group(visit, visit.form.get("key", ""))
    chosen = [question.text for question in found.questions if question.folded in _chosen(visit)]
    document_id = visit.form.get("document", "").strip()
    if document_id not in {document.id for document in visit.console.knowledge.documents()}:
        return _group_page(visit, found, Problem("no_document"))
    if not chosen:
        return _group_page(visit, found, Problem("no_question"))
    editorial.propose(visit.session, visit.officer, document_id, chosen)
    return visit.redirect("learning", notice="proposed")


def settle(visit: Visit) -> Response:
    """The group needs nothing: it is not the assistant's business, or was answered otherwise."""
    found = _found_group(visit, visit.form.get("key", ""))
    learning.settle(visit.session, visit.officer, [question.folded for question in found.questions])
    visit.record("question.settle", "question", shown=len(found.questions))
    return visit.redirect("learning", notice="settled")


def try_out(visit: Visit) -> Response:
    """What the proposal would change, before anybody puts it into use; a part of the page. Takes seconds.

    Shows the questions themselves and their neighbours, those of the latest answered questions whose
    result would change, and how many questions with known answers are found right before and after.
    """
    reviewed = bool(visit.form.get("sayings"))
    if reviewed:
        chosen = _sayings(visit, State.REVIEW)
        pairs = [(saying.document_id, saying.text) for saying in chosen]
        questions = [saying.text for saying in chosen]
    else:
        found = _found_group(visit, visit.form.get("key", ""))
        texts = [question.text for question in found.questions if question.folded in _chosen(visit)]
        pairs = [(visit.form.get("document", "").strip(), text) for text in texts]
        questions = [question.text for question in found.questions]
    neighbours = [title for code, title in _titles(visit).items() if code in {code for code, _ in pairs}]
    asked = list(dict.fromkeys([*questions[:TRIED], *neighbours]))
    with visit.console.db.session(read_only=True) as session:
        others = [text for text in learning.answered(session) if text not in asked]
    trial = visit.console.knowledge.try_sayings(pairs, [*asked, *others])
    rows = [(text, *found) for text, found in zip([*asked, *others], trial.results, strict=True)]
    return visit.page(
        "parts/trial.html",
        rows=rows[: len(asked)],
        others=len(others),
        changed=[row for row in rows[len(asked) :] if _first(row[1]) != _first(row[2])],
        measured=trial.measured,
        may_accept=reviewed and all(saying.author_id != visit.officer.id for saying in chosen),
    )


def decide(visit: Visit) -> Response:
    """Puts a colleague's proposal into use, or drops it."""
    accept = visit.form.get("decision") == "accept"
    ids = [saying.id for saying in _sayings(visit, State.REVIEW)]
    try:
        editorial.decide(visit.session, visit.officer, ids, accept=accept)
    except OwnWork:
        return visit.redirect("learning", problem="own_work")
    return visit.redirect("learning", notice="learnt" if accept else "dropped")


def take_back(visit: Visit) -> Response:
    """One click back: sayings go out of use."""
    editorial.take_back(visit.session, visit.officer, [saying.id for saying in _sayings(visit, State.LIVE)])
    return visit.redirect("learning", notice="unlearnt")


def _group_page(visit: Visit, found: Group, problem: Problem | None = None) -> Response:
    results = visit.console.knowledge.search(found.questions[0].text)
    titles = _titles(visit)
    offered: dict[str, Any] = {one.id: one.title for one in results if one.id in titles}
    if found.guess in titles:
        offered.setdefault(str(found.guess), titles[str(found.guess)])
    return visit.page(
        "learning_group.html",
        problem.status if problem else 200,
        group=found,
        results=results,
        offered=offered,
        titles=titles,
        problem=problem.text if problem else "",
        document=visit.form.get("document", ""),
    )


def _groups(visit: Visit) -> list[Group]:
    with visit.console.db.session(read_only=True) as session:
        return learning.grouped(learning.unmet(session), visit.console.knowledge.encode)


def _found_group(visit: Visit, key: str) -> Group:
    """The group in which a question stands now."""
    for found in _groups(visit):
        if any(question.folded == key for question in found.questions):
            return found
    raise HTTPException(404)


def _first(found: Sequence[Found]) -> str | None:
    return found[0].id if found else None


def _chosen(visit: Visit) -> set[str]:
    return {value for name, value in visit.form.items() if name.startswith("question.")}


def _sayings(visit: Visit, state: State) -> list[Saying]:
    ids = {int(part) for part in visit.form.get("sayings", "").split(",") if part.strip().isdigit()}
    found = [saying for saying in editorial.sayings(visit.session, state) if saying.id in ids]
    if not found:
        raise HTTPException(404)
    return found


def _proposals(sayings: list[Saying]) -> list[Proposal]:
    by_origin: dict[tuple[str, int], list[Saying]] = {}
    for saying in sayings:
        by_origin.setdefault((saying.document_id, saying.author_id), []).append(saying)
    return [Proposal(found[0].document_id, found[0].author, tuple(found)) for found in by_origin.values()]


def _titles(visit: Visit) -> dict[str, str]:
    return {document.id: document.title for document in visit.console.knowledge.documents()}
