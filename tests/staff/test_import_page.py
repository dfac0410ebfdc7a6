"""Files taken up in the console: an export as a batch for review, an office's file as a draft."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import select
from staff_support import Browser, Desk
from test_knowledge_pages import PROCEDURE, document

from conversations.editorial import DocumentVersion
from staff.knowledge import no_knowledge

RECORD = {
    "ma_thu_tuc": "1.000777",
    "ten_thu_tuc": "Thủ tục cấp giấy phép bán hàng bông trên sông",
    "linh_vuc": "Thương mại",
    "cap_thuc_hien": "Cấp xã",
    "detail_url": "https://dichvucong.gov.vn/1.000777",
}


@pytest.fixture
def importer(desk: Desk) -> Desk:
    console = desk.app.routes[0].app.state.console  # type: ignore[attr-defined]
    console.knowledge = replace(no_knowledge(), documents=lambda: [document(PROCEDURE)])
    return desk


def send(browser: Browser, name: str, content: bytes, **fields: str):  # type: ignore[no-untyped-def]
    browser.get("/knowledge/import")
    return browser.client.post(
        "/staff/knowledge/import", data={"csrf": browser.token, **fields}, files={"file": (name, content)}
    )


def versions(desk: Desk) -> list[tuple[str, str]]:
    with desk.db.session(read_only=True) as session:
        query = select(DocumentVersion.document_id, DocumentVersion.state)
        return [(id, state) for id, state in session.execute(query)]


def exported(*records: object) -> bytes:
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode()


def test_an_export_waits_for_a_second_person_and_bad_lines_are_listed(importer: Desk) -> None:
    known = RECORD | {"ma_thu_tuc": "1.001193"}
    response = send(
        importer.browser("bien"), "xuat.jsonl", exported(RECORD, known, RECORD | {"ma_thu_tuc": "?"}, "rác")
    )
    assert '<span class="strong">1</span> thủ tục mới' in response.text
    assert "xuat.jsonl:3" in response.text
    assert "xuat.jsonl:4" in response.text
    assert versions(importer) == [("1.000777", "review")]


def test_a_batch_is_put_into_use_by_somebody_else(importer: Desk) -> None:
    send(importer.browser("bien"), "xuat.jsonl", exported(RECORD))
    with importer.db.session(read_only=True) as session:
        batch = session.scalars(select(DocumentVersion.batch)).one()
    assert batch is not None
    importer.browser("bien").post("/knowledge/import/publish", {"batch": batch})
    assert versions(importer) == [("1.000777", "review")]
    importer.browser("sau").post("/knowledge/import/publish", {"batch": batch})
    assert versions(importer) == [("1.000777", "live")]


def test_a_text_becomes_the_start_of_a_draft_and_nothing_is_kept(importer: Desk) -> None:
    content = "Thông báo cúp điện\nTừ 8 giờ đến 11 giờ.".encode()
    response = send(importer.browser("bien"), "cup-dien.txt", content, kind="announcement")
    assert 'value="Thông báo cúp điện"' in response.text
    assert "Từ 8 giờ đến 11 giờ.</textarea>" in response.text
    assert 'value="cup-dien.txt"' in response.text
    assert versions(importer) == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.exe", b"MZ", "chỉ nhận tệp"),
        ("a.pdf", b"x", "tệp hỏng"),
        ("a.jsonl.gz", b"x", "không đọc được tệp"),
        ("", b"", "Chưa chọn tệp"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_reason(
    importer: Desk, name: str, content: bytes, words: str
) -> None:
    response = send(importer.browser("bien"), name or "a.txt", content)
    assert response.status_code == 422
    assert words in response.text


def test_a_large_file_is_refused_before_log_in(importer: Desk) -> None:
    browser = importer.anonymous()
    response = browser.client.post("/staff/knowledge/import", files={"file": ("a.txt", b"x" * 100_000)})
    assert response.status_code == 413


FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Cổng thông tin xã Hòn Đất</title>
<item><title>Lịch tiếp công dân tháng 12</title><link>https://hondat.example.vn/tin/1</link>
<description>&lt;p&gt;Chủ tịch xã tiếp công dân &lt;b&gt;thứ năm&lt;/b&gt; hằng tuần.&lt;/p&gt;
&lt;script&gt;alert(1)&lt;/script&gt;</description>
<pubDate>Mon, 23 Nov 2026 01:00:00 GMT</pubDate></item>
<item><title>Tạm ngưng phà Tắc Cậu</title><link>https://hondat.example.vn/tin/2</link></item>
<item><description>Tin không có tên</description></item>
</channel></rss>""".encode()
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Xã Hòn Đất</title>
<entry><id>urn:1</id><title>Lịch tiêm chủng</title><updated>2026-11-20T02:00:00Z</updated>
<content type="html">&lt;p&gt;Sáng thứ ba.&lt;/p&gt;</content></entry></feed>""".encode()


def feed_at(desk: Desk, content: bytes) -> None:
    desk.app.routes[0].app.state.console.fetch = lambda address: content  # type: ignore[attr-defined]


def read_feed(desk: Desk) -> str:
    browser = desk.browser("bien")
    browser.get("/knowledge/import")
    return str(browser.post("/knowledge/import/feed", {"address": "https://hondat.example.vn/rss"}).text)


def test_news_of_a_feed_become_drafts_once(importer: Desk) -> None:
    feed_at(importer, FEED)
    assert "Đã soạn sẵn 2 thông báo" in read_feed(importer)
    assert "Đã soạn sẵn 0 thông báo" in read_feed(importer)
    with importer.db.session(read_only=True) as session:
        drafts = {one.title: one for one in session.scalars(select(DocumentVersion))}
        assert {one.state for one in drafts.values()} == {"draft"}
        first = drafts["Lịch tiếp công dân tháng 12"].content
    assert first["body"] == "Chủ tịch xã tiếp công dân thứ năm hằng tuần."
    assert first["published"] == "2026-11-23"
    assert first["source"]["title"] == "Cổng thông tin xã Hòn Đất"
    assert first["source"]["url"] == "https://hondat.example.vn/tin/1"
    assert document(first).id.startswith("lich-tiep-cong-dan-thang-12-")


def test_a_feed_may_come_as_a_file(importer: Desk) -> None:
    response = send(importer.browser("bien"), "tin.atom", ATOM)
    assert "Đã soạn sẵn 1 thông báo" in response.text


@pytest.mark.parametrize("content", [b"", b"<html><body>Kh\xc3\xb4ng</body></html>", b"\x00\xff"])
def test_what_is_no_feed_is_refused(importer: Desk, content: bytes) -> None:
    feed_at(importer, content)
    assert "không phải bản tin RSS" in read_feed(importer)
    assert versions(importer) == []
