"""Words for people, from the YAML files beside: labels, waiting times, canned replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from conversations.models import now

_HERE = Path(__file__).parent
_LABELS = ("labels.yaml", "editing.yaml")


@dataclass(frozen=True)
class CannedReply:
    """A ready-made answer; its text may name {ten}, {ten_can_bo}, {don_vi} and {ma}."""

    title: str
    text: str

    def filled(self, **values: str) -> str:
        """The text with its variables replaced."""
        text = self.text
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
        return text


@cache
def labels() -> dict[str, dict[str, Any]]:
    """All labels by kind and value."""
    merged: dict[str, dict[str, Any]] = {}
    for name in _LABELS:
        for kind, words in yaml.safe_load((_HERE / name).read_text("utf-8")).items():
            merged.setdefault(kind, {}).update(words)
    return merged


@cache
def canned_replies(path: Path = _HERE / "canned.yaml") -> tuple[CannedReply, ...]:
    """The ready-made replies of a file, in its order."""
    return tuple(CannedReply(**item) for item in yaml.safe_load(path.read_text("utf-8")))


def label(kind: str, value: object, **values: object) -> str:
    """The words for a value; the value itself where none are written."""
    if value is None:
        return ""
    text = labels().get(kind, {}).get(str(value), str(value))
    return str(text).format(**values) if values else str(text)


def label_of(value: object, *kinds: str) -> str:
    """The words for a value of which only the possible kinds are known: the first that has it."""
    kind = next((kind for kind in kinds if str(value) in labels()[kind]), kinds[0])
    return label(kind, value)


def ago(moment: datetime) -> str:
    """How long since a moment: "vừa xong", "3 phút", "2 giờ", "5 ngày"."""
    seconds = max(0, int((now() - moment).total_seconds()))
    if seconds < 60:
        return label("ago", "now")
    if seconds < 3_600:
        return label("ago", "minutes", n=seconds // 60)
    if seconds < 86_400:
        return label("ago", "hours", n=seconds // 3_600)
    return label("ago", "days", n=seconds // 86_400)


def browser(agent: str) -> str:
    """A browser and its system in two words, from what it calls itself; "trình duyệt" when unknown."""
    programs = {"Edg": "Edge", "coc_coc": "Cốc Cốc", "OPR": "Opera", "Firefox": "Firefox", "Chrom": "Chrome"}
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows"}
    program = _first(programs | {"Safari": "Safari"}, agent) or label("browser", "unknown")
    system = _first(systems | {"Mac OS": "macOS", "Linux": "Linux"}, agent)
    return label("browser", "on", program=program, system=system) if system else program


def _first(names: dict[str, str], text: str) -> str | None:
    return next((name for part, name in names.items() if part in text), None)


def local(moment: datetime, zone: ZoneInfo, pattern: str = "%H:%M %d/%m/%Y") -> str:
    """A time as a clock on the wall shows it."""
    return moment.astimezone(zone).strftime(pattern)
