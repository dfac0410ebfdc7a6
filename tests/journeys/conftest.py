"""The whole assistant, started once as a user starts it, on free ports and a database of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bot.launch import free_port
from bot.settings import ROOT

START_WITHIN = 240.0
"""Seconds: a first start trains the model."""
ANSWER_WITHIN = 30.0
OFFICER = ("canbo", "mat-khau-thu-nghiem-1")


@dataclass
class Assistant:
    """The running assistant."""

    base: str
    data_dir: Path
    database_url: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def command(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run `python -m bot …` with the same settings."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@dataclass
class Citizen:
    """A citizen at the web channel."""

    client: httpx.Client
    after: int = 0
    said: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str = "", *, payload: str | None = None) -> list[dict[str, Any]]:
        """Send a message; what others wrote until the assistant has finished with it."""
        body = {"id": uuid4().hex, "text": text} | ({"payload": payload} if payload else {})
        self.client.post("/web/messages", json=body).raise_for_status()
        return self.listen(lambda news: bool(news))

    def press(self, title: str) -> list[dict[str, Any]]:
        """Press the newest button with that title."""
        for message in reversed(self.said):
            for choice in message.get("choices", ()):
                if choice["title"] == title:
                    return self.say(title, payload=choice["payload"])
        raise AssertionError(f"no button {title!r}; offered: {[m.get('choices') for m in self.said[-3:]]}")

    def listen(self, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """Wait for messages of others until they are enough and nothing is under way."""
        heard: list[dict[str, Any]] = []
        deadline = time.monotonic() + ANSWER_WITHIN
        while time.monotonic() < deadline:
            query: dict[str, str | int] = {"after": self.after, "wait": 5, "state": ""}
            news = self.client.get("/web/messages", params=query).raise_for_status().json()
            for message in news["messages"]:
                self.after = message["id"]
                if message["sender"] != "citizen":
                    heard.append(message)
            if enough(heard) and not news["working"]:
                self.said += heard
                return heard
        raise AssertionError(f"not enough was said within {ANSWER_WITHIN:.0f} s: {heard}")


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """Started with `python -m bot run`; trained model and index are kept between test runs."""
    folder = tmp_path_factory.mktemp("assistant")
    port = free_port()
    environment = os.environ | {
        "PORT": str(port),
        "RASA_PORT": str(free_port()),
        "DATA_DIR": str(ROOT / "var" / "test"),
        "DATABASE_URL": f"sqlite:///{folder / 'assistant.db'}",
    }
    with (folder / "app.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    running = Assistant(
        base=f"http://127.0.0.1:{port}",
        data_dir=Path(environment["DATA_DIR"]),
        database_url=environment["DATABASE_URL"],
        environment=environment,
        process=process,
    )
    try:
        _wait_until_ready(running, folder / "app.log")
        made = running.command(
            "create-officer", OFFICER[0], "--name", "Cán bộ Thử Nghiệm", "--role", "administrator",
            "--password", OFFICER[1],
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        yield running
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_ready(running: Assistant, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        if running.process.poll() is not None:
            break
        try:
            httpx.get(f"{running.base}/health", timeout=2).raise_for_status()
            if "✓" in log.read_text(encoding="utf-8"):
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"the assistant did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


@pytest.fixture
def citizen(assistant: Assistant) -> Iterator[Citizen]:
    """A new citizen in the widget's protocol."""
    with httpx.Client(base_url=assistant.base, timeout=30) as client:
        token = client.post("/web/session", json={"consent": True}).raise_for_status().json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield Citizen(client)
