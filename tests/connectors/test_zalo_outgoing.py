"""Pictures, files and Zalo's form for a contact, sent to a server that checks them as Zalo does."""

from __future__ import annotations

import io
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from connectors.limits import Rate
from connectors.object_stores import folder_store
from connectors.uploads import AttachmentStore
from connectors.zalo_api import ZaloApi
from connectors.zalo_files import ZaloFiles
from connectors.zalo_oauth import TokenPair, ZaloOAuth
from connectors.zalo_outgoing import IMAGE_LIMIT
from connectors.zalo_sender import ZaloSender
from connectors.zalo_tokens import ZaloTokens
from conversations.database import Database
from conversations.messages import Attachment, Choice, OutboundMessage
from tests.fakes.zalo_api import APP_ID, APP_SECRET, FakeZalo
from tests.fakes.zalo_served import served, zalo

__all__ = ["served", "zalo"]
pytestmark = pytest.mark.slow

FAST = Rate(burst=1_000, per_second=1_000)
USER = "8765432109876543210"
PDF = b"%PDF-1.4\n" + b"1 0 obj\n" * 20


def picture(kind: str, side: int = 40) -> bytes:
    """A picture of noise, which does not compress."""
    made = io.BytesIO()
    noise = random.Random(1).randbytes(3 * side * side)
    Image.frombytes("RGB", (side, side), noise).save(made, kind)
    return made.getvalue()


@pytest.fixture
def store(tmp_path: Path) -> AttachmentStore:
    return AttachmentStore(folder_store(tmp_path / "attachments"))


@pytest.fixture
async def sender(
    db: Database, zalo: FakeZalo, served: tuple[FakeZalo, str], store: AttachmentStore
) -> AsyncIterator[ZaloSender]:
    oauth = ZaloOAuth(url=served[1], app_id=APP_ID, app_secret=APP_SECRET)
    tokens = ZaloTokens(db, oauth, secret_key="a secret of the tests")
    pair = zalo.grant()
    await tokens.store(TokenPair(pair["access_token"], pair["refresh_token"], 90_000))
    api = ZaloApi(served[1], tokens)
    yield ZaloSender(
        api, overall=FAST, each=FAST, read_file=store.read, contact_image="https://example.vn/lien-he.png"
    )
    await api.close()
    await oauth.close()


def attachments(zalo: FakeZalo) -> list[dict[str, Any]]:
    return [body["message"]["attachment"] for body in zalo.sent if "attachment" in body["message"]]


async def test_a_picture_is_uploaded_and_shown_after_the_words(
    zalo: FakeZalo, sender: ZaloSender, store: AttachmentStore
) -> None:
    photo = store.save(picture("PNG"), "bien-nhan.png")
    await sender.send(USER, OutboundMessage(text="Biên nhận đây ạ.", attachments=(photo,)))
    assert zalo.sent[0]["message"] == {"text": "Biên nhận đây ạ."}
    [element] = attachments(zalo)[0]["payload"]["elements"]
    assert zalo.uploads[element["attachment_id"]] == ("bien-nhan.png", picture("PNG"))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"], ids=["too large", "of a kind that Zalo does not take"])
async def test_other_pictures_are_made_to_fit(
    zalo: FakeZalo, sender: ZaloSender, store: AttachmentStore, kind: str
) -> None:
    photo = store.save(picture(kind, 700 if kind == "PNG" else 40), "anh.x")
    await sender.send(USER, OutboundMessage(attachments=(photo,)))
    [element] = attachments(zalo)[0]["payload"]["elements"]
    name, content = zalo.uploads[element["attachment_id"]]
    assert name == "anh.jpg"
    assert len(content) <= IMAGE_LIMIT
    assert Image.open(io.BytesIO(content)).format == "JPEG"


