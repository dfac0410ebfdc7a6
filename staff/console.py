"""Assembles the console: routes, their checks, headers, error pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from conversations.bus import Notifier
from conversations.calendar import Calendar
from conversations.database import Database
from conversations.models import Case
from knowledge_base.fetching import fetch_public
from knowledge_base.schema import Announcement
from staff.context import STATIC, Console, KeepFile
from staff.headers import HEADERS, SecurityHeaders
from staff.knowledge import KnowledgeDesk, no_knowledge
from staff.oidc import Oidc, OidcProvider
from staff.sessions import Sessions
from staff.suggestions import Suggest, no_suggestions
from staff.views import (
    account,
    analytics,
    announcements,
    audit,
    casework,
    controls,
    events,
    feedback,
    feedback_table,
    files,
    importing,
    learning,
    officers,
    queue,
    single_sign_on,
    talk,
    totp,
    units,
    web_links,
)
from staff.views import knowledge as knowledge_views
from staff.views import undelivered as undelivered_views
from staff.views import zalo as zalo_views
from staff.visit import CSRF, MAX_BODY, View, guarded
from staff.words import canned_replies, labels
from staff.zalo import ZaloDesk

LONG_FORM = 512 * 1024
"""Bytes of a form with a whole document in it."""
ATTACHED_FILE = 5 * 1024 * 1024 + MAX_BODY
"""Bytes of an answer with a file."""
LARGE_FILE = 24 * 1024 * 1024
"""Bytes of a file to import."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Page:
    """A route: its name is the key of `staff.access.ACCESS`."""

    name: str
    path: str
    view: View
    method: str = "GET"
    own_transactions: bool = False
    """The view opens its own; the visit's session only reads."""
    largest: int = MAX_BODY
    """Bytes of a form, for who has logged in."""


