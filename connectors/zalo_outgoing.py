"""Files for Zalo: pictures made to fit its limit, and how a message names what was uploaded."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from conversations.messages import Attachment

IMAGE_PATH = "/v2.0/oa/upload/image"
FILE_PATH = "/v2.0/oa/upload/file"
IMAGE_LIMIT = 1024 * 1024
"""Bytes of a picture."""
FILE_LIMIT = 5 * 1024 * 1024
"""Bytes of a file."""
_PICTURES = {"image/jpeg", "image/png"}
_FILES = {"application/pdf"}
"""Of the types that we store, those that Zalo takes as a file."""
_SIDES = (2_000, 1_600, 1_200, 800)
"""Pixels of the longer side, tried in turn until a picture fits."""


@dataclass(frozen=True)
class Ready:
    """A file as it is uploaded."""

    name: str
    content: bytes
    media_type: str

    @property
    def is_picture(self) -> bool:
        """Whether it is sent as a picture."""
        return self.media_type in _PICTURES

    @property
    def upload_path(self) -> str:
        """Where it is uploaded to."""
        return IMAGE_PATH if self.is_picture else FILE_PATH

    def attachment(self, data: dict[str, Any]) -> dict[str, Any]:
        """The `attachment` of a message, from what the upload returned."""
        if not self.is_picture:
            return {"type": "file", "payload": {"token": data.get("token", "")}}
        element = {"media_type": "image", "attachment_id": data.get("attachment_id", "")}
        return {"type": "template", "payload": {"template_type": "media", "elements": [element]}}


def prepare(content: bytes, file: Attachment) -> Ready | None:
    """The stored file as Zalo takes it; None if it takes none like it."""
    name = file.name or file.remote_id or ""
    if file.kind == "image":
        if file.media_type in _PICTURES and len(content) <= IMAGE_LIMIT:
            return Ready(name, content, str(file.media_type))
        smaller = _fitted(content)
        return Ready(f"{Path(name).stem}.jpg", smaller, "image/jpeg") if smaller else None
    if file.media_type in _FILES and len(content) <= FILE_LIMIT:
        return Ready(name, content, str(file.media_type))
    return None


def _fitted(content: bytes) -> bytes | None:
    """The picture as a JPEG below the limit; None if it cannot be read."""
    try:
        picture = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    for side in _SIDES:
        picture.thumbnail((side, side))
        made = io.BytesIO()
        picture.save(made, "JPEG", quality=85)
        if made.tell() <= IMAGE_LIMIT:
            return made.getvalue()
    return None
