"""The fake Telegram on a real socket, one for a test module, which imports the fixtures that it uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.serving import serving
from tests.fakes.telegram_api import FakeTelegram


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[FakeTelegram, str]]:
    """The fake and its address."""
    fake = FakeTelegram()
    with serving(fake.app) as url:
        yield fake, url


@pytest.fixture
def telegram(served: tuple[FakeTelegram, str]) -> FakeTelegram:
    """The fake alone; it remembers nothing of the test before."""
    served[0].forget()
    return served[0]
