"""The file by which Zalo knows that a domain is ours, served as it was downloaded from there."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_NAME = re.compile(r"zalo_verifier[\w-]{1,200}\.html", re.ASCII)


def verifier_route(file: Path) -> Route:
    """The file under its own name.

    Raises:
        ValueError: it is missing, or not called `zalo_verifier….html`.
    """
    if not _NAME.fullmatch(file.name) or not file.is_file():
        raise ValueError(f"ZALO_VERIFIER_FILE is no zalo_verifier….html: {file.name}")
    content = file.read_bytes()

    async def show(request: Request) -> Response:
        return Response(content, media_type="text/html")

    return Route(f"/{file.name}", show)