PAGES: Sequence[Page] = (
    Page("home", "/", queue.home),
    Page("login", "/login", account.login),
    Page("log_in", "/login", account.log_in, "POST", own_transactions=True),
    Page("log_in_code", "/login/code", account.log_in_code, "POST", own_transactions=True),
    Page("sign_on", "/login/sign-on", single_sign_on.leave),
    Page("sign_on_back", "/login/sign-on/back", single_sign_on.come_back),
    Page("log_out", "/logout", account.log_out, "POST"),
    Page("account", "/account", account.account),
    Page("change_password", "/account", account.change_password, "POST", own_transactions=True),
    Page("totp", "/account/second-factor", totp.show),
    Page("totp_enrol", "/account/second-factor", totp.enrol, "POST"),
    Page("totp_remove", "/account/second-factor/remove", totp.remove, "POST", own_transactions=True),
    Page("end_session", "/account/sessions/{id:int}/end", account.end_session, "POST"),
    Page("end_others", "/account/sessions/end", account.end_others, "POST"),
    Page("events", "/events", events.events),
    Page("waiting", "/waiting", queue.waiting),
    Page("queue", "/queue", queue.show),
    Page("queue_rows", "/queue/rows", queue.rows),
    Page("talk", "/talks/{id:int}", talk.show),
    Page("talk_messages", "/talks/{id:int}/messages", talk.messages),
    Page("talk_suggestions", "/talks/{id:int}/suggestions", talk.suggestions),
    Page("talk_take", "/talks/{id:int}/take", talk.take, "POST"),
    Page("talk_answer", "/talks/{id:int}/answer", talk.answer, "POST", largest=ATTACHED_FILE),
    Page("talk_types", "/talks/{id:int}/typing", talk.types, "POST", own_transactions=True),
    Page("talk_give_back", "/talks/{id:int}/give-back", talk.give_back, "POST"),
    Page("talk_close", "/talks/{id:int}/close", talk.close, "POST"),
    Page("case_note", "/cases/{id:int}/notes", casework.note, "POST"),
    Page("case_plan", "/cases/{id:int}/plan", casework.plan, "POST"),
    Page("case_transfer", "/cases/{id:int}/transfer", casework.transfer, "POST"),
    Page("file", "/cases/{id:int}/files/{file}", files.show),
    Page("feedback", "/feedback", feedback.show),
    Page("feedback_export", "/feedback/export", feedback_table.redacted),
    Page("feedback_export_full", "/feedback/export/full", feedback_table.full, "POST"),
    Page("feedback_merge", "/feedback/{id:int}/merge", feedback.merge, "POST"),
    Page("feedback_case", "/feedback/{id:int}", feedback.case),
    Page("feedback_talk", "/feedback/{id:int}/talk", feedback.conversation),
    Page("feedback_take", "/feedback/{id:int}/take", feedback.take, "POST"),
    Page("feedback_answer", "/feedback/{id:int}/answer", feedback.answer, "POST"),
    Page("feedback_close", "/feedback/{id:int}/close", feedback.close, "POST"),
    Page("announcements", "/announcements", announcements.show),
    Page("knowledge", "/knowledge", knowledge_views.show),
    Page("knowledge_document", "/knowledge/document", knowledge_views.document),
    Page("knowledge_expiring", "/knowledge/expiring", knowledge_views.expiring),
    Page("knowledge_edit", "/knowledge/edit", knowledge_views.edit),
    Page("knowledge_save", "/knowledge/edit", knowledge_views.save, "POST", largest=LONG_FORM),
    Page("knowledge_preview", "/knowledge/preview", knowledge_views.preview, "POST", largest=LONG_FORM),
    Page("import_form", "/knowledge/import", importing.show),
    Page("import_file", "/knowledge/import", importing.take, "POST", True, LARGE_FILE),
    Page("import_feed", "/knowledge/import/feed", importing.take_feed, "POST", own_transactions=True),
    Page("web_links", "/knowledge/links", web_links.show),
    Page("web_links_again", "/knowledge/links/again", web_links.again, "POST"),
    Page("import_publish", "/knowledge/import/publish", importing.publish, "POST"),
    Page("learning", "/knowledge/learning", learning.show),
    Page("learning_group", "/knowledge/learning/group", learning.group),
    Page("learning_propose", "/knowledge/learning/propose", learning.propose, "POST"),
    Page("learning_settle", "/knowledge/learning/settle", learning.settle, "POST"),
    Page("learning_try", "/knowledge/learning/try", learning.try_out, "POST", own_transactions=True),
    Page("learning_decide", "/knowledge/learning/decide", learning.decide, "POST"),
    Page("learning_take_back", "/knowledge/learning/take-back", learning.take_back, "POST"),
    Page("version", "/knowledge/versions/{id:int}", knowledge_views.version),
    Page("version_submit", "/knowledge/versions/{id:int}/submit", knowledge_views.submit, "POST"),
    Page("version_publish", "/knowledge/versions/{id:int}/publish", knowledge_views.publish, "POST"),
    Page("version_return", "/knowledge/versions/{id:int}/return", knowledge_views.send_back, "POST"),
    Page("version_drop", "/knowledge/versions/{id:int}/drop", knowledge_views.drop, "POST"),
    Page("version_withdraw", "/knowledge/versions/{id:int}/withdraw", knowledge_views.withdraw, "POST"),
    Page("undelivered", "/undelivered", undelivered_views.show),
    Page("resend", "/undelivered/{id:int}/resend", undelivered_views.resend, "POST"),
    Page("analytics", "/analytics", analytics.show),
    Page("analytics_topics", "/analytics/topics", analytics.topics),
    Page("analytics_service", "/analytics/service", analytics.service),
    Page("analytics_table", "/analytics/table.csv", analytics.table),
    Page("analytics_report", "/analytics/report.pdf", analytics.monthly),
    Page("audit", "/audit", audit.show),
    Page("controls", "/controls", controls.show),
    Page("notice_set", "/controls/notice", controls.set_notice, "POST"),
    Page("notice_remove", "/controls/notice/remove", controls.remove_notice, "POST"),
    Page("channel_switch", "/controls/channel", controls.switch_channel, "POST"),
    Page("zalo", "/controls/zalo", zalo_views.show),
    Page("zalo_leave", "/controls/zalo/leave", zalo_views.leave),
    Page("zalo_back", "/controls/zalo/back", zalo_views.come_back),
    Page("audit_head", "/audit/head", audit.head),
    Page("officers", "/officers", officers.show),
    Page("officer_create", "/officers", officers.create, "POST"),
    Page("officer_update", "/officers/{id:int}", officers.update, "POST"),
    Page("officer_reset", "/officers/{id:int}/reset", officers.reset, "POST"),
    Page("officer_forget_totp", "/officers/{id:int}/forget-second-factor", officers.forget_totp, "POST"),
    Page("units", "/units", units.show),
    Page("unit_create", "/units", units.create, "POST"),
    Page("unit_update", "/units/{id:int}", units.update, "POST"),
)


