"""The tables. Times are UTC and aware; JSON columns hold the pydantic models of `messages`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from conversations.messages import Floor


def now() -> datetime:
    """The current time, UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC times on every database (SQLite keeps none of its own)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Declares the tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class Person(Base):
    """A citizen as one channel knows them."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str] = mapped_column(String(200))
    display_name: Mapped[str | None] = mapped_column(String(200))
    consent_at: Mapped[datetime | None]
    """When the person agreed that personal data be kept; None: not asked or refused."""
    erasure_requested_at: Mapped[datetime | None]
    """When the person asked that all be erased; done once the last answer has reached them."""
    linked_group: Mapped[str | None] = mapped_column(String(32), index=True)
    """Shared by the channels that one human has linked; see `linking`."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class Conversation(Base):
    """One conversation a person a channel; it has many dialogue sessions."""

    __tablename__ = "conversation"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    floor: Mapped[str] = mapped_column(String(10), default=Floor.BOT.value, index=True)
    dialogue_session: Mapped[int] = mapped_column(default=1)
    """Part of the sender id at Rasa: a new number starts a fresh, short tracker."""
    failures: Mapped[int] = mapped_column(default=0)
    """Answers in a row that did not help; reset by one that does."""
    last_message_at: Mapped[datetime] = mapped_column(default=now, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    person: Mapped[Person] = relationship(lazy="joined")


class Message(Base):
    """What was said, in order of `id`."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_conversation_id_id", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    sender: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The whole `InboundMessage` or `OutboundMessage`."""
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    erased_at: Mapped[datetime | None]
    """When the words were removed (erasure or retention); `body` keeps only its `meta`."""
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


class Vote(Base):
    """What a citizen thought of one answer: a thumb and, where given, a reason."""

    __tablename__ = "vote"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), unique=True)
    helpful: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


class JournalEntry(Base):
    """An event as its platform sent it, acknowledged; gone when it was taken into the inbox."""

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_channel_id", "channel", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    body: Mapped[bytes]
    error: Mapped[str | None] = mapped_column(String(100))
    """The kind of error at which it was set aside; a mistake of ours."""
    received_at: Mapped[datetime] = mapped_column(default=now)


class InboxItem(Base):
    """An event received and acknowledged, waiting to be handled or done."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "event_id"),
        Index(
            "ix_inbox_unfinished",
            "conversation_id",
            "id",
            sqlite_where=text("status IN ('new', 'claimed')"),
            postgresql_where=text("status IN ('new', 'claimed')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    event_id: Mapped[str] = mapped_column(String(200))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    body: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(10), default="new")
    """new, claimed, done, dead."""
    claimed_until: Mapped[datetime | None]
    """While claimed, when the claim lapses; while new, not to be claimed before then."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Counted when claimed; together with the id it names one claim."""
    error: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(default=now)


class OutboxItem(Base):
    """A message to deliver; at most one of a conversation is under way at a time."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_unfinished",
            "conversation_id",
            "id",
            sqlite_where=text("status IN ('pending', 'claimed')"),
            postgresql_where=text("status IN ('pending', 'claimed')"),
        ),
        Index("ix_outbox_status_id", "status", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    channel: Mapped[str] = mapped_column(String(20))
    external_user_id: Mapped[str] = mapped_column(String(200))
    body: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(10), default="pending")
    """pending, claimed, sent, dead, resent (was dead, and staff sent it again as a new item), erased."""
    claimed_until: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    """Counted when claimed; together with the id it names one claim."""
    error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Case(Base):
    """Something that people must see to: a feedback case, or a conversation handed over."""

    __tablename__ = "case"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), index=True)
    """feedback, handoff."""
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """What the citizen quotes, e.g. `PA-7K3M-92QD`."""
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    status: Mapped[str] = mapped_column(String(12), default="new", index=True)
    """new, in_progress, answered, closed."""
    category: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(String(40))
    """Why a conversation was handed over: requested, failures, anger, urgent, error, elsewhere."""
    content: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str | None] = mapped_column(String(200))
    happened: Mapped[str | None] = mapped_column(String(200))
    contact: Mapped[str | None] = mapped_column(String(200))
    """Kept only with consent."""
    consent: Mapped[bool] = mapped_column(default=False)
    attachments: Mapped[list[Any]] = mapped_column(default=list)
    public_answer: Mapped[str | None] = mapped_column(Text)
    """What the citizen reads under the code."""
    outcome: Mapped[str | None] = mapped_column(String(40))
    """How it ended: resolved, rejected, returned, cancelled, withdrawn, merged, erased, or a word of ours."""
    satisfied: Mapped[bool | None]
    """What the citizen thought of an officer's help; None: not said."""
    folded: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Content and place as they are searched."""
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    """The case that this one is a duplicate of."""
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    """0 normal, 1 high, 2 urgent."""
    due_at: Mapped[datetime | None]
    """When the legal or promised time limit ends."""
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    """Whose business it is; None: any officer's."""
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]

    conversation: Mapped[Conversation] = relationship(lazy="joined")
    officer: Mapped[Officer | None] = relationship(lazy="joined")
    unit: Mapped[Unit | None] = relationship(lazy="joined")
    main: Mapped[Case | None] = relationship(remote_side=[id])