async def test_a_file_goes_by_its_token(zalo: FakeZalo, sender: ZaloSender, store: AttachmentStore) -> None:
    await sender.send(USER, OutboundMessage(attachments=(store.save(PDF, "mau-to-khai.pdf"),)))
    [attachment] = attachments(zalo)
    assert attachment["type"] == "file"
    assert zalo.uploads[attachment["payload"]["token"]] == ("mau-to-khai.pdf", PDF)


async def test_what_zalo_would_not_take_is_told_in_words(zalo: FakeZalo, sender: ZaloSender) -> None:
    gone = Attachment(kind="file", remote_id="0" * 64 + ".pdf", name="da-mat.pdf")
    await sender.send(USER, OutboundMessage(attachments=(gone,)))
    assert "da-mat.pdf" in zalo.sent[0]["message"]["text"]


async def test_an_expired_token_is_renewed_for_an_upload_too(
    zalo: FakeZalo, sender: ZaloSender, store: AttachmentStore
) -> None:
    zalo.expire_access_tokens()
    await sender.send(USER, OutboundMessage(attachments=(store.save(PDF, "a.pdf"),)))
    assert len(attachments(zalo)) == 1


async def test_a_contact_is_asked_for_with_zalos_form_too(zalo: FakeZalo, sender: ZaloSender) -> None:
    skip = (Choice(title="Bỏ qua", payload="/deny"),)
    await sender.send(USER, OutboundMessage(text="Cho tôi xin số.", choices=skip, asks_contact=True))
    assert zalo.sent[0]["message"]["text"].startswith("Cho tôi xin số.")
    assert attachments(zalo)[-1]["payload"]["template_type"] == "request_user_info"


async def test_where_the_form_is_refused_the_words_do(zalo: FakeZalo, sender: ZaloSender) -> None:
    zalo.planned = [(0, "Success"), (-224, "OA must be verified")]
    await sender.send(USER, OutboundMessage(text="Cho tôi xin số.", asks_contact=True))
    assert attachments(zalo) == []


@pytest.fixture
async def files(served: tuple[FakeZalo, str]) -> AsyncIterator[ZaloFiles]:
    taking = ZaloFiles(served[1])
    yield taking
    await taking.close()


async def test_what_citizens_send_is_taken_into_our_store(
    zalo: FakeZalo, served: tuple[FakeZalo, str], files: ZaloFiles, store: AttachmentStore
) -> None:
    zalo.files["rac.jpg"] = picture("JPEG")
    sent = Attachment(kind="image", url=f"{served[1]}/files/rac.jpg")
    kept = await files.keep(sent, store)
    assert store.read(kept.remote_id or "") == picture("JPEG")
    assert kept.url is None
    assert await files.keep(kept, store) == kept


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "image", "url": "{url}/files/gone.jpg"},
        {"kind": "file", "url": "{url}/files/program.exe"},
        {"kind": "file", "url": "{url}/files/large.pdf"},
        {"kind": "file", "url": "http://169.254.169.254/latest"},
        {"kind": "image"},
        {"kind": "sticker", "url": "{url}/files/rac.jpg"},
        {"kind": "audio", "url": "{url}/files/rac.jpg"},
        {"kind": "location", "latitude": 10.0, "longitude": 105.1},
    ],
    ids=["gone", "wrong type", "too large", "elsewhere", "no address", "sticker", "audio", "location"],
)
async def test_what_cannot_be_kept_stays_as_it_was(
    zalo: FakeZalo,
    served: tuple[FakeZalo, str],
    files: ZaloFiles,
    store: AttachmentStore,
    tmp_path: Path,
    sent: dict[str, Any],
) -> None:
    zalo.files |= {"program.exe": b"MZ" + b"\0" * 300, "large.pdf": PDF + b"x" * 6_000_000}
    given = {key: value.format(url=served[1]) if key == "url" else value for key, value in sent.items()}
    attachment = Attachment.model_validate(given)
    assert await files.keep(attachment, store) == attachment
    assert list(tmp_path.rglob("*.*")) == []
