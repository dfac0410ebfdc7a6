"""Documents for editors: the list, one document with its versions, writing, reviewing, publishing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from difflib import unified_diff
from typing import Any

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.responses import Response

from conversations import editorial
from conversations.editorial import DocumentVersion, OwnWork, State, WrongState
from knowledge_base.documents import Problem as Fault
from knowledge_base.documents import check_record
from knowledge_base.schema import Announcement, AnyDocument, Procedure
from nlu.text import fold
from staff import forms
from staff.visit import Problem, Visit

PAGE = 60
MAX_NOTE = 2_000
SOON = timedelta(days=60)
"""A document that ends within this time is listed as ending."""
STALE = timedelta(days=180)
"""Facts that were checked longer ago than this are listed as stale."""
OPEN = (State.DRAFT, State.REVIEW)


def show(visit: Visit) -> Response:
    """What is being written, and what is in use."""
    kind, words, skip = visit.query("kind"), visit.query("q")[:200], visit.number("skip") or 0
    wanted = fold(words).split()
    documents = [
        document
        for document in visit.console.knowledge.documents()
        if (not kind or document.kind == kind)
        and all(word in fold(f"{document.id} {document.title}") for word in wanted)
    ]
    documents.sort(key=lambda document: fold(document.title))
    query = select(DocumentVersion).where(
        DocumentVersion.state.in_([state.value for state in OPEN]), DocumentVersion.batch.is_(None)
    )
    return visit.page(
        "knowledge.html",
        drafts=visit.session.scalars(query.order_by(DocumentVersion.updated_at.desc())).all(),
        documents=documents[skip : skip + PAGE],
        total=len(documents),
        skip=skip,
        after=skip + PAGE if skip + PAGE < len(documents) else None,
        kind=kind,
        words=words,
        kinds=list(forms.KINDS),
    )


def document(visit: Visit) -> Response:
    """One document: as citizens read it, and every version of it."""
    id = visit.query("document")
    found = _in_use(visit, id)
    versions = editorial.history(visit.session, id)
    if found is None and not versions:
        raise HTTPException(404)
    return visit.page(
        "knowledge_document.html",
        id=id,
        kind=found.kind if found else versions[0].kind,
        title=found.title if found else versions[0].title,
        found=found,
        source=forms.as_yaml(forms.record_of(found)) if found else "",
        preview=visit.console.knowledge.preview(found) if found else [],
        versions=versions,
        live=next((version for version in versions if version.state == State.LIVE), None),
    )


def expiring(visit: Visit) -> Response:
    """Documents that end soon or have ended, whose facts were checked long ago or could not be."""
    today = datetime.now(visit.console.zone).date()
    found = visit.console.knowledge.documents()
    ends = [(day, document) for document in found for day in _ends(document) if day <= today + SOON]
    return visit.page(
        "knowledge_expiring.html",
        today=today,
        ends=sorted(set(ends), key=lambda pair: (pair[0], pair[1].id)),
        stale=[document for document in found if document.source.checked < today - STALE],
        doubtful=[document for document in found if document.review],
    )


def edit(visit: Visit) -> Response:
    """The form: empty, of a document in use, or of a version."""
    version = _version(visit, visit.number("version")) if visit.query("version") else None
    id = version.document_id if version else visit.query("document")
    found = None if version else _in_use(visit, id)
    if id and version is None and found is None:
        raise HTTPException(404)
    record: dict[str, Any] = {}
    if version is not None:
        record = dict(version.content)
    elif found is not None:
        record = forms.record_of(found)
    kind = str(record.get("kind") or visit.query("kind"))
    if kind not in forms.KINDS:
        raise HTTPException(404)
    return _form(visit, kind, id, version, record)


def save(visit: Visit) -> Response:
    """Keeps a draft if it can be read; else says what is wrong."""
    kind, number = visit.form.get("kind", ""), visit.form.get("version", "")
    if kind not in forms.KINDS:
        raise HTTPException(404)
    version = _version(visit, int(number)) if number.isdigit() else None
    version = version if version is not None and version.state in OPEN else None
    id = visit.form.get("document", "")
    written, faults = _written(visit, kind)
    if written is not None and id and written.id != id:
        faults = [Fault("", id, forms.ID_FIELDS[kind], str(Problem("document_id").text))]
    if written is None or faults:
        return _form(visit, kind, id, version, None, faults)
    saved = editorial.save(
        visit.session,
        visit.officer,
        document_id=written.id,
        kind=kind,
        title=written.title,
        content=forms.record_of(written),
        version_id=version.id if version else None,
    )
    return visit.redirect("version", id=saved.id, notice="draft_saved")


def preview(visit: Visit) -> Response:
    """What the citizen would read of what stands in the form; a part of the page."""
    kind = visit.form.get("kind", "")
    if kind not in forms.KINDS:
        raise HTTPException(404)
    written, faults = _written(visit, kind)
    shown = visit.console.knowledge.preview(written) if written and not faults else []
    return visit.page("parts/preview.html", preview=shown, faults=faults)


def version(visit: Visit) -> Response:
    """One version: as citizens would read it, what it changes, and the next step."""
    return _page(visit, _version(visit, visit.key()))


def submit(visit: Visit) -> Response:
    """Asks a colleague to review."""
    return _step(visit, "draft_submitted", lambda id: editorial.submit(visit.session, id, visit.officer))


def publish(visit: Visit) -> Response:
    """Puts a colleague's work into use."""
    return _step(visit, "published", lambda id: editorial.publish(visit.session, id, visit.officer))