def create_console(
    db: Database,
    notifier: Notifier,
    *,
    secret_key: str,
    suggest: Suggest = no_suggestions,
    announcements: Callable[[], Sequence[Announcement]] = tuple,
    title_of: Callable[[str], str | None] = lambda code: None,
    knowledge: KnowledgeDesk | None = None,
    citizen_view: Callable[[Case], str] = lambda case: case.public_answer or "",
    read_file: Callable[[str], bytes | None] = lambda file_id: None,
    fetch: Callable[[str], bytes] = fetch_public,
    keep_file: KeepFile | None = None,
    calendar: Calendar | None = None,
    oidc: OidcProvider | None = None,
    zalo: ZaloDesk | None = None,
    session_lifetime: timedelta = timedelta(hours=10),
) -> Starlette:
    """The console, to be mounted at `/staff`.

    Args:
        db: with all migrations applied.
        notifier: its wake-ups make pages live; without them pages look again every few seconds.
        secret_key: signs sessions; at least 16 characters, the same in every process.
        suggest: passages of the knowledge base for a citizen's words; called in a worker thread.
        announcements: those to list, read anew at each view.
        title_of: the short name of a procedure code, or None.
        knowledge: documents as the assistant uses them; none without it.
        citizen_view: what a citizen reads who asks for the code of a feedback case.
        fetch: the content of a web page that an officer names; raises `httpx.HTTPError`.
        read_file: the content of the file of an `Attachment.remote_id`, or None; raises `OSError`.
        keep_file: stores what officers attach to an answer, raises `OSError`; without it they cannot.
        calendar: when officers work; its time zone is that of all times shown.
        oidc: a single sign-on beside the passwords; its second factor is its own business.
        zalo: the Zalo channel, if there is one.
        session_lifetime: how long a log-in holds.

    Raises:
        ValueError: the key is too short.
    """
    app = Starlette(
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={HTTPException: _refused, Exception: _failed},
    )
    calendar = calendar or Calendar()
    console = Console(
        db=db,
        notifier=notifier,
        sessions=Sessions(secret_key, session_lifetime),
        oidc=Oidc(oidc) if oidc else None,
        zalo=zalo,
        suggest=suggest,
        announcements=announcements,
        title_of=title_of,
        knowledge=knowledge or no_knowledge(),
        citizen_view=citizen_view,
        read_file=read_file,
        keep_file=keep_file,
        fetch=fetch,
        canned=canned_replies(),
        calendar=calendar,
        router=app.router,
    )
    app.state.console = console
    for page in PAGES:
        writes = page.method == "POST" and not page.own_transactions
        endpoint = guarded(console, page.name, page.view, writes=writes, largest=page.largest)
        app.router.routes.append(Route(page.path, endpoint, methods=[page.method], name=page.name))
    app.router.routes.append(Mount("/static", _Static(directory=STATIC), name="static"))
    return app


class _Static(StaticFiles):
    """Files whose address carries a hash of their content, so browsers may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _error_page(request, error.status_code, "419" if error.detail == CSRF else str(error.status_code))


async def _failed(request: Request, error: Exception) -> Response:
    log.error("console_failed", path=request.url.path, error=type(error).__name__)
    return _error_page(request, 500, "500")


def _error_page(request: Request, status: int, key: str) -> Response:
    words = labels()["error"].get(key) or labels()["error"]["400" if status < 500 else "500"]
    console: Console = request.app.state.console
    page = console.render(
        "error.html",
        request=request,
        title=words["title"],
        text=words["text"],
        status=status,
        home=console.path(request, "home"),
        at=datetime.now(console.zone).strftime("%H:%M:%S %d/%m/%Y"),
    )
    return HTMLResponse(page, status, headers=HEADERS)
