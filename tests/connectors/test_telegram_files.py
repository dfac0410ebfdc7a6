"""Files come into our own store from a server that behaves as Telegram's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from telegram import Bot

from connectors.object_stores import folder_store
from connectors.telegram_files import TelegramFiles
from connectors.uploads import AttachmentStore
from conversations.messages import Attachment
from tests.fakes.serving import serving
from tests.fakes.telegram_api import TOKEN, FakeTelegram

pytestmark = pytest.mark.slow

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[FakeTelegram, str]]:
    fake = FakeTelegram()
    fake.files = {"photo-1": PNG, "program": b"MZ" + b"\0" * 300}
    with serving(fake.app) as url:
        yield fake, url


@pytest.fixture
async def files(served: tuple[FakeTelegram, str]) -> AsyncIterator[TelegramFiles]:
    url = served[1]
    async with Bot(TOKEN, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as bot:
        yield TelegramFiles(bot)


async def test_a_photo_is_stored_and_known_by_its_content(files: TelegramFiles, tmp_path: Path) -> None:
    store = AttachmentStore(folder_store(tmp_path))
    kept = await files.keep(Attachment(kind="image", remote_id="photo-1"), store)
    assert store.read(kept.remote_id or "") == PNG
    assert (kept.media_type, kept.size) == ("image/png", len(PNG))
    assert await files.keep(kept, store) == kept


@pytest.mark.parametrize(
    "attachment",
    [
        Attachment(kind="file", remote_id="program"),
        Attachment(kind="file", remote_id="gone"),
        Attachment(kind="image", remote_id="photo-1", size=6_000_000),
        Attachment(kind="location", latitude=10.0, longitude=105.1),
    ],
    ids=["not a kept type", "expired", "too large", "no file"],
)
async def test_what_cannot_be_kept_stays_as_it_was(
    files: TelegramFiles, tmp_path: Path, attachment: Attachment
) -> None:
    assert await files.keep(attachment, AttachmentStore(folder_store(tmp_path))) == attachment
    assert list(tmp_path.iterdir()) == []
