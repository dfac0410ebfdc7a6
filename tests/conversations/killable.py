"""A worker and a courier in a process of their own, to be killed by tests.

Run as `python killable.py URL LOG [stuck]`; each delivery adds a line `user<TAB>text` to LOG. With
`stuck` the handler never returns. Prints `handling` whenever the handler is entered.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from conversations.bus import Notifier
from conversations.courier import Courier
from conversations.database import Database
from conversations.inbox import Claimed
from conversations.messages import Channel, OutboundMessage
from conversations.worker import Worker

LEASE = timedelta(seconds=3)


class LogSender:
    channel = Channel.WEB

    def __init__(self, path: Path) -> None:
        self._log = path.open("a", buffering=1)

    async def send(self, external_user_id: str, message: OutboundMessage) -> None:
        self._log.write(f"{external_user_id}\t{message.text}\n")
        await asyncio.sleep(0.01)


async def main(url: str, log: Path, stuck: bool) -> None:
    async def handler(claimed: Claimed) -> Sequence[OutboundMessage]:
        print("handling", flush=True)
        if stuck:
            await asyncio.Event().wait()
        await asyncio.sleep(0.01)
        return [OutboundMessage(text=f"{claimed.message.text}.{part}") for part in (1, 2)]

    db = Database(url)
    async with Notifier(db) as notifier:
        worker = Worker(db, notifier, handler, parallel=2, lease=LEASE, poll=0.1)
        courier = Courier(db, notifier, [LogSender(log)], parallel=2, lease=LEASE, poll=0.1)
        await asyncio.gather(worker.run(), courier.run())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), "stuck" in sys.argv[3:]))
