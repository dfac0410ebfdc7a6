"""Files of officers: only the signed address gives them, and only safe kinds are shown in place."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from connectors.object_stores import folder_store
from connectors.signed_files import SignedFiles
from connectors.uploads import AttachmentStore
from connectors.web_feed import render
from conversations.messages import OutboundMessage, Sender
from conversations.models import Message, now

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
PDF = b"%PDF-1.4\n" + b"0" * 300


@pytest.fixture
def files(tmp_path: Path) -> SignedFiles:
    store = AttachmentStore(folder_store(tmp_path))
    return SignedFiles(store, secret_key="a secret", base_url="https://tro-ly.example")


@pytest.fixture
def client(files: SignedFiles) -> TestClient:
    return TestClient(Starlette(routes=[files.route()]))


def address(files: SignedFiles, content: bytes) -> str:
    kept = files.keep(content, "giay-hen")
    assert kept is not None
    assert kept.url is not None
    return urlsplit(kept.url).path


@pytest.mark.parametrize(("content", "how"), [(PNG, "inline"), (PDF, "attachment")])
def test_the_address_gives_the_file(files: SignedFiles, client: TestClient, content: bytes, how: str) -> None:
    answer = client.get(address(files, content))
    assert answer.content == content
    assert answer.headers["content-disposition"].startswith(how)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_another_signature_gives_nothing(files: SignedFiles, client: TestClient) -> None:
    path, _, signature = address(files, PNG).rpartition("/")
    other = address(files, PDF).rpartition("/")[2]
    for wrong in (other, "", signature[:-1], signature + "0", "ký"):
        assert client.get(f"{path}/{wrong}").status_code == 404


def test_what_is_not_accepted_is_not_kept(files: SignedFiles) -> None:
    assert files.keep(b"MZ" + b"\0" * 300, "virus.pdf") is None


def test_on_the_web_a_file_is_a_link(files: SignedFiles) -> None:
    kept = files.keep(PDF, "mau.pdf")
    assert kept is not None
    said = OutboundMessage(text="Mẫu đây ạ.", attachments=(kept,), sender=Sender.OFFICER)
    message = Message(
        id=1, sender="officer", text=said.text, body=said.model_dump(mode="json"), created_at=now()
    )
    assert render(message)["links"] == [{"title": "mau.pdf", "url": kept.url}]


def test_files_that_nobody_mentions_are_removed_after_a_while(tmp_path: Path) -> None:
    store = AttachmentStore(folder_store(tmp_path))
    used, unused = store.save(PNG, None).remote_id, store.save(PDF, None).remote_id
    assert used is not None
    assert unused is not None
    assert store.remove_others({used}, timedelta(hours=1)) == 0, "a message may be on its way"
    for id in (used, unused):
        os.utime(tmp_path / id[:2] / id, (0, 0))
    assert store.remove_others({used}, timedelta(hours=1)) == 1
    assert store.read(used) == PNG
    assert store.read(unused) is None
    os.utime(tmp_path / used[:2] / used, (0, 0))
    store.save(PNG, None)
    assert store.remove_others(set(), timedelta(hours=1)) == 0, "it was just sent again"
