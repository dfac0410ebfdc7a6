"""What an event of Zalo's webhook means: a citizen's message, or words of an officer in Zalo's own tool."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.chat_texts import say
from conversations.history import clean_text
from conversations.messages import Attachment, Channel, InboundMessage

_KINDS = {
    "image": "image",
    "photo": "image",
    "gif": "image",
    "file": "file",
    "audio": "audio",
    "voice": "audio",
    "video": "video",
    "sticker": "sticker",
    "location": "location",
    "link": "file",
    "business_card": "contact",
}
_OFFICER_EVENTS = {
    "oa_send_text",
    "oa_send_image",
    "oa_send_gif",
    "oa_send_file",
    "oa_send_sticker",
    "oa_send_link",
    "oa_send_audio",
    "oa_send_video",
}
"""Events that an officer's message in Zalo's tool makes; templates and consents are sent by machines."""
_NEEDLESS = {
    "unfollow",
    "user_received_message",
    "user_seen_message",
    "user_click_button",
    "user_click_link",
    "user_reacted_message",
    "oa_reacted_message",
    "oa_send_template",
    "oa_send_consent",
}
"""Events that nobody here needs, beside those of groups."""
_INFO = ("name", "phone", "address")
_MAX_TEXT = 50_000


@dataclass(frozen=True)
class OfficerSpoke:
    """The OA wrote to a person: an officer in Zalo's own tool, or the echo of our own message."""

    event_id: str
    external_user_id: str
    text: str
    """Empty for pictures and files."""
    certain: bool
    """Zalo names the administrator who wrote, so that it cannot be an echo."""


class BadEvent(Exception):
    """An event lacks what every event of its kind has."""


def read_event(event: dict[str, Any], raw: bytes) -> InboundMessage | OfficerSpoke | None:
    """What to store of an event, or None for kinds that concern nobody here.

    Args:
        raw: the body as it came; its hash identifies an event that has no message id.

    Raises:
        BadEvent: it lacks a person, or a field has an impossible type.
    """
    name = event.get("event_name")
    if not isinstance(name, str):
        raise BadEvent("no event_name")
    if name == "follow":
        person = _id(event, "follower")
        return _inbound(event, raw, person, payload="/greet")
    if name == "user_submit_info":
        return _inbound(event, raw, _id(event, "sender"), text=_submitted(event))
    if name.startswith("user_send_") and not name.startswith("user_send_group"):
        return _said(event, raw, name.removeprefix("user_send_"))
    if name in _OFFICER_EVENTS:
        return OfficerSpoke(
            event_id=_event_id(event, raw),
            external_user_id=_id(event, "recipient"),
            text=_text(event),
            certain=bool(_object(event.get("sender")).get("admin_id")),
        )
    return None


def is_unknown(event: dict[str, Any]) -> bool:
    """Whether nobody here knows events of that name, so that a person should look.

    One is Zalo's word that somebody exercises their rights over personal data, whose name is not known (?).
    """
    name = str(event.get("event_name"))
    return name not in _NEEDLESS and "_group" not in name


def _said(event: dict[str, Any], raw: bytes, kind: str) -> InboundMessage:
    attachments = tuple(_attachments(event))
    if not attachments and kind in _KINDS:
        attachments = (Attachment.model_validate({"kind": _KINDS[kind]}),)
    words = _text(event)
    if kind == "link":
        words, attachments = words or _link(event), ()
    return _inbound(event, raw, _id(event, "sender"), text=words, attachments=attachments)


def _inbound(
    event: dict[str, Any],
    raw: bytes,
    person: str,
    *,
    text: str = "",
    payload: str | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> InboundMessage:
    return InboundMessage(
        channel=Channel.ZALO,
        event_id=_event_id(event, raw),
        external_user_id=person,
        text=text[:_MAX_TEXT],
        payload=payload,
        attachments=attachments,
        sent_at=_moment(event.get("timestamp")),
    )


def _event_id(event: dict[str, Any], raw: bytes) -> str:
    message_id = _object(event.get("message")).get("msg_id")
    if isinstance(message_id, str) and message_id.isprintable() and 0 < len(message_id) <= 150:
        return message_id
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _id(event: dict[str, Any], role: str) -> str:
    value = _object(event.get(role)).get("id")
    if not isinstance(value, str) or not value.isascii() or not value.isalnum() or len(value) > 100:
        raise BadEvent(f"no {role}")
    return value


def _text(event: dict[str, Any]) -> str:
    text = _object(event.get("message")).get("text", "")
    return clean_text(text) if isinstance(text, str) else ""


def _attachments(event: dict[str, Any]) -> list[Attachment]:
    found = []
    for item in _listed(event, "attachments"):
        kind = _KINDS.get(str(_object(item).get("type")))
        if kind is not None:
            found.append(_attachment(kind, _object(_object(item).get("payload"))))
    return found


def _attachment(kind: str, payload: dict[str, Any]) -> Attachment:
    place = _object(payload.get("coordinates"))
    size = str(payload.get("size", ""))
    return Attachment.model_validate(
        {
            "kind": kind,
            "url": _string(payload.get("url")),
            "remote_id": _string(payload.get("id") or payload.get("token")),
            "name": _string(payload.get("name")),
            "size": int(size) if size.isascii() and size.isdecimal() and len(size) < 15 else None,
            "latitude": _degrees(place.get("latitude")),
            "longitude": _degrees(place.get("longitude")),
        }
    )


def _link(event: dict[str, Any]) -> str:
    for item in _listed(event, "links") or _listed(event, "attachments"):
        payload = _object(_object(item).get("payload")) or _object(item)
        address = _string(payload.get("url"))
        if address:
            return address
    return ""


def _listed(event: dict[str, Any], key: str) -> list[Any]:
    listed = _object(event.get("message")).get(key)
    return listed if isinstance(listed, list) else []


def _submitted(event: dict[str, Any]) -> str:
    info = _object(event.get("info"))
    given = {key: _string(_written(info.get(key))) for key in _INFO}
    shown = [say(f"info_{key}", value=value) for key, value in given.items() if value]
    return say("submitted_info", info=", ".join(shown)) if shown else ""


def _written(value: Any) -> Any:
    """A number as its digits: Zalo gives telephones either way."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _string(value: Any) -> str | None:
    return (clean_text(value[:2_000]) or None) if isinstance(value, str) else None


def _degrees(value: Any) -> float | None:
    try:
        degrees = float(value)
    except (TypeError, ValueError):
        return None
    return degrees if -180 <= degrees <= 180 else None


def _moment(timestamp: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(timestamp) / 1_000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
