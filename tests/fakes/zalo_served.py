"""The fake Zalo on a real socket; a test module imports the fixtures that it uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.serving import serving
from tests.fakes.zalo_api import FakeZalo


@pytest.fixture
def served() -> Iterator[tuple[FakeZalo, str]]:
    """The fake and its address."""
    fake = FakeZalo()
    with serving(fake.app) as url:
        yield fake, url


@pytest.fixture
def zalo(served: tuple[FakeZalo, str]) -> FakeZalo:
    """The fake alone."""
    return served[0]
