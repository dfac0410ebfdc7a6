"""Taking up files: the national database's export as a batch, a file or a news feed as drafts."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path, PurePath

import httpx
from sqlalchemy import func, select
from starlette.responses import Response

from conversations import audit, editorial
from conversations.editorial import DocumentVersion, State
from knowledge_base import feeds, national
from knowledge_base.documents import Problem as Fault
from knowledge_base.documents import reason
from knowledge_base.extraction import Extracted, Unreadable, extract
from knowledge_base.schema import Procedure
from staff import forms
from staff.views import knowledge
from staff.visit import Problem, Upload, Visit

EXPORTS = (".jsonl", ".gz")
FEEDS = (".xml", ".rss", ".atom")
MAX_ADDRESS = 2_000
SHOWN = 200
"""Problems that are listed."""


def show(visit: Visit) -> Response:
    """The form, and batches that wait for a second person."""
    return _page(visit)


def take(visit: Visit) -> Response:
    """Reads the file: an export becomes drafts under review, any other file the start of one draft."""
    try:
        file = visit.upload
    except Problem as problem:
        return _page(visit, problem=problem.text)
    if PurePath(file.name).suffix.lower() in EXPORTS:
        return _take_export(visit, file)
    if PurePath(file.name).suffix.lower() in FEEDS:
        return _take_feed(visit, file.content)
    kind = visit.form.get("kind", "")
    try:
        found = extract(file.name, file.content)
    except Unreadable as error:
        return _page(visit, problem=reason(str(error)))
    kind = kind if kind in forms.KINDS else "announcement"
    return knowledge.form(visit, kind, _start(visit, kind, file, found))


def take_feed(visit: Visit) -> Response:
    """Reads the news feed at an address: every new entry becomes a draft of an announcement."""
    try:
        return _take_feed(visit, visit.console.fetch(visit.text("address", MAX_ADDRESS)))
    except Problem as problem:
        return _page(visit, problem=problem.text)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        return _page(visit, problem=reason("page_unreachable", error=type(error).__name__))


def publish(visit: Visit) -> Response:
    """Puts all of a colleague's batch into use."""
    batch = visit.form.get("batch", "")
    query = select(DocumentVersion).where(
        DocumentVersion.batch == batch, DocumentVersion.state == State.REVIEW.value
    )
    versions = visit.session.scalars(query).all()
    if any(version.author_id == visit.officer.id for version in versions):
        return visit.redirect("import_form", problem="own_work")
    for version in versions:
        editorial.publish(visit.session, version.id, visit.officer)
    return visit.redirect("import_form", notice="published")


def _take_export(visit: Visit, file: Upload) -> Response:
    today = datetime.now(visit.console.zone).date()
    in_use = {one.id: one for one in visit.console.knowledge.documents() if isinstance(one, Procedure)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / PurePath(file.name).name
        path.write_bytes(file.content)
        try:
            found = national.import_export(path, checked=today, reviewed=in_use)
        except (OSError, EOFError) as error:
            return _page(visit, problem=reason("unreadable", error=type(error).__name__))
    new = [one for one in found.procedures if one.code not in in_use]
    batch = f"{PurePath(file.name).name[:60]} {datetime.now(visit.console.zone):%d/%m/%Y %H:%M:%S}"
    with visit.console.db.session() as session:
        author = session.merge(visit.officer)
        editorial.save_batch(
            session,
            author,
            batch,
            [(one.code, one.kind, one.name, forms.record_of(one)) for one in new],
        )
        audit.record(session, author.username, "document.import", "document", {"shown": len(new)})
    return _page(visit, taken=len(new), known=found.reviewed, faults=found.problems)


def _take_feed(visit: Visit, content: bytes) -> Response:
    try:
        records = feeds.read_feed(content, datetime.now(visit.console.zone).date())
    except Unreadable as error:
        return _page(visit, problem=reason(str(error)))
    in_use = {document.id for document in visit.console.knowledge.documents()}
    with visit.console.db.session() as session:
        author = session.merge(visit.officer)
        written = set(session.scalars(select(DocumentVersion.document_id)))
        new = [record for record in records if record["id"] not in in_use | written]
        for record in new:
            editorial.save(
                session,
                author,
                document_id=record["id"],
                kind=record["kind"],
                title=record["title"],
                content=record,
            )
    return _page(visit, drafted=len(new), known=len(records) - len(new))


def _start(visit: Visit, kind: str, file: Upload, found: Extracted) -> dict[str, object]:
    """A record to go on writing from."""
    today = datetime.now(visit.console.zone).date().isoformat()
    source = {"title": PurePath(file.name).name, "checked": today}
    text = {"announcement": "body", "procedure": "summary", "regulation": "about"}[kind]
    title = "name" if kind == "procedure" else "title"
    dates = {"published": today} if kind == "announcement" else {}
    return {"kind": kind, title: found.title, text: found.text, "source": source, **dates}


def _page(
    visit: Visit,
    *,
    problem: str = "",
    taken: int | None = None,
    drafted: int | None = None,
    known: int = 0,
    faults: list[Fault] | None = None,
) -> Response:
    with visit.console.db.session(read_only=True) as session:
        query = (
            select(DocumentVersion.batch, func.count(), func.min(DocumentVersion.author_id))
            .where(DocumentVersion.state == State.REVIEW.value, DocumentVersion.batch.is_not(None))
            .group_by(DocumentVersion.batch)
        )
        batches = session.execute(query).all()
    return visit.page(
        "knowledge_import.html",
        422 if problem else 200,
        problem=problem,
        taken=taken,
        drafted=drafted,
        known=known,
        faults=(faults or [])[:SHOWN],
        fault_count=len(faults or []),
        batches=batches,
        kinds=list(forms.KINDS),
    )
