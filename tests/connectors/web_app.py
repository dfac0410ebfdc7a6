"""The web channel with a real database, worker and courier, and a tiny handler in place of the dialogue."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from starlette.applications import Starlette

from connectors.limits import SESSIONS, Rate
from connectors.object_stores import folder_store
from connectors.uploads import AttachmentStore
from connectors.web import WebSender, portal_routes, routes
from conversations import handoffs
from conversations.bus import Notifier
from conversations.calendar import Calendar
from conversations.courier import Courier
from conversations.database import Database
from conversations.inbox import Claimed
from conversations.messages import (
    AnswerMeta,
    AnswerStatus,
    Choice,
    Link,
    OutboundMessage,
    SourceNote,
)
from conversations.worker import Worker

T = TypeVar("T")

SOURCE = SourceNote(
    id="1.001193",
    title="Thủ tục đăng ký khai sinh",
    effective_from=date(2025, 7, 1),
    checked=date(2026, 11, 20),
    url="https://dichvucong.gov.vn/p/home/dvc-tthc-thu-tuc-hanh-chinh-chi-tiet.html?ma_thu_tuc=1.001193",
)
PAPERS = OutboundMessage(
    text=(
        "Đăng ký khai sinh cho con, anh/chị chuẩn bị:\n• Tờ khai đăng ký khai sinh\n"
        "• Giấy chứng sinh của bệnh viện\n• Căn cước của cha hoặc mẹ\nLàm đúng hạn thì không mất lệ phí."
    ),
    links=(Link(title="Nộp hồ sơ qua mạng", url="https://dichvucong.gov.vn/"),),
    choices=(
        Choice(title="Mất bao lâu?", payload="/time_limit"),
        Choice(title="Nộp ở đâu?", payload="/where"),
        Choice(title="Lập danh sách giấy tờ", payload="/checklist"),
    ),
    meta=AnswerMeta(status=AnswerStatus.ANSWERED, sources=(SOURCE,), score=0.93),
)
CHECKLIST = OutboundMessage(
    text="Anh/chị đánh dấu những giấy tờ đã có nhé.",
    checklist=(
        "Tờ khai đăng ký khai sinh (theo mẫu, 1 bản)",
        "Giấy chứng sinh (bản chính)",
        "Căn cước của cha hoặc mẹ (mang theo để xem)",
    ),
    meta=AnswerMeta(status=AnswerStatus.GUIDE, sources=(SOURCE,)),
)


class WebApp:
    """The app under test; `slow` holds back the answer to a message that contains "chậm"."""

    def __init__(
        self,
        folder: Path,
        *,
        allowed_origins: Sequence[str] = (),
        session_rate: Rate = SESSIONS,
        calendar: Calendar | None = None,
    ) -> None:
        self.db = Database(f"sqlite:///{folder / 'test.db'}")
        self.db.migrate()
        self.attachments = folder / "attachments"
        self.notifier = Notifier(self.db)
        self.slow = threading.Event()
        self.handled: list[str] = []
        web = routes(
            self.db,
            self.notifier,
            store=AttachmentStore(folder_store(self.attachments)),
            allowed_origins=allowed_origins,
            session_rate=session_rate,
            calendar=calendar,
        )
        self.app = Starlette(routes=[*web, *portal_routes()], lifespan=self._work)

    @contextlib.asynccontextmanager
    async def _work(self, app: Starlette) -> AsyncIterator[None]:
        async with self.notifier:
            worker = Worker(self.db, self.notifier, self._answer)
            courier = Courier(self.db, self.notifier, [WebSender(self.db, self.notifier)])
            tasks = [asyncio.create_task(worker.run()), asyncio.create_task(courier.run())]
            yield
            self.slow.set()
            worker.stop()
            courier.stop()
            await asyncio.gather(*tasks)

    async def _answer(self, claimed: Claimed) -> list[OutboundMessage]:
        text = claimed.message.text
        self.handled.append(text)
        if "chậm" in text:
            await asyncio.to_thread(self.slow.wait, 30)
        if "cán bộ" in text:
            with self.db.session() as session:
                handoffs.request(session, claimed.conversation_id, "requested")
            return [OutboundMessage(text="Tôi đã báo cán bộ. Anh/chị chờ một lát nhé.")]
        if claimed.message.payload == "/checklist":
            return [CHECKLIST]
        if "giấy tờ" in text:
            return [PAPERS]
        return [OutboundMessage(text=f"Anh/chị vừa nói: {text}")]


async def eventually(look: Callable[[], T], within: float = 10.0) -> T:
    """Look until the result is true; fails after `within` seconds."""
    async with asyncio.timeout(within):
        while not (result := look()):
            await asyncio.sleep(0.02)
    return result
