"""Reads an office's news feed (RSS or Atom) as the start of announcements."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import feedparser

from knowledge_base.extraction import Unreadable, extract
from nlu.text import fold

MOST = 50
"""Entries of a feed that are read, in its order."""
MAX_TITLE, MAX_BODY = 300, 20_000


def read_feed(content: bytes, today: date) -> list[dict[str, Any]]:
    """The entries of a feed as records of announcements, for an editor to go on with.

    An entry has the same id whenever it is read; one without a title is left out.

    Raises:
        Unreadable: it is no feed, or an empty one.
    """
    feed = feedparser.parse(content)
    source = " ".join(str(feed.feed.get("title", "")).split())
    found = list(_records(feed.entries[:MOST], source, today))
    if not found:
        raise Unreadable("feed_empty")
    return found


def _records(entries: list[Any], source: str, today: date) -> Iterator[dict[str, Any]]:
    for entry in entries:
        title = _text(entry.get("title", ""))[:MAX_TITLE]
        if not title:
            continue
        link = str(entry.get("link", ""))
        parts = entry.get("content") or [{"value": entry.get("summary", "")}]
        body = _text("\n".join(str(part.get("value", "")) for part in parts))[:MAX_BODY]
        record: dict[str, Any] = {
            "kind": "announcement",
            "id": _id(title, str(entry.get("id") or link or title)),
            "title": title,
            "body": body or title,
            "published": _day(entry, today).isoformat(),
            "source": {"title": source or title, "checked": today.isoformat()},
        }
        if link.startswith(("https://", "http://")):
            record["source"]["url"] = link
        yield record


def _text(markup: str) -> str:
    try:
        found = extract("entry.html", f"<body>{markup}</body>".encode())
    except Unreadable:
        return ""
    return "\n".join(part for part in (found.title, found.text) if part)


def _id(title: str, key: str) -> str:
    words = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in fold(title)).split())
    return f"{words[:60].strip('-')}-{hashlib.sha256(key.encode()).hexdigest()[:8]}".strip("-")


def _day(entry: Any, today: date) -> date:
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    if moment is None:
        return today
    return datetime.fromtimestamp(calendar.timegm(moment), UTC).date()
