"""What a conversation was about before an officer came: drawn from its messages, nothing made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from conversations.folding import fold
from conversations.messages import AnswerMeta, AnswerStatus, Sender
from conversations.models import Case, now
from staff.talk import Line
from staff.words import labels

FEW_WORDS = 6
"""A question of fewer words leans on the one before it."""
SHOWN = 3
"""Questions and procedures that an extract names."""
LONGEST = 200
"""Characters of a question that an extract quotes."""

_WITHOUT_SUBSTANCE = frozenset({AnswerStatus.CHITCHAT, AnswerStatus.STATUS_LOOKUP, AnswerStatus.FEEDBACK})
_REQUESTS = frozenset({"request_human", "stop", "affirm", "deny"})
_UNHELPFUL = frozenset({AnswerStatus.UNANSWERABLE, AnswerStatus.OUT_OF_SCOPE, AnswerStatus.ERROR})


@dataclass(frozen=True)
class Extract:
    """The talk in one paragraph's worth of facts."""

    questions: tuple[str, ...]
    """The last things that were asked, oldest first, cut to `LONGEST`."""
    procedures: tuple[str, ...]
    """Codes of the procedures that the assistant took them for, latest first."""
    unhelpful: int
    """Answers of the assistant that did not help."""

    @classmethod
    def of(cls, talk: Sequence[Line], case: Case) -> Extract:
        """The extract of a talk up to now."""
        metas = [line.meta for line in talk if line.meta is not None]
        codes = (meta.procedures[0] for meta in reversed(metas) if meta.procedures)
        return cls(
            questions=tuple(_cut(words) for words in questions(talk, case)[-SHOWN:]),
            procedures=tuple(dict.fromkeys(codes))[:SHOWN],
            unhelpful=sum(meta.status in _UNHELPFUL for meta in metas),
        )


def questions(talk: Sequence[Line], case: Case) -> list[str]:
    """What the citizen asked, in order: not greetings, not the wish to see an officer, no repeats."""
    spoke = [line.message.created_at for line in talk if line.message.sender == Sender.OFFICER]
    waiting = (case.created_at, min(spoke, default=now()))
    asked = (
        _one_line(line.message.text) for line, reply in _with_replies(talk) if _asks(line, reply, waiting)
    )
    return list(dict.fromkeys(words for words in asked if words))


def to_look_up(talk: Sequence[Line], case: Case) -> str:
    """Words to search the knowledge base with: the last question, with the one before if it is short."""
    asked = questions(talk, case)
    short = bool(asked) and len(asked[-1].split()) < FEW_WORDS
    return " ".join(asked[-2:] if short else asked[-1:])


def _with_replies(talk: Sequence[Line]) -> Iterator[tuple[Line, AnswerMeta | None]]:
    """Each message of the citizen with what the assistant made of it; None when it did not answer."""
    for at, line in enumerate(talk):
        if line.message.sender != Sender.CITIZEN:
            continue
        reply = None
        for later in talk[at + 1 :]:
            if later.message.sender == Sender.CITIZEN or reply is not None:
                break
            reply = later.meta
        yield line, reply


def _asks(line: Line, reply: AnswerMeta | None, waiting: tuple[datetime, datetime]) -> bool:
    """Whether a message is a question: as the assistant took it, else by its words.

    What is said while waiting for an officer is what the officer is wanted for; once they talk, much
    is an answer to the officer.
    """
    if reply is not None:
        return reply.status not in _WITHOUT_SUBSTANCE and reply.intent not in _REQUESTS
    words = line.message.text
    if len(words.split()) < FEW_WORDS:
        return False
    return waiting[0] < line.message.created_at < waiting[1] or _looks_like_a_question(words)


def _looks_like_a_question(words: str) -> bool:
    padded = f" {fold(words)} "
    return "?" in words or any(f" {word} " in padded for word in labels()["question"]["words"])


def _cut(words: str) -> str:
    words = words.rstrip(".")
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"


def _one_line(words: str) -> str:
    return " ".join(words.split())
