"""The measurement of the channels, small: the real app is killed, Rasa too, and nobody goes unanswered."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.settings import ROOT
from tests.journeys.conftest import Assistant


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_put_out_of_order_while_everything_fails(assistant: Assistant) -> None:
    arguments = ["--events", "300", "--rate", "30", "--kills", "2", "--rasa-kills", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "bench.channels", *arguments],
        cwd=ROOT,
        env=assistant.environment,  # whose index and model it uses
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    for bar in ("none lost", "none answered twice that could be known", "order kept", "forged refused"):
        assert f"✓ {bar}" in done.stdout, done.stdout + done.stderr
