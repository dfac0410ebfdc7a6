"""A message as plain words, for channels that show nothing else."""

from __future__ import annotations

from datetime import date

from conversations.messages import OutboundMessage, SourceNote
from conversations.texts import say


def plain_text(message: OutboundMessage, *, number_choices: bool = True) -> str:
    """Text, checklist, links, source lines and choices, one under the other.

    Args:
        number_choices: "1. …" so that a person can answer with the number; False leaves choices out,
            for channels that show buttons.
    """
    blocks = [message.text.strip()]
    blocks.append("\n".join(f"☐ {line}" for line in message.checklist))
    blocks.append("\n".join(f"{link.title}: {link.url}" for link in message.links))
    blocks.append("\n".join(source_line(source) for source in (message.meta.sources if message.meta else ())))
    if number_choices:
        blocks.append(
            "\n".join(f"{number}. {choice.title}" for number, choice in enumerate(message.choices, start=1))
        )
    return "\n\n".join(block for block in blocks if block)


def source_line(source: SourceNote) -> str:
    """Where an answer comes from, in one line."""
    parts = [say("source", title=_short(source.title), id=source.id)]
    if source.effective_from:
        parts.append(say("source_from", day=_day(source.effective_from)))
    if source.effective_to:
        parts.append(say("source_to", day=_day(source.effective_to)))
    if source.checked:
        parts.append(say("source_checked", day=_day(source.checked)))
    if source.url:
        parts.append(source.url)
    return " · ".join(parts)


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def _short(title: str, limit: int = 120) -> str:
    return title if len(title) <= limit else title[: limit - 1].rstrip() + "…"
