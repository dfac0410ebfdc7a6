"""Feedback: search without diacritics, by unit, duplicates, files to take away, attachments."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from staff_support import Desk

from conversations import units
from conversations.messages import Attachment
from conversations.models import AuditEntry, now
from conversations.units import UnitRow

PHONE = "0912 345 678"


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def exported(desk: Desk) -> list[AuditEntry]:
    with desk.db.session(read_only=True) as session:
        return list(session.scalars(select(AuditEntry).filter_by(action="case.export")))


@pytest.mark.parametrize("words", ["rac o cho", "RÁC Ở CHỢ", "rach gia", "chợ rạch"])
def test_words_are_found_however_they_are_written(desk: Desk, words: str) -> None:
    wanted = desk.case(desk.feedback("Rác ở chợ", place="Chợ Rạch Giá")).code
    other = desk.case(desk.feedback("Đèn đường hỏng", person="b")).code
    text = desk.browser("an").get(f"/feedback?q={words}").text
    assert wanted in text
    assert other not in text


def test_the_list_can_be_narrowed_to_a_unit(desk: Desk) -> None:
    with desk.db.session() as session:
        units.seed(session, [UnitRow("1", "Phường Rạch Giá"), UnitRow("2", "Xã Hòn Đất")])
    ours = desk.case(desk.feedback("một", unit_code="1"))
    theirs = desk.case(desk.feedback("hai", person="b", unit_code="2"))
    text = desk.browser("sau").get(f"/feedback?unit={ours.unit_id}").text
    assert ours.code in text
    assert theirs.code not in text


@pytest.mark.parametrize("unit", ["x", "-1", "99999999999999999999"])
def test_a_strange_unit_is_no_failure(desk: Desk, unit: str) -> None:
    assert desk.browser("sau").get(f"/feedback?unit={unit}").status_code == 200


def test_the_nearest_open_case_is_suggested_and_merged(desk: Desk) -> None:
    main = desk.feedback("Rác ở cổng sau chợ Rạch Giá ba ngày chưa gom")
    far = desk.feedback("Đèn đường hẻm 12 hư cả tháng", person="b")
    case_id = desk.feedback("cổng sau chợ Rạch Giá rác chất đống chưa ai gom", person="c")
    browser = desk.browser("an")
    page = browser.get(f"/feedback/{case_id}").text
    assert f"Gộp vào {desk.case(main).code}" in page
    assert f"Gộp vào {desk.case(far).code}" not in page

    response = browser.post(f"/feedback/{case_id}/merge", {"code": desk.case(main).code.lower()})
    assert "notice=merged" in response.headers["location"]
    assert desk.case(case_id).merged_into == main
    assert desk.case(case_id).code in browser.get(f"/feedback/{main}").text


@pytest.mark.parametrize("code", ["", "PA-0000-0000", "itself", "handoff"])
def test_a_case_is_merged_only_into_another_feedback(desk: Desk, code: str) -> None:
    case_id = desk.feedback()
    codes = {"itself": desk.case(case_id).code, "handoff": desk.case(desk.handed_over()).code}
    response = desk.browser("an").post(f"/feedback/{case_id}/merge", {"code": codes.get(code, code)})
    assert response.status_code == 422
    assert desk.case(case_id).status == "new"


def test_the_page_shows_what_the_citizen_reads_under_the_code(desk: Desk) -> None:
    desk.app.routes[0].app.state.console.citizen_view = lambda case: f"Tình trạng của {case.code}: mới"  # type: ignore[attr-defined]
    case_id = desk.feedback()
    assert (
        f"Tình trạng của {desk.case(case_id).code}: mới"
        in desk.browser("an").get(f"/feedback/{case_id}").text
    )


def test_cases_stand_by_place_and_a_place_shows_its_own(desk: Desk) -> None:
    with desk.db.session() as session:
        units.seed(session, [UnitRow("30760", "Phường Rạch Giá"), UnitRow("30817", "Xã Hòn Đất")])
    near = [desk.feedback(f"rác {n}", person=str(n), unit_code="30760") for n in range(3)]
    late = desk.feedback("đèn", person="b", unit_code="30817", due_at=now() - timedelta(days=1))
    nowhere = desk.feedback("không rõ ở đâu", person="c")
    browser = desk.browser("sau")
    page = " ".join(re.sub(r"<[^>]+>", " ", browser.get("/feedback").text).split())

    assert "3 Phường Rạch Giá" in page
    assert "1 Xã Hòn Đất 1 quá hạn" in page
    assert "1 Chưa rõ nơi" in page
    unit = desk.case(late).unit_id
    codes = {case_id: desk.case(case_id).code for case_id in (*near, late, nowhere)}
    for query, shown in {f"unit={unit}": [late], "unit=0": [nowhere]}.items():
        text = browser.get(f"/feedback?{query}").text
        assert [case_id for case_id, code in codes.items() if code in text] == shown


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_hides_personal_data(desk: Desk, kind: str) -> None:
    case_id = desk.feedback(f"Gọi tôi số {PHONE}", contact=PHONE, consent=True, place="số nhà 12 ấp Ba")
    response = desk.browser("an").get(f"/feedback/export?format={kind}")
    if kind == "csv":
        cells = rows_of(response.content)
    else:
        sheet = load_workbook(io.BytesIO(response.content)).active
        assert sheet is not None
        cells = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    text = str(cells)

    assert cells[0][0] == "Mã"
    assert cells[1][0] == desk.case(case_id).code
    assert PHONE not in text
    assert "[SĐT]" in text
    assert "số nhà 12" not in text
    assert [entry.detail["full"] for entry in exported(desk)] == [False]


def test_leaders_may_take_everything_with_a_reason_that_is_written_down(desk: Desk) -> None:
    desk.feedback("Rác", contact=PHONE, consent=True)
    browser = desk.browser("sau")
    refused = browser.post("/feedback/export/full", {"format": "csv"})
    assert "problem=reason" in refused.headers["location"]
    assert exported(desk) == []

    response = browser.post("/feedback/export/full", {"format": "csv", "reason": "Báo cáo quý"})
    assert PHONE in response.content.decode()
    (entry,) = exported(desk)
    assert (entry.actor, entry.detail["reason"], entry.detail["full"]) == ("sau", "Báo cáo quý", True)


def test_a_file_holds_what_the_list_shows(desk: Desk) -> None:
    wanted = desk.case(desk.feedback("rác ở chợ"))
    desk.feedback("đèn đường", person="b")
    assert [row[0] for row in rows_of(desk.browser("an").get("/feedback/export?q=rac").content)][1:] == [
        wanted.code
    ]


def test_a_cell_is_never_a_formula(desk: Desk) -> None:
    desk.feedback("=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in rows_of(desk.browser("an").get("/feedback/export").content)[1]


MINE, OTHER = f"{1:064x}.jpg", f"{2:064x}.jpg"


@pytest.fixture
def stored(desk: Desk) -> None:
    """Two photos in the store."""
    desk.app.routes[0].app.state.console.read_file = {MINE: b"mine", OTHER: b"other"}.get  # type: ignore[attr-defined]


@pytest.mark.usefixtures("stored")
def test_a_file_is_opened_only_through_a_case_it_belongs_to(desk: Desk) -> None:
    case_id = desk.feedback(attachments=[Attachment(kind="image", remote_id=MINE)])
    desk.feedback("khác", person="b", attachments=[Attachment(kind="image", remote_id=OTHER)])
    browser = desk.browser("an")

    assert browser.get(f"/cases/{case_id}/files/{MINE}").content == b"mine"
    assert browser.get(f"/cases/{case_id}/files/{OTHER}").status_code == 404


@pytest.mark.usefixtures("stored")
def test_a_file_sent_in_the_talk_is_opened_through_its_case(desk: Desk) -> None:
    desk.citizen_says("ảnh đây", attachments=(Attachment(kind="image", remote_id=MINE),))
    case_id = desk.handed_over_only("gặp cán bộ")
    browser = desk.browser("an")

    assert f"/cases/{case_id}/files/{MINE}" in browser.get(f"/talks/{case_id}").text
    assert browser.get(f"/cases/{case_id}/files/{MINE}").content == b"mine"
