"""Handles the inbox: gives each message to the assistant, unless a human has the floor."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog

from conversations import albums, controls, handoffs, inbox, outbox
from conversations.bus import Notifier
from conversations.database import Database
from conversations.dispatch import dispatch
from conversations.history import lock_conversation
from conversations.inbox import Claimed, ClaimLost
from conversations.messages import Floor, OutboundMessage
from conversations.texts import RATE, RETURN_TO_BOT, notice, says_return

Handler = Callable[[Claimed], Awaitable[Sequence[OutboundMessage]]]
"""Answers one message. It may be called again for the same message after a crash or an error."""
Watch = Callable[[Claimed], Awaitable[Sequence[OutboundMessage]]]
"""What to say all the same while an officer has, or is to take, the floor; mostly nothing."""

_RATING = re.compile(rf"{RATE} (\d{{1,15}}) ([01])")
Prepare = Callable[[Claimed], Awaitable[Claimed]]
"""Completes a message that has attachments."""

_log = structlog.get_logger()


class Worker:
    """Claims, handles and finishes; one conversation is never handled twice at a time.

    Args:
        handler: not called while an officer has, or is to take, the floor.
        watch: called then instead.
        prepare: given each message that has attachments; what it returns is handled, e.g. with its files.
        parallel: conversations handled at a time.
        lease: a message that takes longer may be handled again by another worker.
        poll: seconds after which the inbox is looked at without a wake-up.
        patience: seconds after which a citizen is told that the answer takes longer.
    """

    def __init__(
        self,
        db: Database,
        notifier: Notifier,
        handler: Handler,
        *,
        watch: Watch | None = None,
        prepare: Prepare | None = None,
        parallel: int = 2,
        lease: timedelta = timedelta(seconds=60),
        poll: float = 1.0,
        patience: float = 5.0,
    ) -> None:
        self._db = db
        self._notifier = notifier
        self._handler = handler
        self._watch = watch
        self._prepare = prepare
        self._parallel = parallel
        self._lease = lease
        self._poll = poll
        self._patience = patience
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until `stop`; returns when the messages under way are handled."""
        with self._notifier.subscribe("inbox") as wake_up:
            await dispatch(
                self._claim,
                self._handle,
                parallel=self._parallel,
                wake_up=wake_up,
                poll=self._poll,
                stopping=self._stopping,
            )

    def stop(self) -> None:
        """Take no more messages."""
        self._stopping.set()
        self._notifier.publish("inbox")

    async def work_next(self) -> bool:
        """Handle the next message; returns False if none was waiting."""
        claimed = await self._claim()
        if claimed is None:
            return False
        await self._handle(claimed)
        return True

    async def _claim(self) -> Claimed | None:
        return await asyncio.to_thread(inbox.claim, self._db, lease=self._lease)

    async def _handle(self, claimed: Claimed) -> None:
        try:
            if claimed.message.album:
                whole = await asyncio.to_thread(self._whole_album, claimed)
                if whole is None:
                    return
                claimed = whole
            if _leaves_queue(claimed):
                await asyncio.to_thread(self._return_to_bot, claimed)
            elif rating := _RATING.fullmatch(claimed.message.payload or ""):
                await asyncio.to_thread(self._rate, claimed, int(rating[1]), rating[2] == "1")
            elif claimed.floor != Floor.BOT:
                claimed = await self._complete(claimed)
                said = await self._watch(claimed) if self._watch else ()
                await asyncio.to_thread(self._leave_to_officer, claimed, said)
            elif off := await asyncio.to_thread(self._switched_off, claimed):
                await asyncio.to_thread(self._finish, await self._complete(claimed), [off])
            else:
                async with asyncio.timeout(self._lease.total_seconds() * 0.8):
                    replies = await self._answer(claimed)
                await asyncio.to_thread(self._finish, claimed, replies)
        except ClaimLost:
            _log.warning("claim_lost", item=claimed.item_id)
        except Exception as error:
            _log.exception("handler_failed", item=claimed.item_id, attempt=claimed.attempt)
            await asyncio.to_thread(inbox.fail, self._db, claimed, type(error).__name__)

    def _whole_album(self, claimed: Claimed) -> Claimed | None:
        """With all parts of the message's album; None while more are to be expected."""
        with self._db.session() as session:
            if albums.is_whole(session, claimed):
                return albums.gather(session, claimed)
        inbox.put_off(self._db, claimed, albums.SETTLED)
        return None

    async def _complete(self, claimed: Claimed) -> Claimed:
        return await self._prepare(claimed) if self._prepare and claimed.message.attachments else claimed

    async def _complete_and_handle(self, claimed: Claimed) -> Sequence[OutboundMessage]:
        return await self._handler(await self._complete(claimed))

    async def _answer(self, claimed: Claimed) -> Sequence[OutboundMessage]:
        answering = asyncio.ensure_future(self._complete_and_handle(claimed))
        try:
            ready, _ = await asyncio.wait({answering}, timeout=self._patience)
            if not ready and claimed.attempt == 1:
                await asyncio.to_thread(self._ask_for_patience, claimed)
            return await answering
        finally:
            answering.cancel()

    def _ask_for_patience(self, claimed: Claimed) -> None:
        with self._db.session() as session:
            conversation = lock_conversation(session, claimed.conversation_id)
            outbox.enqueue(session, conversation, notice("working"))

    def _finish(self, claimed: Claimed, replies: Sequence[OutboundMessage]) -> None:
        with self._db.session() as session:
            inbox.finish(session, claimed, controls.with_notice(session, replies))

    def _switched_off(self, claimed: Claimed) -> OutboundMessage | None:
        with self._db.session(read_only=True) as session:
            return controls.switched_off(session, claimed.channel)

    def _rate(self, claimed: Claimed, case_id: int, satisfied: bool) -> None:
        with self._db.session() as session:
            inbox.finish(session, claimed)
            handoffs.rate(session, claimed.conversation_id, case_id, satisfied)

    def _leave_to_officer(self, claimed: Claimed, said: Sequence[OutboundMessage]) -> None:
        with self._db.session() as session:
            inbox.finish(session, claimed, said)
            handoffs.citizen_wrote(session, claimed.conversation_id)

    def _return_to_bot(self, claimed: Claimed) -> None:
        with self._db.session() as session:
            inbox.finish(session, claimed)
            handoffs.cancel(session, claimed.conversation_id)


def _leaves_queue(claimed: Claimed) -> bool:
    pressed = claimed.message.payload == RETURN_TO_BOT
    return pressed or (claimed.floor == Floor.WAITING and says_return(claimed.message.text))