class CaseEvent(Base):
    """The history of a case."""

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class CaseNote(Base):
    """What officers tell each other about a case; citizens never see it."""

    __tablename__ = "case_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)

    officer: Mapped[Officer] = relationship(lazy="joined")


class Unit(Base):
    """A commune or department that officers belong to and cases go to."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """Of a commune, its code at the General Statistics Office."""
    name: Mapped[str] = mapped_column(String(120))
    """With its kind, e.g. "Phường Rạch Giá"."""
    kind: Mapped[str] = mapped_column(String(12))
    """commune, department."""
    active: Mapped[bool] = mapped_column(default=True)


class Officer(Base):
    """A member of staff who may log in to the console."""

    __tablename__ = "officer"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    full_name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default="officer")
    """officer, supervisor, editor, auditor, administrator."""
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    active: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    totp_secret: Mapped[str | None] = mapped_column(String(300))
    """Sealed by the console; None: no second factor."""
    totp_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Time step of the last code used: no code works twice."""
    recovery_codes: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """Digests of those not used yet."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    unit: Mapped[Unit | None] = relationship(lazy="joined")


class OfficerSession(Base):
    """An officer logged in with one browser."""

    __tablename__ = "officer_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Digest of the secret in the browser's cookie."""
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), index=True)
    agent: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(45), default="", server_default="")
    """The network address that it was begun from."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    """Within some minutes."""
    expires_at: Mapped[datetime] = mapped_column(index=True)

    officer: Mapped[Officer] = relationship(lazy="joined")


class Subscription(Base):
    """News that a conversation hears of, or wants to hear no more of; see `following`."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("conversation_id", "topic"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    topic: Mapped[str] = mapped_column(String(80), index=True)
    """`case:<id>`, `area:<unit code>` or `area:all`."""
    active: Mapped[bool] = mapped_column(default=True)
    """False: the person stopped it."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class Announced(Base):
    """An announcement that was sent to a conversation."""

    __tablename__ = "announced"
    __table_args__ = (UniqueConstraint("conversation_id", "announcement"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    announcement: Mapped[str] = mapped_column(String(120), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class LinkCode(Base):
    """The code with which a citizen links another channel to this conversation."""

    __tablename__ = "link_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the code, which is not kept."""
    expires_at: Mapped[datetime]


class AuditEntry(Base):
    """One line of the append-only audit log; each hash covers the one before."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(60))
    object: Mapped[str] = mapped_column(String(120))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class Setting(Base):
    """Something that administrators switch while the app runs; see `controls`."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(default=now)
    updated_by: Mapped[str] = mapped_column(String(100))


class ChannelToken(Base):
    """Secrets that a channel rotates (Zalo's access and refresh tokens), sealed; see `vault`."""

    __tablename__ = "channel_token"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    access_token: Mapped[str] = mapped_column(Text)
    refresh_token: Mapped[str] = mapped_column(Text)
    problem: Mapped[str | None] = mapped_column(String(200))
    """Why the channel refused to renew them; None: it did not."""
    expires_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(default=now)
