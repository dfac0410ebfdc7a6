"""The webhook calls of `bench.channels`: who writes what and when, repeats, swaps and forgeries."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from typing import Any

from tests.fakes.telegram_api import BOT_ID
from tests.fakes.telegram_api import message as telegram_message
from tests.fakes.zalo_api import FakeZalo

WEBHOOK_SECRET = "secret-of-the-bench"
EVENTS_A_PERSON = 8
DUPLICATES = 0.05
OUT_OF_ORDER = 0.05
FORGED = 0.01
ASKED = 0.5
"""Share of questions for Rasa; the rest are edits (Telegram, answered by the channel itself) and
receipts (Zalo, which nobody answers): a real account gets two for every message that it sends."""


@dataclass(frozen=True)
class Call:
    """One webhook call, as often as the platform makes it."""

    channel: str
    user: str
    event_id: str
    """As the inbox stores it."""
    kind: str
    """asked, edited, receipt."""
    code: str
    """A tracking code that occurs in this event alone, and in its answer."""
    path: str
    body: bytes
    headers: dict[str, str]
    forged: bool = False
    repeat: bool = False

    @property
    def needs_answer(self) -> bool:
        """Whether the citizen must hear something."""
        return self.kind != "receipt" and not self.forged


def traffic(count: int, seed: int) -> list[Call]:
    """`count` calls in the order in which they are made."""
    chance = random.Random(seed)
    zalo = FakeZalo()
    forged = round(count * FORGED)
    repeats = round(count * DUPLICATES)
    genuine = count - forged - repeats
    people = max(2, genuine // EVENTS_A_PERSON)
    writers = [chance.randrange(people) for _ in range(genuine)]
    calls = [_call(zalo, number, writer, chance) for number, writer in enumerate(writers)]
    _swap(calls, round(genuine * OUT_OF_ORDER), chance)
    false = [
        _forged(_call(zalo, genuine + n, chance.randrange(people), chance), chance) for n in range(forged)
    ]
    for call in false:
        calls.insert(chance.randrange(len(calls)), call)
    for call in chance.sample([call for call in calls if not call.forged], repeats):
        at = min(len(calls), calls.index(call) + chance.randrange(1, 400))
        calls.insert(at, replace(call, repeat=True))
    return calls


def _call(zalo: FakeZalo, number: int, writer: int, chance: random.Random) -> Call:
    code = f"PA-{number // 10_000:04d}-{number % 10_000:04d}"
    asked = chance.random() < ASKED
    words = f"Phản ánh {code} của tôi tới đâu rồi?"
    if writer % 2:
        return _telegram(number, 700_000 + writer, code, words, asked)
    return _zalo(zalo, str(8_000_000_000 + writer), code, words, asked)


def _telegram(number: int, user: int, code: str, words: str, asked: bool) -> Call:
    kind = "message" if asked else "edited_message"
    update = {"update_id": 1 + number, kind: telegram_message(words, id=user)}
    headers = {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET, "Content-Type": "application/json"}
    return Call(
        channel="telegram",
        user=str(user),
        event_id=f"{BOT_ID}:{1 + number}",
        kind="asked" if asked else "edited",
        code=code,
        path="/telegram/webhook",
        body=json.dumps(update).encode(),
        headers=headers,
    )


def _zalo(zalo: FakeZalo, user: str, code: str, words: str, asked: bool) -> Call:
    event: dict[str, Any]
    if asked:
        event = zalo.text(words, user=user)
    else:
        event = zalo.event("user_seen_message", user=user, message={"msg_ids": [code]})
    body, headers = zalo.signed(event)
    return Call(
        channel="zalo",
        user=user,
        event_id=event["message"].get("msg_id", code),
        kind="asked" if asked else "receipt",
        code=code,
        path="/zalo/webhook",
        body=body,
        headers=headers,
    )


def _forged(call: Call, chance: random.Random) -> Call:
    """With a wrong signature, or none."""
    names = {"X-Telegram-Bot-Api-Secret-Token", "X-ZEvent-Signature"}
    headers = {name: value for name, value in call.headers.items() if name not in names}
    if chance.random() < 0.5:
        headers |= dict.fromkeys(names, "mac=" + "0" * 64)
    return replace(call, headers=headers, forged=True)


def _swap(calls: list[Call], count: int, chance: random.Random) -> None:
    """Let `count` events change places with the next of the same person."""
    following: dict[int, int] = {}
    last: dict[str, int] = {}
    for at, call in enumerate(calls):
        if call.user in last:
            following[last[call.user]] = at
        last[call.user] = at
    for at in chance.sample(sorted(following), min(count // 2, len(following))):
        other = following[at]
        calls[at], calls[other] = calls[other], calls[at]
