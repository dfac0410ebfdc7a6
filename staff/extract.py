"""What a conversation was about before an officer came: drawn from its messages, nothing made up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conversations.messages import AnswerMeta, AnswerStatus, Sender
from conversations.models import Case
from staff.talk import Line

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
    asked = (_one_line(line.message.text) for line, reply in _with_replies(talk) if _asks(line, reply, case))
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


def _asks(line: Line, reply: AnswerMeta | None, case: Case) -> bool:
    if reply is not None:
        return reply.status not in _WITHOUT_SUBSTANCE and reply.intent not in _REQUESTS
    after = line.message.created_at > case.created_at
    return after and len(line.message.text.split()) >= FEW_WORDS


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"


def _one_line(words: str) -> str:
    return " ".join(words.split())
