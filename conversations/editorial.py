"""What editors write: versions of documents and sayings of citizens, each put into use by a second person.

A draft goes to review; somebody other than its author puts it into use or sends it back. What is in
use is announced as `knowledge`, so that the index follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from conversations import audit
from conversations.database import announce
from conversations.models import Base, Officer, now

TOPIC = "knowledge"


class State(StrEnum):
    """Of a version or a saying."""

    DRAFT = "draft"
    REVIEW = "review"
    LIVE = "live"
    REPLACED = "replaced"
    """A newer version is in use."""
    WITHDRAWN = "withdrawn"
    """Was in use and was taken back."""
    DROPPED = "dropped"
    """Never was in use."""


class DocumentVersion(Base):
    """One wording of a document, from its first draft on."""

    __tablename__ = "document_version"
    __table_args__ = (
        Index("ix_document_version_state", "state"),
        Index(
            "ix_document_version_live",
            "document_id",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(String(160), index=True)
    """Procedure code, document number or announcement id."""
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(500))
    content: Mapped[dict[str, Any]]
    """The whole record, in the form that authors' files have."""
    batch: Mapped[str | None] = mapped_column(String(100), index=True)
    """The import that it came with."""
    state: Mapped[str] = mapped_column(String(10), default=State.DRAFT.value)
    author_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    """Whoever wrote last."""
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    """Why the reviewer sent it back."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    live_at: Mapped[datetime | None]

    author: Mapped[Officer] = relationship(lazy="joined", foreign_keys=[author_id])
    reviewer: Mapped[Officer | None] = relationship(lazy="joined", foreign_keys=[reviewer_id])


class Saying(Base):
    """How citizens ask for a document, learnt from a question that was not understood."""

    __tablename__ = "saying"
    __table_args__ = (Index("ix_saying_state", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(String(160), index=True)
    text: Mapped[str] = mapped_column(String(300))
    """Without personal data."""
    state: Mapped[str] = mapped_column(String(10), default=State.REVIEW.value)
    author_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)

    author: Mapped[Officer] = relationship(lazy="joined", foreign_keys=[author_id])
    reviewer: Mapped[Officer | None] = relationship(lazy="joined", foreign_keys=[reviewer_id])


class SettledQuestion(Base):
    """A question that editors have seen to: no longer listed as unmet."""

    __tablename__ = "settled_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    folded: Mapped[str] = mapped_column(String(300), unique=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class OwnWork(Exception):
    """Two pairs of eyes: nobody puts their own work into use."""


class WrongState(Exception):
    """Somebody was first, or the step does not follow from the present state."""


def save(
    session: Session,
    author: Officer,
    *,
    document_id: str,
    kind: str,
    title: str,
    content: dict[str, Any],
    version_id: int | None = None,
) -> DocumentVersion:
    """Write a draft: a new one, or (`version_id`) over one that is not in use yet.

    Raises:
        LookupError: there is no such version.
        WrongState: it is in use or was.
    """
    if version_id is None:
        version = DocumentVersion(author_id=author.id)
        session.add(version)
    else:
        version = _locked(session, version_id, State.DRAFT, State.REVIEW)
    version.document_id, version.kind, version.title, version.content = (
        document_id,
        kind,
        title[:500],
        content,
    )
    version.state, version.author_id, version.note = State.DRAFT.value, author.id, ""
    _note(session, version, author, "save")
    return version


def save_batch(
    session: Session, author: Officer, batch: str, records: Iterable[tuple[str, str, str, dict[str, Any]]]
) -> None:
    """Write many new versions (id, kind, title, content) that are under review at once."""
    session.add_all(
        DocumentVersion(
            document_id=document_id,
            kind=kind,
            title=title[:500],
            content=content,
            batch=batch,
            state=State.REVIEW.value,
            author_id=author.id,
        )
        for document_id, kind, title, content in records
    )


def submit(session: Session, version_id: int, author: Officer) -> DocumentVersion:
    """Ask for a review.

    Raises:
        LookupError, WrongState: it is no draft.
    """
    version = _locked(session, version_id, State.DRAFT)
    version.state = State.REVIEW.value
    _note(session, version, author, "submit")
    return version


def send_back(session: Session, version_id: int, reviewer: Officer, note: str) -> DocumentVersion:
    """Back to the author, with a reason.

    Raises:
        LookupError, WrongState: it is not under review.
    """
    version = _locked(session, version_id, State.REVIEW)
    version.state, version.reviewer_id, version.note = State.DRAFT.value, reviewer.id, note
    _note(session, version, reviewer, "send_back")
    return version


def drop(session: Session, version_id: int, officer: Officer) -> DocumentVersion:
    """Give up a draft.

    Raises:
        LookupError, WrongState: it is in use or was.
    """
    version = _locked(session, version_id, State.DRAFT, State.REVIEW)
    version.state = State.DROPPED.value
    _note(session, version, officer, "drop")
    return version


def publish(session: Session, version_id: int, reviewer: Officer) -> DocumentVersion:
    """Put a reviewed version into use in place of the one that is.

    Raises:
        LookupError, WrongState: it is not under review.
        OwnWork: the reviewer wrote it.
    """
    version = _locked(session, version_id, State.REVIEW)
    if version.author_id == reviewer.id:
        raise OwnWork
    previous = live_version(session, version.document_id)
    if previous is not None:
        previous.state = State.REPLACED.value
        session.flush()
    version.state, version.reviewer_id, version.live_at = State.LIVE.value, reviewer.id, now()
    _note(session, version, reviewer, "publish")
    announce(session, TOPIC)
    return version


def withdraw(session: Session, version_id: int, officer: Officer) -> DocumentVersion | None:
    """Take a version back; the one that it replaced, if any, is in use again and returned.

    Raises:
        LookupError, WrongState: it is not in use.
    """
    version = _locked(session, version_id, State.LIVE)
    version.state = State.WITHDRAWN.value
    _note(session, version, officer, "withdraw")
    replaced = select(DocumentVersion).where(
        DocumentVersion.document_id == version.document_id, DocumentVersion.state == State.REPLACED.value
    )
    previous = session.scalars(replaced.order_by(DocumentVersion.live_at.desc()).limit(1)).first()
    if previous is not None:
        previous.state = State.LIVE.value
    announce(session, TOPIC)
    return previous


def live_version(session: Session, document_id: str) -> DocumentVersion | None:
    """The version of a document that is in use, if editors wrote one."""
    query = select(DocumentVersion).where(
        DocumentVersion.document_id == document_id, DocumentVersion.state == State.LIVE.value
    )
    return session.scalars(query).first()


def live_versions(session: Session) -> list[DocumentVersion]:
    """All versions in use."""
    query = select(DocumentVersion).where(DocumentVersion.state == State.LIVE.value)
    return list(session.scalars(query.order_by(DocumentVersion.document_id)))


def history(session: Session, document_id: str) -> list[DocumentVersion]:
    """All versions of a document, newest first."""
    query = select(DocumentVersion).where(DocumentVersion.document_id == document_id)
    return list(session.scalars(query.order_by(DocumentVersion.id.desc())))


def propose(session: Session, author: Officer, document_id: str, texts: Sequence[str]) -> list[Saying]:
    """Say that people mean a document by these words; somebody else decides."""
    sayings = [Saying(document_id=document_id, text=text[:300], author_id=author.id) for text in texts]
    session.add_all(sayings)
    session.flush()
    _note_sayings(session, author, "propose", document_id, len(sayings))
    return sayings


def decide(session: Session, reviewer: Officer, ids: Sequence[int], *, accept: bool) -> int:
    """Put proposed sayings into use or drop them; returns how many.

    Raises:
        OwnWork: the reviewer proposed one of those to accept.
    """
    query = select(Saying).where(Saying.id.in_(ids), Saying.state == State.REVIEW.value)
    found = session.scalars(query.with_for_update(of=Saying)).all()
    if accept and any(saying.author_id == reviewer.id for saying in found):
        raise OwnWork
    for saying in found:
        saying.state = (State.LIVE if accept else State.DROPPED).value
        saying.reviewer_id, saying.updated_at = reviewer.id, now()
    if found:
        _note_sayings(session, reviewer, "accept" if accept else "drop", found[0].document_id, len(found))
        announce(session, TOPIC)
    return len(found)


def take_back(session: Session, officer: Officer, ids: Sequence[int]) -> int:
    """Take sayings out of use; returns how many."""
    query = select(Saying).where(Saying.id.in_(ids), Saying.state == State.LIVE.value)
    found = session.scalars(query.with_for_update(of=Saying)).all()
    for saying in found:
        saying.state, saying.updated_at = State.WITHDRAWN.value, now()
    if found:
        _note_sayings(session, officer, "withdraw", found[0].document_id, len(found))
        announce(session, TOPIC)
    return len(found)


def sayings(session: Session, *states: State) -> list[Saying]:
    """Sayings in those states, by document."""
    query = select(Saying).where(Saying.state.in_([state.value for state in states]))
    return list(session.scalars(query.order_by(Saying.document_id, Saying.id)))


def _locked(session: Session, version_id: int, *states: State) -> DocumentVersion:
    query = select(DocumentVersion).where(DocumentVersion.id == version_id)
    version = session.scalars(query.with_for_update(of=DocumentVersion)).first()
    if version is None:
        raise LookupError(f"no version {version_id}")
    if version.state not in states:
        raise WrongState(version.state)
    return version


def _note(session: Session, version: DocumentVersion, officer: Officer, action: str) -> None:
    version.updated_at = now()
    session.flush()
    detail = {"version": version.id, "kind": version.kind}
    audit.record(
        session, officer.username, f"document.{action}", f"document:{version.document_id}"[:120], detail
    )


def _note_sayings(session: Session, officer: Officer, action: str, document_id: str, count: int) -> None:
    audit.record(session, officer.username, f"saying.{action}", f"document:{document_id}", {"shown": count})
