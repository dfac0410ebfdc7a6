"""Questions that the assistant did not meet, gathered and put together by what they ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from conversations.database import insert_new
from conversations.editorial import Saying, SettledQuestion, State
from conversations.messages import AnswerStatus, Sender
from conversations.models import Message, Officer, now
from conversations.redaction import redact
from conversations.tally import UnmetAnswer
from nlu.text import fold, normalise

SPAN = timedelta(days=30)
MOST = 2_000
"""Newest unmet answers that are looked at."""
ALIKE = 0.45
"""Questions whose vectors are at least this near (cosine) stand in one group."""
SHARED = 0.5
"""So do those that share this part of their words, diacritics aside."""
LONGEST = 300
TRIED_AGAIN = 200
"""Newest answers whose questions are asked again, to see what a change would do to them."""

Encode = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True)
class Question:
    """What was asked, without personal data, and how it was left; `count` times in the same words."""

    text: str
    folded: str
    why: str
    """One of `tally.UNMET`, or `tally.VOTED_DOWN`."""
    guess: str | None
    """The procedure that the assistant thought of first."""
    last: datetime
    count: int = 1


@dataclass(frozen=True)
class Group:
    """Questions that ask for the same thing, the most frequent first."""

    questions: tuple[Question, ...]

    @property
    def key(self) -> str:
        """Names the group in addresses: its most frequent question, folded."""
        return self.questions[0].folded

    @property
    def count(self) -> int:
        """How often any of them was asked."""
        return sum(question.count for question in self.questions)

    @property
    def last(self) -> datetime:
        """When it was last asked."""
        return max(question.last for question in self.questions)

    @property
    def why(self) -> Counter[str]:
        """How often it was left in which way."""
        counts: Counter[str] = Counter()
        for question in self.questions:
            counts[question.why] += question.count
        return counts

    @property
    def guess(self) -> str | None:
        """The procedure that was thought of most."""
        guesses = Counter(question.guess for question in self.questions if question.guess)
        return guesses.most_common(1)[0][0] if guesses else None


def unmet(session: Session) -> list[Question]:
    """Questions of the last `SPAN` that nobody has seen to yet, same words once, as last counted."""
    settled = set(session.scalars(select(SettledQuestion.folded)))
    waiting = session.scalars(select(Saying.text).where(Saying.state.in_((State.REVIEW, State.LIVE))))
    settled |= {folded(text) for text in waiting}
    found: dict[str, Question] = {}
    query = (
        select(Message.text, UnmetAnswer.why, UnmetAnswer.guess, UnmetAnswer.created_at)
        .join(Message, Message.id == UnmetAnswer.question_id)
        .where(UnmetAnswer.created_at >= now() - SPAN, Message.erased_at.is_(None))
        .order_by(UnmetAnswer.id.desc())
        .limit(MOST)
    )
    for text, why, guess, at in session.execute(query):
        key = folded(text)
        if not key or key in settled or len(key) < 3 or text.startswith("/"):
            continue
        known = found.get(key)
        if known is None:
            found[key] = Question(redact(normal_line(text))[:LONGEST], key, why, guess, at)
        else:
            found[key] = Question(
                known.text, key, known.why, known.guess or guess, known.last, known.count + 1
            )
    return sorted(found.values(), key=lambda question: (-question.count, question.folded))


def answered(session: Session, limit: int = TRIED_AGAIN) -> list[str]:
    """The latest questions, each once, that were answered with a procedure; without personal data."""
    question = aliased(Message)
    asked = select(func.max(question.id)).where(
        question.conversation_id == Message.conversation_id,
        question.id < Message.id,
        question.sender == Sender.CITIZEN,
    )
    answers = (
        select(asked.scalar_subquery().label("id"))
        .where(
            Message.sender == Sender.BOT,
            Message.body[("meta", "status")].as_string() == AnswerStatus.ANSWERED,
            Message.body[("meta", "procedures", 0)].as_string().is_not(None),
        )
        .order_by(Message.id.desc())
        .limit(limit)
        .subquery()
    )
    query = select(Message.text).where(Message.id.in_(select(answers.c.id)), Message.erased_at.is_(None))
    texts = {folded(text): text for text in session.scalars(query) if not text.startswith("/")}
    return [redact(normal_line(text))[:LONGEST] for text in texts.values()]


def grouped(questions: Sequence[Question], encode: Encode) -> list[Group]:
    """Put questions together with the most frequent one that they are near to; the largest group first."""
    if not questions:
        return []
    vectors = encode([normalise(question.text) for question in questions])
    words = [frozenset(question.folded.split()) for question in questions]
    members: dict[int, list[int]] = {}
    for number in range(len(questions)):
        leaders = list(members)
        near = vectors[leaders] @ vectors[number]
        if leaders and near.max() >= ALIKE:
            members[leaders[int(near.argmax())]].append(number)
            continue
        leader = next((one for one in leaders if _share(words[one], words[number]) >= SHARED), number)
        members.setdefault(leader, []).append(number)
    groups = [Group(tuple(questions[number] for number in found)) for found in members.values()]
    return sorted(groups, key=lambda group: (-group.count, group.key))


def settle(session: Session, officer: Officer, keys: Iterable[str]) -> None:
    """Note that these questions need nothing (more)."""
    for key in keys:
        insert_new(session, SettledQuestion, folded=key[:LONGEST], officer_id=officer.id, created_at=now())


def folded(text: str) -> str:
    """What two questions in the same words have in common, whatever their diacritics."""
    return " ".join("".join(c if c.isalnum() else " " for c in fold(redact(text))).split())[:LONGEST]


def normal_line(text: str) -> str:
    """A question on one line."""
    return " ".join(text.split())


def _share(words: frozenset[str], others: frozenset[str]) -> float:
    return len(words & others) / len(words | others)
