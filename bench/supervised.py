"""Runs the real app as systemd would: started again whenever it ends; and kills it, or Rasa, at will."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
RESTART_AFTER = 0.5
"""Seconds between an end and the next start."""


class Supervised:
    """The app under a supervisor.

    Args:
        environment: of the app's process.
        url: where it listens.
        log: file for what it says.
    """

    def __init__(self, environment: dict[str, str], url: str, log: Path) -> None:
        self._environment = environment
        self._url = url
        self._log = log
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self.kills: list[float] = []
        """Moments, in seconds of `time.time`."""
        self.rasa_kills: list[float] = []
        self.starts: list[float] = []
        """Seconds from each start to the first answer."""
        self.up = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Start, and go on starting."""
        self._thread.start()

    def stop(self) -> None:
        """End the app in good order."""
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()
        if self._thread.is_alive():
            self._thread.join(30)

    def kill(self) -> None:
        """Kill the app with signal 9."""
        if self._process is not None:
            self.up = False
            self.kills.append(time.time())
            self._process.kill()

    def kill_rasa(self) -> bool:
        """Kill Rasa with signal 9; False if it does not run."""
        for child in self._children():
            if "bot.rasa_main" in Path(f"/proc/{child}/cmdline").read_text():
                os.kill(child, signal.SIGKILL)
                self.rasa_kills.append(time.time())
                return True
        return False

    def _children(self) -> list[int]:
        if self._process is None:
            return []
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/children")
        return [int(pid) for task in tasks for pid in task.read_text().split()]

    def _run(self) -> None:
        with self._log.open("ab") as log:
            while not self._stopping.is_set():
                began = time.monotonic()
                command = [sys.executable, "-m", "bot", "run"]
                self._process = subprocess.Popen(
                    command, cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
                )
                self._wait_until_up(self._process, began)
                self._process.wait()
                self.up = False
                self._stopping.wait(RESTART_AFTER)

    def _wait_until_up(self, process: subprocess.Popen[bytes], began: float) -> None:
        while process.poll() is None and not self._stopping.is_set():
            try:
                if httpx.get(f"{self._url}/health", timeout=2).status_code == 200:
                    self.starts.append(time.monotonic() - began)
                    self.up = True
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
