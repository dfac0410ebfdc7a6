"""axe-core, fetched once through npm into a folder that git ignores."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

VERSION = "4.14.1"
_FOLDER = Path(__file__).parent / "node_modules" / "axe-core"


def axe_source() -> str:
    """The script; skips the test, saying so, where it is not here and npm cannot bring it."""
    script = _FOLDER / "axe.min.js"
    if not script.exists():
        if shutil.which("npm") is None:
            pytest.skip("axe-core is not here and there is no npm to fetch it")
        command = ["npm", "install", "--no-save", "--silent", "--prefix", str(Path(__file__).parent)]
        done = subprocess.run([*command, f"axe-core@{VERSION}"], capture_output=True, text=True, timeout=120)
        if done.returncode:
            pytest.skip(f"npm could not fetch axe-core: {done.stderr[-200:]}")
    return script.read_text(encoding="utf-8")