def send_back(visit: Visit) -> Response:
    """Back to the author with a reason."""
    return _step(
        visit,
        "sent_back",
        lambda id: editorial.send_back(visit.session, id, visit.officer, visit.text("note", MAX_NOTE)),
    )


def drop(visit: Visit) -> Response:
    """Gives up a draft."""
    return _step(visit, "dropped", lambda id: editorial.drop(visit.session, id, visit.officer))


def withdraw(visit: Visit) -> Response:
    """Takes a version back; what was in use before it is again."""
    return _step(visit, "withdrawn", lambda id: editorial.withdraw(visit.session, id, visit.officer))


def _step(visit: Visit, notice: str, act: Callable[[int], object]) -> Response:
    found = _version(visit, visit.key())
    try:
        act(found.id)
    except OwnWork:
        return _page(visit, found, Problem("own_work"))
    except WrongState:
        return _page(visit, found, Problem("version_state"))
    except Problem as problem:
        return _page(visit, found, problem)
    return visit.redirect("version", id=found.id, notice=notice)


def _page(visit: Visit, found: DocumentVersion, problem: Problem | None = None) -> Response:
    read, _ = check_record(found.content)
    return visit.page(
        "knowledge_version.html",
        problem.status if problem else 200,
        version=found,
        preview=visit.console.knowledge.preview(read) if read else [],
        changes=_changes(visit, found),
        problem=problem.text if problem else "",
        own=found.author_id == visit.officer.id,
    )


def _changes(visit: Visit, found: DocumentVersion) -> list[tuple[str, str]]:
    """Lines that differ from what is in use (or was before), as ("+", "-", "@" or " ", text)."""
    before = _before(visit, found)
    old = forms.as_yaml(before).splitlines() if before else []
    lines = unified_diff(old, forms.as_yaml(found.content).splitlines(), n=2, lineterm="")
    return [(line[0], line[1:]) for line in lines if not line.startswith(("+++", "---"))]


def _before(visit: Visit, found: DocumentVersion) -> dict[str, Any] | None:
    if found.state in OPEN:
        in_use = _in_use(visit, found.document_id)
        return forms.record_of(in_use) if in_use else None
    versions = editorial.history(visit.session, found.document_id)
    earlier = [v for v in versions if v.id < found.id and v.live_at is not None]
    return earlier[0].content if earlier else None


def form(visit: Visit, kind: str, record: dict[str, Any]) -> Response:
    """The form with the start of a new document."""
    return _form(visit, kind, "", None, record)


def _form(
    visit: Visit,
    kind: str,
    id: str,
    version: DocumentVersion | None,
    record: dict[str, Any] | None,
    faults: Sequence[Fault] = (),
) -> Response:
    """The form with a record, or (None) with what was sent and could not be read."""
    fields = forms.fields_of(kind)
    whole = visit.query("mode") == "yaml" or "yaml" in visit.form
    if record is None:
        values, text = dict(visit.form), visit.form.get("yaml", "")
    else:
        today = datetime.now(visit.console.zone).date().isoformat()
        start = {"source": {"checked": today}} | ({"published": today} if kind == "announcement" else {})
        values, text = (
            forms.values_of(record or start, fields),
            forms.as_yaml(record or {"kind": kind} | start),
        )
    return visit.page(
        "knowledge_edit.html",
        422 if faults else 200,
        kind=kind,
        id=id,
        version=version,
        fields=fields,
        values=values,
        text=text,
        whole=whole,
        faults=faults,
        by_field=_by_field(faults, {field.name for field in fields}),
        id_field=forms.ID_FIELDS[kind],
    )


def _by_field(faults: Sequence[Fault], names: set[str]) -> dict[str, list[str]]:
    """Reasons by the form field in which they are to be put right."""
    found: dict[str, list[str]] = {}
    for fault in faults:
        first = fault.field.split(".")[0]
        name = fault.field if fault.field in names else first
        found.setdefault(name, []).append(fault.reason)
    return found


def _written(visit: Visit, kind: str) -> tuple[AnyDocument | None, list[Fault]]:
    if "yaml" in visit.form:
        return forms.read_yaml(kind, visit.form["yaml"])
    return forms.read_form(kind, visit.form, forms.fields_of(kind))


def _version(visit: Visit, id: int | None) -> DocumentVersion:
    found = visit.session.get(DocumentVersion, id) if id is not None else None
    if found is None:
        raise HTTPException(404)
    return found


def _in_use(visit: Visit, id: str) -> AnyDocument | None:
    return next((one for one in visit.console.knowledge.documents() if one.id == id), None)


def _ends(document: AnyDocument) -> list[date]:
    """The days on which a document, or a fee of it, ends."""
    if isinstance(document, Announcement):
        return [document.expires] if document.expires else []
    days = [document.effective_to]
    if isinstance(document, Procedure):
        days += [fee.effective_to for fee in document.fees]
    return [day for day in days if day]
