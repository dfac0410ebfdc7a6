"""The one message model, blind to channels: what comes in and what goes out."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

STORED = re.compile(r"[0-9a-f]{64}\.[a-z]{3,4}")
"""What a file of our own store is called: the SHA-256 of its content, and an ending."""
MAX_TEXT = 4_000
"""Characters of a citizen's message that are read; the rest is cut and the citizen is told."""


class Channel(StrEnum):
    """Where a conversation takes place."""

    WEB = "web"
    TELEGRAM = "telegram"
    ZALO = "zalo"
    TERMINAL = "terminal"


class Sender(StrEnum):
    """Who wrote a message."""

    CITIZEN = "citizen"
    BOT = "bot"
    OFFICER = "officer"
    SYSTEM = "system"


class Floor(StrEnum):
    """Who answers the citizen now."""

    BOT = "bot"
    WAITING = "waiting"
    OFFICER = "officer"


class AnswerStatus(StrEnum):
    """How the assistant dealt with a message: the one vocabulary for logs, evaluation and charts."""

    ANSWERED = "answered"
    CLARIFICATION = "clarification"
    OUT_OF_SCOPE = "out_of_scope"
    UNANSWERABLE = "unanswerable"
    FEEDBACK = "feedback"
    HANDOFF = "handoff"
    STATUS_LOOKUP = "status_lookup"
    GUIDE = "guide"
    CHITCHAT = "chitchat"
    ERROR = "error"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Attachment(_Model):
    """A file of a message: `remote_id` names it in our store, or at its channel while it is not taken yet."""

    kind: Literal["image", "file", "audio", "location", "contact", "sticker", "video"]
    url: str | None = None
    remote_id: str | None = None
    name: str | None = None
    media_type: str | None = None
    size: int | None = None
    """Bytes."""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def is_stored(self) -> bool:
        """Whether `remote_id` names it in our store; only then can it be shown here."""
        return self.remote_id is not None and STORED.fullmatch(self.remote_id) is not None


class InboundMessage(_Model):
    """One event of a citizen on a channel, after its signature was verified.

    `event_id` is unique within its channel: a second event with the same id is a repeat.
    `payload` is set when a button was pressed (its `Choice.payload`).
    `pressed_in` is the channel's id of our message under which it was pressed, if that can be replaced.
    `album` is shared by messages that their sender sees as one; see `albums`.
    """

    channel: Channel
    event_id: str = Field(min_length=1, max_length=200)
    external_user_id: str = Field(min_length=1, max_length=200)
    text: str = ""
    payload: str | None = Field(default=None, max_length=1_000)
    pressed_in: str | None = Field(default=None, max_length=100)
    album: str | None = Field(default=None, max_length=100)
    attachments: tuple[Attachment, ...] = ()
    display_name: str | None = Field(default=None, max_length=200)
    sent_at: datetime | None = None


class Choice(_Model):
    """A button: `payload` comes back as `InboundMessage.payload` when it is pressed."""

    title: str = Field(min_length=1, max_length=100)
    payload: str = Field(min_length=1, max_length=1_000)


class Link(_Model):
    """A web address with the words to show for it."""

    title: str = Field(min_length=1, max_length=200)
    url: str = Field(pattern=r"^(https?://|tel:|mailto:)")


class SourceNote(_Model):
    """Where an answer comes from, as the citizen sees it under the answer."""

    id: str
    """Procedure code, document number or announcement id."""
    title: str
    effective_from: date | None = None
    effective_to: date | None = None
    checked: date | None = None
    url: str | None = None


class AnswerMeta(_Model):
    """What the assistant understood and rested on; for staff, logs and evaluation."""

    status: AnswerStatus
    intent: str | None = None
    field: str | None = None
    procedures: tuple[str, ...] = ()
    """Procedure codes, best first."""
    sources: tuple[SourceNote, ...] = ()
    score: float | None = None
    """Calibrated confidence, 0 to 1."""


class OutboundMessage(_Model):
    """One message to a citizen. A channel renders what it can and falls back to text.

    `text` may hold line breaks and lines that begin with "• "; no markup.
    `checklist` lines can be ticked and printed where the channel allows it.
    `replaces` is the channel's id of an earlier message whose place this one takes, where that is possible.
    """

    text: str = ""
    choices: tuple[Choice, ...] = ()
    links: tuple[Link, ...] = ()
    checklist: tuple[str, ...] = ()
    image_url: str | None = None
    attachments: tuple[Attachment, ...] = ()
    """Files in our store; channels send them after the text."""
    asks_contact: bool = False
    """The person agreed to leave a name or number: a channel that has a form or key for it shows that, until
    the next message."""
    replaces: str | None = None
    sender: Sender = Sender.BOT
    meta: AnswerMeta | None = None
