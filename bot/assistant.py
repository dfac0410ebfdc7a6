"""Puts the parts together: documents, index, actions, dialogue."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from rasa_sdk.interfaces import ActionExecutionRejection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actions.registry import executor
from actions.turn import Services
from bot.indexing import document_dirs
from bot.settings import Settings
from conversations.calendar import Calendar
from conversations.database import Database
from knowledge_base.documents import Library, load_documents
from knowledge_base.places import Places
from knowledge_base.search import Searcher

_log = structlog.get_logger()


def today_in(timezone: str) -> Callable[[], date]:
    """A clock that gives the day at that place."""
    return lambda: datetime.now(ZoneInfo(timezone)).date()


def library_of(settings: Settings) -> Library:
    """The documents of KNOWLEDGE_DIR and those of editors; problems are logged, the rest is used."""
    documents, problems = load_documents(document_dirs(settings))
    for problem in problems:
        _log.warning("document_left_out", **problem.as_dict())
    return Library(documents)


def services_of(settings: Settings, db: Database, library: Library, searcher: Searcher) -> Services:
    """What actions call upon."""
    return Services(
        db=db,
        searcher=searcher,
        library=library,
        places=Places(),
        today=today_in(settings.timezone),
        calendar=Calendar(settings.working_hours, settings.timezone),
        feedback_days=settings.feedback_days,
    )


class ActionsEndpoint:
    """`POST /actions`: what Rasa calls back, with a token that only it was given."""

    def __init__(self, services: Services) -> None:
        self.token = secrets.token_urlsafe(32)
        self._executor = executor(services)

    def route(self) -> Route:
        """The route to mount."""
        return Route("/actions", self._handle, methods=["POST"])

    async def _handle(self, request: Request) -> Response:
        if not secrets.compare_digest(request.query_params.get("token", ""), self.token):
            return JSONResponse({"error": "forbidden"}, 403)
        call: dict[str, Any] = await request.json()
        call.setdefault("domain", {})  # Rasa sends it only to those who need it; none of ours do.
        try:
            result = await asyncio.to_thread(lambda: asyncio.run(self._executor.run(call)))
        except ActionExecutionRejection as error:
            return JSONResponse({"error": str(error), "action_name": error.action_name}, 400)
        if result is None:
            return JSONResponse({"error": "no action named", "action_name": ""}, 400)
        return JSONResponse(_with_intent(result.model_dump(), call))


def _with_intent(result: dict[str, Any], call: dict[str, Any]) -> dict[str, Any]:
    """Note in each message what Rasa took the citizen's words for, for staff and evaluation."""
    intent = (call["tracker"]["latest_message"].get("intent") or {}).get("name")
    for response in result["responses"]:
        meta = (response.get("custom") or {}).get("meta")
        if meta is not None:
            meta["intent"] = meta["intent"] or intent
    return result
