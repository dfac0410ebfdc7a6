"""For all tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from hypothesis import settings

from conversations import officers

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("ours", deadline=None)
settings.load_profile("ours")

# Passwords are slow to hash on purpose; whether they are right does not depend on it.
officers.hasher = PasswordHasher.from_parameters(CHEAPEST)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Real Chromium; of a module, since Playwright's loop bears no other beside it."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("Chromium is missing: apt install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()
