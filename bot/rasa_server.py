"""The Rasa server: a process of its own, in an environment of its own, on loopback only."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import structlog

from bot.settings import ROOT, Settings
from bot.texts import say

START_TIMEOUT = 120.0
"""Seconds; a cold machine needs some 30."""

_log = structlog.get_logger()


class RasaError(RuntimeError):
    """Rasa did not train or start; the message ends with the last lines of its log."""


class RasaServer:
    """Starts, watches and stops one Rasa server.

    Args:
        model: a trained model (`.tar.gz`).
        actions_url: where Rasa finds our actions.
        actions_token: what it must show there.
        port: on loopback.
        tracker_db: SQLite file of Rasa's dialogue state.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        model: Path,
        actions_url: str,
        actions_token: str,
        port: int,
        tracker_db: Path,
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._settings = settings
        self._log_file = settings.data_dir / "log" / f"rasa-{port}.log"
        self._arguments = [
            "run", "--model", str(model), "--interface", "127.0.0.1", "--port", str(port),
            "--endpoints", "bot/endpoints.yml", "--credentials", "bot/credentials.yml",
        ]  # fmt: skip
        self._environment = {
            "ACTIONS_URL": actions_url,
            "ACTIONS_TOKEN": actions_token,
            "RASA_TRACKER_DB": str(tracker_db),
            "SANIC_WORKERS": "1",
            "RASA_PARENT": str(os.getpid()),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; `wait_ready` tells when it answers."""
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        with self._log_file.open("wb") as log:
            self._process = subprocess.Popen(
                command(self._settings, self._arguments),
                cwd=ROOT,
                env=environment(self._settings, self._environment),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Its process id, if it was started."""
        return self._process.pid if self._process else None

    def wait_ready(self, timeout: float = START_TIMEOUT) -> None:
        """Wait until it answers.

        Raises:
            RasaError: it ended, or took longer than `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if not self.running:
                raise RasaError(say("rasa_ended", log=self._last_lines()))
            if answers(self.url):
                return
            time.sleep(0.2)
        raise RasaError(say("rasa_slow", seconds=round(timeout), log=self._last_lines()))

    def stop(self) -> None:
        """Ask it to end; kill it if it does not within 10 s."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _last_lines(self, count: int = 15) -> str:
        return "\n".join(self._log_file.read_text(errors="replace").splitlines()[-count:])


def answers(url: str) -> bool:
    """Whether a Rasa server answers at that address and has its model loaded."""
    try:
        return httpx.get(f"{url}/webhooks/rest/", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def command(settings: Settings, arguments: list[str]) -> list[str]:
    """The command line for `rasa …` in Rasa's own environment.

    Raises:
        RasaError: that environment was not made.
    """
    if not settings.rasa_python.exists():
        raise RasaError(say("rasa_missing", path=settings.rasa_python))
    return [str(settings.rasa_python), "-m", "bot.rasa_main", *arguments]


def environment(settings: Settings, extra: dict[str, str]) -> dict[str, str]:
    """The environment of Rasa's process: no secrets of ours, no telemetry, quiet TensorFlow."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
    quiet = {
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_WITH_TENSORFLOW": "1" if settings.rasa_with_tensorflow else "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "OMP_NUM_THREADS": "1",
    }
    return kept | quiet | extra
