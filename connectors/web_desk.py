"""What the web channel does with the database, whichever way a client is connected."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from connectors.base import Refusal, is_blank
from connectors.limits import MESSAGES, TYPING, RateLimiter
from connectors.uploads import AttachmentStore
from connectors.web_feed import News, read_news
from conversations import inbox, typing
from conversations.bus import Notifier
from conversations.calendar import Calendar
from conversations.database import Database, insert_new
from conversations.history import clean_text
from conversations.messages import MAX_TEXT, Channel, InboundMessage, Sender
from conversations.models import Conversation, Message, Person, Vote, now

Model = TypeVar("Model", bound=BaseModel)

MAX_ID = 2**63 - 1


class FileReference(BaseModel):
    """A file uploaded before, as a message names it."""

    id: str = Field(max_length=100)
    name: str | None = Field(default=None, max_length=200)


class ClientMessage(BaseModel):
    """A message as a client sends it; `id` is made by the client, new for each message."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    text: str = ""
    payload: Annotated[str | None, Field(max_length=1_000)] = None
    attachments: list[FileReference] = Field(default_factory=list, max_length=5)


class ClientVote(BaseModel):
    """A thumb for an answer."""

    message_id: int = Field(ge=1, le=MAX_ID)
    value: Literal["up", "down"]
    reason: str | None = Field(default=None, max_length=500)


@dataclass(frozen=True)
class Visitor:
    """A web person; `external_id` is the hash of the token that only their browser has."""

    external_id: str
    conversation_id: int

    @property
    def topic(self) -> str:
        """What is announced when their conversation changes."""
        return f"conversation:{self.conversation_id}"

    @property
    def typing_topic(self) -> str:
        """What is announced while an officer writes to them."""
        return typing.officer_topic(self.conversation_id)


def validate(model: type[Model], value: dict[str, Any]) -> Model:
    """The model made of a client's object.

    Raises:
        Refusal: it does not fit.
    """
    try:
        return model.model_validate(value)
    except ValidationError:
        raise Refusal(400, "bad_message") from None


def allow(limiter: RateLimiter, key: str) -> None:
    """Count one event.

    Raises:
        Refusal: there were too many.
    """
    wait = limiter.wait(key)
    if wait > 0:
        raise Refusal(429, "too_fast", retry_after=wait)


def hash_token(token: str) -> str:
    """The `external_id` of the person who holds a token (256 random bits, so no salt is needed)."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def find_visitor(db: Database, external_id: str) -> Visitor | None:
    """The web person of that id with their conversation, if there is one."""
    query = (
        select(Conversation.id)
        .join(Person, Conversation.person_id == Person.id)
        .where(Person.channel == Channel.WEB, Person.external_id == external_id)
    )
    with db.session(read_only=True) as session:
        conversation_id = session.scalar(query)
    return None if conversation_id is None else Visitor(external_id, conversation_id)


class Desk:
    """Opens sessions, takes messages and votes, reads news; errors are `Refusal`."""

    def __init__(self, db: Database, store: AttachmentStore, notifier: Notifier, calendar: Calendar) -> None:
        self._db = db
        self._store = store
        self._notifier = notifier
        self._calendar = calendar
        self._messages = RateLimiter(MESSAGES)
        self._typing = RateLimiter(TYPING)

    async def open(self, *, consent: bool) -> str:
        """Make an anonymous person; returns their token, of which only the hash is kept."""
        token = secrets.token_urlsafe(32)
        await run_in_threadpool(self._create, hash_token(token), consent)
        return token

    async def visitor(self, token: str) -> Visitor:
        """Who holds a token.

        Raises:
            Refusal: nobody does.
        """
        visitor = await run_in_threadpool(find_visitor, self._db, hash_token(token))
        if visitor is None:
            raise Refusal(401, "wrong_token")
        return visitor

    async def news(self, visitor: Visitor, after: int) -> News:
        """Messages of the visitor's conversation after an id."""
        return await run_in_threadpool(self._read, visitor.conversation_id, after)

    async def take(self, visitor: Visitor, value: dict[str, Any]) -> dict[str, Any]:
        """Store one client message; the acknowledgement says whether it was a repeat."""
        message = validate(ClientMessage, value)
        allow(self._messages, visitor.external_id)
        new = await run_in_threadpool(self._receive, visitor, message)
        return {"id": message.id, "repeat": not new}

    async def types(self, visitor: Visitor) -> None:
        """Let officers see that the visitor is writing; what comes too often is not passed on."""
        if self._typing.wait(visitor.external_id) == 0:
            await run_in_threadpool(typing.citizen_types, self._notifier, visitor.conversation_id)

    async def vote(self, visitor: Visitor, value: dict[str, Any]) -> dict[str, Any]:
        """Keep what the visitor thinks of an answer; their last vote on it counts."""
        vote = validate(ClientVote, value)
        allow(self._messages, visitor.external_id)
        if not await run_in_threadpool(self._keep_vote, visitor, vote):
            raise Refusal(404, "message_unknown")
        return {"message_id": vote.message_id, "value": vote.value}

    def _create(self, external_id: str, consent: bool) -> None:
        with self._db.session() as session:
            person = Person(
                channel=Channel.WEB, external_id=external_id, consent_at=now() if consent else None
            )
            session.add(person)
            session.flush()
            insert_new(session, Conversation, person_id=person.id, created_at=now(), last_message_at=now())

    def _read(self, conversation_id: int, after: int) -> News:
        with self._db.session(read_only=True) as session:
            return read_news(session, conversation_id, after, self._calendar)

    def _receive(self, visitor: Visitor, message: ClientMessage) -> bool:
        inbound = self._inbound(visitor, message)
        with self._db.session() as session:
            return inbox.receive(session, inbound)

    def _inbound(self, visitor: Visitor, message: ClientMessage) -> InboundMessage:
        text = clean_text(message.text).strip()
        if len(text) > MAX_TEXT:
            raise Refusal(413, "too_long")
        found = [
            self._store.find(file.id, clean_text(file.name or "") or None) for file in message.attachments
        ]
        files = tuple(file for file in found if file is not None)
        if len(files) < len(found):
            raise Refusal(400, "file_unknown")
        if is_blank(text) and is_blank(message.payload or "") and not files:
            raise Refusal(400, "empty")
        return InboundMessage(
            channel=Channel.WEB,
            event_id=f"{visitor.external_id[:16]}:{message.id}",
            external_user_id=visitor.external_id,
            text=text,
            payload=message.payload or None,
            attachments=files,
            sent_at=now(),
        )

    def _keep_vote(self, visitor: Visitor, vote: ClientVote) -> bool:
        with self._db.session() as session:
            message = session.get(Message, vote.message_id)
            if message is None or message.conversation_id != visitor.conversation_id:
                return False
            if message.sender == Sender.CITIZEN:
                return False
            kept = session.scalar(select(Vote).where(Vote.message_id == message.id))
            if kept is None:
                kept = Vote(message_id=message.id)
                session.add(kept)
            kept.helpful = vote.value == "up"
            kept.reason = clean_text(vote.reason).strip() or None if vote.reason else None
        return True
