"""Questions from standard input to JSON lines: for scripts and evaluators."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from bot.dialogue import Dialogue
from bot.launch import assistant_without_channels
from bot.settings import Settings
from conversations import inbox
from conversations.database import Database
from conversations.messages import AnswerMeta, AnswerStatus, Channel, InboundMessage, OutboundMessage
from conversations.plain_text import plain_text


@dataclass
class Asked:
    """One question and its answer."""

    question: str
    replies: list[OutboundMessage] = field(default_factory=list)
    ms: float = 0.0

    @property
    def meta(self) -> AnswerMeta:
        """Of the message that decides: the first with sources or choices of procedures, else the first."""
        metas = [reply.meta for reply in self.replies if reply.meta]
        if not metas:
            return AnswerMeta(status=AnswerStatus.ERROR)
        return next((meta for meta in metas if meta.sources or meta.procedures), metas[0])

    def as_dict(self) -> dict[str, Any]:
        """The fields that README documents."""
        meta = self.meta.model_dump(mode="json")
        return {
            "question": self.question,
            "status": meta["status"],
            "answer": "\n\n".join(plain_text(reply) for reply in self.replies),
            "procedures": meta["procedures"],
            "field": meta["field"],
            "sources": meta["sources"],
            "score": meta["score"],
            "intent": meta["intent"],
            "ms": round(self.ms, 1),
        }


class Interview:
    """Puts questions to the assistant through the inbox and the real Rasa server, in order."""

    def __init__(self, db: Database, dialogue: Dialogue, channel: Channel) -> None:
        self._db = db
        self._dialogue = dialogue
        self._channel = channel
        self._person = ""

    async def ask(self, question: str, *, as_of: date | None = None, follow_up: bool = False) -> Asked:
        """Ask in a new conversation, or in the one before."""
        if not follow_up or not self._person:
            self._person = uuid4().hex
        inbound = InboundMessage(
            channel=self._channel, event_id=uuid4().hex, external_user_id=self._person, text=question
        )
        began = time.perf_counter()
        with self._db.session() as session:
            inbox.receive(session, inbound)
        claimed = inbox.claim(self._db, lease=timedelta(minutes=1))
        if claimed is None:
            raise RuntimeError("the inbox lost a question")
        replies = await self._dialogue.answer(claimed, as_of=as_of)
        with self._db.session() as session:
            inbox.finish(session, claimed, replies)
        return Asked(question, replies, (time.perf_counter() - began) * 1000)


@contextmanager
def interview(settings: Settings, channel: Channel = Channel.TERMINAL) -> Iterator[Interview]:
    """The real servers with a throw-away database, so that nothing asked is kept."""
    with TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{Path(folder) / 'ask.db'}")
        with assistant_without_channels(settings, db) as (services, rasa):
            yield Interview(db, Dialogue(rasa.url, services, timeout=settings.rasa_timeout), channel)
        db.close()


async def ask_all(talk: Interview, lines: Iterable[str], as_of: date | None) -> AsyncIterator[Asked]:
    """One question a line; a line that starts with a tab continues the conversation before."""
    for line in lines:
        text = line.rstrip("\r\n")
        yield await talk.ask(text.strip(), as_of=as_of, follow_up=text.startswith("\t"))


def run_lines(
    settings: Settings, lines: Iterable[str], channel: Channel, as_of: date | None
) -> Iterator[Asked]:
    """As `ask_all`, for callers without an event loop."""
    with interview(settings, channel) as talk, asyncio.Runner() as runner:
        answers = ask_all(talk, lines, as_of)
        while True:
            try:
                yield runner.run(anext(answers))  # type: ignore[arg-type]
            except StopAsyncIteration:
                return
