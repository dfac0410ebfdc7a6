"""Documents in the console: written in a form, read by a second person, put into use, taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
import yaml
from staff_support import Desk

from conversations import audit, editorial
from conversations.editorial import DocumentVersion
from knowledge_base.documents import check_record
from knowledge_base.schema import Procedure
from staff.forms import fields_of, read_form, read_yaml, record_of, slug, values_of
from staff.knowledge import AnyDocument, Preview, no_knowledge

FORM = {
    "kind": "announcement",
    "document": "",
    "version": "",
    "title": "Cúp nước phường Rạch Giá",
    "body": "Cúp nước từ 8 giờ đến 17 giờ.\nBà con trữ nước trước.",
    "area": "Rạch Giá\nVĩnh Thông",
    "published": "2026-11-24",
    "expires": "2026-12-01",
    "source.title": "Công ty cấp nước",
    "source.checked": "2026-11-24",
}
PROCEDURE = {
    "kind": "procedure",
    "code": "1.001193",
    "name": "Thủ tục đăng ký khai sinh",
    "short_name": "đăng ký khai sinh",
    "field": "Hộ tịch",
    "levels": ["commune"],
    "summary": "Ghi nhận việc sinh của một đứa trẻ.",
    "fees": [{"amount": 0}, {"case": "quá hạn", "amount": 8000, "effective_to": "2026-12-20"}],
    "source": {"title": "Cổng Dịch vụ công", "checked": "2026-01-05"},
    "review": ["Mức quá hạn tùy tỉnh"],
}


def document(record: dict[str, object]) -> AnyDocument:
    found, problems = check_record(record)
    assert found is not None, problems
    return found


@pytest.fixture
def in_use(desk: Desk) -> Iterator[list[AnyDocument]]:
    """What the assistant uses; the preview repeats the title."""
    documents = [document(PROCEDURE)]
    console = desk.app.routes[0].app.state.console  # type: ignore[attr-defined]
    console.knowledge = replace(
        no_knowledge(),
        documents=lambda: documents,
        preview=lambda one: [Preview("fee" if one.kind == "procedure" else "", f"Xem thử: {one.title}")],
    )
    return iter([documents])


def written(desk: Desk, username: str = "bien", **changes: str) -> int:
    """A draft of that author; returns its number."""
    response = desk.browser(username).post("/knowledge/edit", FORM | changes)
    assert response.status_code == 303, response.text
    return int(re.findall(r"/versions/(\d+)", response.headers["location"])[0])


def state(desk: Desk, version: int) -> str:
    with desk.db.session(read_only=True) as session:
        return session.get_one(DocumentVersion, version).state


def reviewed(desk: Desk, version: int, by: str = "sau") -> None:
    desk.browser("bien").post(f"/knowledge/versions/{version}/submit")
    assert desk.browser(by).post(f"/knowledge/versions/{version}/publish").status_code == 303


@pytest.mark.usefixtures("in_use")
def test_an_announcement_from_draft_to_use_by_two_people(desk: Desk) -> None:
    version = written(desk)
    assert state(desk, version) == "draft"
    reviewed(desk, version)
    with desk.db.session(read_only=True) as session:
        live = editorial.live_versions(session)
    assert [(one.document_id, one.content["area"]) for one in live] == [
        ("cup-nuoc-phuong-rach-gia", ["Rạch Giá", "Vĩnh Thông"])
    ]


@pytest.mark.usefixtures("in_use")
def test_nobody_publishes_their_own_work(desk: Desk) -> None:
    version = written(desk)
    browser = desk.browser("bien")
    browser.post(f"/knowledge/versions/{version}/submit")
    response = browser.post(f"/knowledge/versions/{version}/publish")
    assert "cần một người khác duyệt" in response.text
    assert state(desk, version) == "review"


@pytest.mark.usefixtures("in_use")
def test_who_changes_a_draft_is_its_author_from_then_on(desk: Desk) -> None:
    version = written(desk)
    assert written(desk, "sau", version=str(version), document="cup-nuoc-phuong-rach-gia") == version
    desk.browser("sau").post(f"/knowledge/versions/{version}/submit")
    desk.browser("sau").post(f"/knowledge/versions/{version}/publish")
    assert state(desk, version) == "review"
    desk.browser("bien").post(f"/knowledge/versions/{version}/publish")
    assert state(desk, version) == "live"


@pytest.mark.usefixtures("in_use")
def test_a_draft_that_was_not_submitted_cannot_be_published(desk: Desk) -> None:
    version = written(desk)
    response = desk.browser("sau").post(f"/knowledge/versions/{version}/publish")
    assert "vừa được người khác xử lý" in response.text
    assert state(desk, version) == "draft"


@pytest.mark.usefixtures("in_use")
def test_a_reviewer_sends_back_with_a_reason(desk: Desk) -> None:
    version = written(desk)
    desk.browser("bien").post(f"/knowledge/versions/{version}/submit")
    browser = desk.browser("sau")
    assert browser.post(f"/knowledge/versions/{version}/return", {"note": " "}).status_code == 422
    browser.post(f"/knowledge/versions/{version}/return", {"note": "Thiếu số điện thoại"})
    assert "Thiếu số điện thoại" in desk.browser("bien").get(f"/knowledge/versions/{version}").text
    assert state(desk, version) == "draft"


@pytest.mark.usefixtures("in_use")
def test_a_newer_version_replaces_and_taking_it_back_restores(desk: Desk) -> None:
    first = written(desk)
    reviewed(desk, first)
    second = written(desk, body="Cúp nước đến 20 giờ.")
    reviewed(desk, second)
    assert (state(desk, first), state(desk, second)) == ("replaced", "live")

    desk.browser("sau").post(f"/knowledge/versions/{second}/withdraw")
    assert (state(desk, first), state(desk, second)) == ("live", "withdrawn")


@pytest.mark.usefixtures("in_use")
def test_a_version_shows_what_it_changes_and_what_citizens_will_read(desk: Desk) -> None:
    first = written(desk)
    reviewed(desk, first)
    second = written(desk, expires="2026-12-15")
    reviewed(desk, second)
    text = desk.browser("kiem").get(f"/knowledge/versions/{second}").text
    assert re.search(r"<ins>.*expires: .*2026-12-15", text)
    assert re.search(r"<del>.*expires: .*2026-12-01", text)
    assert "Xem thử: Cúp nước phường Rạch Giá" in text


@pytest.mark.usefixtures("in_use")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"published": "hôm qua"}, "Ngày đăng: phải là ngày"),
        ({"body": ""}, "Nội dung: thiếu trường bắt buộc"),
        ({"source.url": "trang nao do"}, "Nguồn: địa chỉ web: không đúng dạng"),
    ],
)
def test_what_is_wrong_is_told_by_field_and_nothing_is_lost(
    desk: Desk, change: dict[str, str], words: str
) -> None:
    response = desk.browser("bien").post("/knowledge/edit", FORM | change)
    assert response.status_code == 422
    assert words in response.text
    assert "Cúp nước phường Rạch Giá" in response.text
    assert 'aria-invalid="true"' in response.text


@pytest.mark.usefixtures("in_use")
def test_the_advanced_mode_reads_yaml_and_tells_what_is_wrong(desk: Desk) -> None:
    browser = desk.browser("bien")
    wrong = browser.post("/knowledge/edit", {"kind": "announcement", "yaml": "title: [x"})
    assert wrong.status_code == 422
    assert "không đọc được tệp" in wrong.text
    good = {
        "kind": "procedure",
        "document": "1.001193",
        "yaml": yaml.safe_dump(PROCEDURE | {"where": "UBND xã"}),
    }
    assert browser.post("/knowledge/edit", good).status_code == 303


@pytest.mark.usefixtures("in_use")
def test_the_id_of_a_document_that_is_changed_stays(desk: Desk) -> None:
    text = yaml.safe_dump(PROCEDURE | {"code": "1.000001"})
    response = desk.browser("bien").post(
        "/knowledge/edit", {"kind": "procedure", "document": "1.001193", "yaml": text}
    )
    assert response.status_code == 422
    assert "không đổi được mã" in response.text


@pytest.mark.usefixtures("in_use")
def test_the_preview_shows_what_citizens_will_read_and_keeps_nothing(desk: Desk) -> None:
    text = desk.browser("bien").post("/knowledge/preview", FORM, hx_request="true").text
    assert "Xem thử: Cúp nước" in text
    with desk.db.session(read_only=True) as session:
        assert session.query(DocumentVersion).count() == 0


@pytest.mark.usefixtures("in_use")
def test_what_ends_is_old_or_doubtful_is_listed(desk: Desk) -> None:
    text = desk.browser("kiem").get("/knowledge/expiring").text
    assert "20/12/2026" in text
    assert "Đối chiếu đã quá 6 tháng (1)" in text
    assert "Mức quá hạn tùy tỉnh" in text


@pytest.mark.usefixtures("in_use")
def test_documents_are_found_without_diacritics(desk: Desk) -> None:
    browser = desk.browser("bien")
    assert "1.001193" in browser.get("/knowledge?q=khai+sinh+dang+ky").text
    assert "Không có văn bản nào khớp" in browser.get("/knowledge?q=tau+ca").text
    assert "Bản có sẵn" in browser.get("/knowledge/document?document=1.001193").text
    assert browser.get("/knowledge/document?document=none").status_code == 404


@pytest.mark.usefixtures("in_use")
def test_each_step_is_in_the_audit_log(desk: Desk) -> None:
    reviewed(desk, written(desk))
    text = desk.browser("kiem").get("/audit").text
    for words in ("Lưu bản nháp", "Gửi duyệt văn bản", "Duyệt, đưa văn bản vào sử dụng"):
        assert words in text
    with desk.db.session(read_only=True) as session:
        assert audit.verify(session) == []


@pytest.mark.parametrize("kind", ["announcement", "procedure", "regulation"])
def test_a_form_gives_back_the_document_that_it_shows(kind: str) -> None:
    records = {
        "announcement": {
            "id": "x", "title": "Tên", "body": "Lời", "published": "2026-11-01", "sample": True,
            "source": {"title": "S", "checked": "2026-11-01", "url": "https://a.vn"},
        },
        "procedure": PROCEDURE,
        "regulation": {
            "number": "60/2014/QH13", "title": "Luật Hộ tịch", "issuer": "Quốc hội", "type": "Luật",
            "about": "Việc hộ tịch", "articles": [{"article": "Điều 5", "summary": "Nguyên tắc"}],
            "source": {"title": "S", "checked": "2026-11-01"},
        },
    }  # fmt: skip
    shown = document({"kind": kind, **records[kind]})
    fields = fields_of(kind)
    again, problems = read_form(kind, values_of(record_of(shown), fields), fields)
    assert problems == []
    assert again == shown


def test_a_procedure_read_from_yaml_keeps_its_kind() -> None:
    found, _ = read_yaml("procedure", yaml.safe_dump({k: v for k, v in PROCEDURE.items() if k != "kind"}))
    assert isinstance(found, Procedure)


def test_an_id_is_made_of_the_title() -> None:
    assert slug("Lịch nghỉ Tết Đinh Mùi, 2027!") == "lich-nghi-tet-dinh-mui-2027"


def test_days_of_the_form_are_days(desk: Desk) -> None:
    today = date.today()
    text = desk.browser("bien").get("/knowledge/edit?kind=announcement").text
    assert any(f'value="{today + timedelta(days=n)}"' in text for n in (-1, 0, 1))
