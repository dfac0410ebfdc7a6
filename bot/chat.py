"""The terminal as one more client of the running app, over the same protocol as the widget."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import Any
from uuid import uuid4

import httpx

from bot.rasa_server import START_TIMEOUT
from bot.settings import ROOT, Settings
from bot.texts import say
from conversations.messages import OutboundMessage
from conversations.plain_text import plain_text

LEAVE = frozenset({"/thoat", "/exit", "/quit"})
WAIT = 20
"""Seconds that one long poll may take."""


class ChatFailed(RuntimeError):
    """The app does not answer."""


def talk(settings: Settings) -> None:
    """Read lines, print answers, until /thoat or the end of input; starts the app if it does not run.

    Raises:
        ChatFailed: the app cannot be started.
    """
    base = settings.local_url
    started = None if _healthy(base) else _start_app(base)
    try:
        _converse(base)
    finally:
        if started is not None:
            started.terminate()
            started.wait(30)


def _start_app(base: str) -> subprocess.Popen[bytes]:
    print(say("chat_no_app"))
    process = subprocess.Popen([sys.executable, "-m", "bot", "run"], cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 3 * START_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        if _healthy(base):
            return process
        time.sleep(0.5)
    process.terminate()
    raise ChatFailed(say("chat_failed"))


def _healthy(base: str) -> bool:
    try:
        answer = httpx.get(f"{base}/health", timeout=3)
        return answer.status_code == 200 and answer.json()["rasa"] == "ok"
    except httpx.HTTPError:
        return False


def _converse(base: str) -> None:
    with httpx.Client(base_url=f"{base}/web", timeout=WAIT + 10) as client:
        token = client.post("/session", json={"consent": False}).raise_for_status().json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        print(say("chat_hello", base=base))
        reader = _Reader(client)
        threading.Thread(target=reader.run, daemon=True).start()
        for line in sys.stdin:
            text = line.strip()
            if text in LEAVE:
                break
            if text:
                answer = client.post("/messages", json={"id": uuid4().hex, "text": text})
                if answer.is_error:
                    print(answer.json().get("message", answer.text))
        reader.finish()


class _Reader:
    """Prints what others write, as it comes."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._after = 0
        self._state = ""
        self._idle = threading.Event()

    def run(self) -> None:
        while True:
            try:
                query: dict[str, str | int] = {"after": self._after, "wait": WAIT, "state": self._state}
                news = self._client.get("/messages", params=query).raise_for_status().json()
            except httpx.HTTPError:
                time.sleep(1)
                continue
            for message in news["messages"]:
                self._after = message["id"]
                if message["sender"] != "citizen":
                    print(f"\n{_shown(message)}\n", flush=True)
            self._state = news["state"]
            if news["working"]:
                self._idle.clear()
            else:
                self._idle.set()

    def finish(self) -> None:
        """Let the last answer arrive when input came from a pipe."""
        time.sleep(0.5)
        self._idle.wait(WAIT)


def _shown(message: dict[str, Any]) -> str:
    known = {key: message[key] for key in ("text", "choices", "links", "checklist") if key in message}
    sources = message.get("sources") or []
    meta = {"meta": {"status": "answered", "sources": sources}} if sources else {}
    who = say("chat_officer") if message["sender"] == "officer" else say("chat_bot")
    return f"{who}: {plain_text(OutboundMessage.model_validate(known | meta))}"
