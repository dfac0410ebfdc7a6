"""Files are kept the same way in a folder and in a bucket; the bucket's server checks every signature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from connectors.object_stores import Bucket, folder_store
from connectors.signed_files import SignedFiles
from connectors.uploads import AttachmentStore, StoreUnavailable, WrongType
from tests.fakes.s3_api import ACCESS_KEY, REGION, SECRET_KEY, FakeS3
from tests.fakes.serving import serving

JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 64
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
PDF = b"%PDF-1.4\n" + b"0" * 300
AN_HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[FakeS3, Bucket]]:
    fake = FakeS3()
    with serving(fake.app) as url:
        yield fake, Bucket(f"s3://{fake.bucket}/tro-ly/tep", url, REGION, ACCESS_KEY, SECRET_KEY)


@pytest.fixture
def s3(served: tuple[FakeS3, Bucket]) -> FakeS3:
    served[0].objects.clear()
    served[0].down = False
    return served[0]


@pytest.fixture
def bucket(s3: FakeS3, served: tuple[FakeS3, Bucket]) -> AttachmentStore:
    return AttachmentStore(served[1].open())


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> AttachmentStore:
    if request.param == "folder":
        return AttachmentStore(folder_store(tmp_path / "attachments"))
    found: AttachmentStore = request.getfixturevalue("bucket")
    return found


def test_a_file_is_known_by_its_content_and_given_back_whole(store: AttachmentStore) -> None:
    kept = store.save(PNG, "Ảnh cống nghẹt.png")
    id = kept.remote_id or ""
    assert (kept.kind, kept.media_type, kept.size) == ("image", "image/png", len(PNG))
    assert store.save(PNG, "ảnh khác.png").remote_id == id
    assert store.find(id, kept.name) == kept
    assert store.read(id) == PNG


@pytest.mark.parametrize("id", ["0" * 64 + ".png", "../../etc/passwd", "", "a.png", "0" * 64 + ".exe"])
def test_nothing_else_is_found(store: AttachmentStore, id: str) -> None:
    assert store.find(id) is None
    assert store.read(id) is None


def test_what_is_of_no_accepted_type_is_refused(store: AttachmentStore) -> None:
    with pytest.raises(WrongType):
        store.save(b"MZ" + b"\0" * 300, "anh.png")


def test_only_old_files_that_nobody_mentions_are_removed(bucket: AttachmentStore, s3: FakeS3) -> None:
    used, old, sent_again, new = [
        bucket.save(content, None).remote_id or "" for content in (PNG, PDF, JPEG, JPEG + b"1")
    ]
    for stored in s3.objects.values():
        stored.modified -= 2 * AN_HOUR
    bucket.save(JPEG, None)
    bucket.save(JPEG + b"1", None)
    assert bucket.remove_others({used}, AN_HOUR) == 1
    assert [bucket.find(id) is not None for id in (used, old, sent_again, new)] == [True, False, True, True]
    assert all(key.startswith("tro-ly/tep/") for key in s3.objects), "others may use the bucket too"


def test_nobody_else_may_look_into_the_folder(tmp_path: Path) -> None:
    AttachmentStore(folder_store(tmp_path / "attachments")).save(PNG, None)
    assert (tmp_path / "attachments").stat().st_mode & 0o077 == 0


def test_a_signed_address_gives_what_lies_in_the_bucket(bucket: AttachmentStore, s3: FakeS3) -> None:
    files = SignedFiles(bucket, secret_key="a secret", base_url="")
    kept = files.keep(PDF, "giấy hẹn.pdf")
    assert kept is not None
    client = TestClient(Starlette(routes=[files.route()]))
    answer = client.get(kept.url or "")
    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment")
    assert client.get(f"{kept.url}0").status_code == 404


def test_a_wrong_key_is_told_as_such(served: tuple[FakeS3, Bucket], s3: FakeS3) -> None:
    other = AttachmentStore(replace(served[1], secret_key="another").open())
    with pytest.raises(StoreUnavailable, match="PermissionDenied"):
        other.save(PNG, None)
    assert s3.objects == {}


def test_a_bucket_that_is_not_there_is_told_as_such(served: tuple[FakeS3, Bucket], s3: FakeS3) -> None:
    missing = AttachmentStore(replace(served[1], address="s3://khong-co").open())
    for act in (missing.check, lambda: missing.save(PNG, None)):
        with pytest.raises(StoreUnavailable):
            act()


def test_the_check_leaves_nothing_behind(bucket: AttachmentStore, s3: FakeS3) -> None:
    bucket.check()
    assert s3.objects == {}


@pytest.mark.parametrize("address", ["tep-dinh-kem", "https://s3.example/tep", "s3://", "s3://ab/../c d"])
def test_what_is_no_address_of_a_bucket_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="s3://"):
        Bucket(address).open()


@pytest.mark.slow
def test_a_store_that_is_down_is_told_as_such(bucket: AttachmentStore, s3: FakeS3) -> None:
    s3.down = True
    with pytest.raises(StoreUnavailable):
        bucket.save(PNG, None)
