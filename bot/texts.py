"""What the commands say: `texts.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml


@cache
def _texts() -> dict[str, str]:
    texts: dict[str, str] = yaml.safe_load(Path(__file__).with_name("texts.yaml").read_text(encoding="utf-8"))
    return texts


def say(key: str, **values: object) -> str:
    """The text under a key with its `{values}` filled in."""
    return _texts()[key].format(**values)
