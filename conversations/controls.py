"""What administrators switch while the assistant runs: an emergency notice, and channels on and off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from conversations import audit
from conversations.messages import Channel, OutboundMessage, Sender
from conversations.models import Setting, now
from conversations.texts import say

_NOTICE = "emergency_notice"


@dataclass(frozen=True)
class EmergencyNotice:
    """Words at the top of every answer, until a time or until they are taken away."""

    text: str
    until: datetime | None = None


def emergency_notice(session: Session) -> EmergencyNotice | None:
    """The notice that is to be shown now."""
    kept = _get(session, _NOTICE)
    if not kept:
        return None
    notice = EmergencyNotice(kept["text"], datetime.fromisoformat(kept["until"]) if kept["until"] else None)
    return notice if notice.until is None or notice.until > now() else None


def set_emergency_notice(session: Session, notice: EmergencyNotice | None, *, actor: str) -> None:
    """Show a notice from the next answer on, or none any more."""
    until = notice.until.isoformat() if notice and notice.until else None
    _set(session, _NOTICE, {"text": notice.text, "until": until} if notice else {}, actor)
    audit.record(session, actor, "notice.set" if notice else "notice.remove", "notice", {"until": until})


def with_notice(session: Session, replies: Sequence[OutboundMessage]) -> Sequence[OutboundMessage]:
    """The replies with the emergency notice, if there is one, at their top."""
    notice = emergency_notice(session) if replies else None
    if notice is None:
        return replies
    first = replies[0].model_copy(update={"text": f"{notice.text}\n\n{replies[0].text}".strip()})
    return [first, *replies[1:]]


def switched_off(session: Session, channel: Channel) -> OutboundMessage | None:
    """What a channel that is switched off says in place of the assistant; None while it is on."""
    kept = _get(session, f"channel_off:{channel.value}")
    if not kept:
        return None
    return OutboundMessage(text=kept["text"] or say("channel_off"), sender=Sender.SYSTEM)


def switch_channel(session: Session, channel: Channel, *, on: bool, text: str = "", actor: str) -> None:
    """Let the assistant answer on a channel, or only give a fixed text (a general one if left out)."""
    _set(session, f"channel_off:{channel.value}", {} if on else {"text": text}, actor)
    audit.record(session, actor, "channel.on" if on else "channel.off", f"channel:{channel.value}")


def _get(session: Session, name: str) -> dict[str, Any]:
    found = session.get(Setting, name)
    return found.value if found is not None else {}


def _set(session: Session, name: str, value: dict[str, Any], actor: str) -> None:
    session.merge(Setting(name=name, value=value, updated_by=actor, updated_at=now()))
    session.flush()
