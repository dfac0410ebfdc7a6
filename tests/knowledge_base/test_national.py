"""The national export's run-together cells come apart, and fees change on the day they change."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import fees, portal
from knowledge_base.documents import load_documents
from knowledge_base.national import import_export, listed, read_record, write_jsonl
from knowledge_base.schema import Fee, Level, ListedProcedure, Procedure, SubmissionChannel

HEAD = "Hình thức nộpThời gianPhí, lệ phíMô tả"
TAKEN = date(2026, 7, 20)
RECORD = {
    "ma_thu_tuc": "2.009999",
    "ten_thu_tuc": "Thủ tục cấp thẻ mẫu",
    "linh_vuc": "Căn cước",
    "cap_thuc_hien": "Cấp tỉnh, Cấp xã",
    "doi_tuong_thuc_hien": "Tổ chức (không bao gồm doanh nghiệp, HTX), Công dân Việt Nam",
    "so_quyet_dinh": "1/QĐ-BCA",
    "co_quan_thuc_hien": "Công an cấp xã",
    "trinh_tu_thuc_hien": "Bước 1: Nộp hồ sơ.\nBước 2: Nhận thẻ.",
    "cach_thuc_thuc_hien": HEAD
    + "Trực tuyến3 Ngày làm việcMiễn phí(Không)Trực tiếp3 Ngày làm việcMiễn phí(Không)",
    "thanh_phan_ho_so": "--Tên giấy tờMẫu đơn, tờ khaiSố lượngTờ khai theo Mẫu số 01To khai.docx1 bản chính",
    "can_cu_phap_ly": "Tên văn bản pháp lýMã văn bảnLuật Căn cước26/2023/QH15",
    "yeu_cau_dieu_kien": "Không có thông tin",
    "ket_qua_xu_ly": "Thẻ mẫuMã: KQ.G01.000001Từ khóaKhông có thông tin",
    "detail_url": "https://dichvucong.gov.vn/mau",
}


def procedure(**changes: str) -> Procedure:
    result, problems = read_record(RECORD | changes, checked=TAKEN)
    assert problems == []
    assert result is not None
    return result


def amounts(found: tuple[Fee, ...], day: date) -> list[int | None]:
    return [fee.amount for fee in found if fee.in_force(day)]


def test_a_record_becomes_a_procedure() -> None:
    result = procedure()
    assert result.levels == (Level.PROVINCE, Level.COMMUNE)
    assert result.audience == ("Tổ chức (không bao gồm doanh nghiệp, HTX)", "Công dân Việt Nam")
    assert result.submission == (SubmissionChannel.ONLINE, SubmissionChannel.IN_PERSON)
    assert [(f.amount, f.channels) for f in result.fees] == [(0, ())]
    assert [t.text for t in result.time_limits] == ["3 ngày làm việc"]
    paper = result.dossier[0].papers[0]
    assert (paper.name, paper.copies, paper.form) == ("Tờ khai theo Mẫu số 01", "1 bản chính", "Mẫu số 01")
    assert [(b.number, b.title) for b in result.legal_basis] == [("26/2023/QH15", "Luật Căn cước")]
    assert result.result == ("Thẻ mẫu",)
    assert len(result.steps) == 2
    assert result.short_name == "cấp thẻ mẫu"
    assert result.fee_reliable
    assert result.review == ()


def test_free_by_label_but_not_by_note_is_not_called_free() -> None:
    note = "Lệ phí cấp giấy phép: 135.000 đồng/lần."
    result = procedure(cach_thuc_thuc_hien=f"{HEAD}Trực tiếp5 NgàyMiễn phí({note})")
    assert not result.fee_reliable
    assert [fee.amount for fee in result.fees] == [135_000]
    assert any("Lệ phí chưa chắc chắn" in note for note in result.review)


def test_a_fee_left_to_the_province_has_words_and_no_amount() -> None:
    note = "Mức lệ phí do Hội đồng nhân dân cấp tỉnh quyết định"
    result = procedure(cach_thuc_thuc_hien=f"{HEAD}Trực tiếp5 NgàyMiễn phí({note})")
    assert [(fee.amount, fee.text) for fee in result.fees] == [(None, note)]
    assert not result.fee_reliable


@pytest.mark.parametrize(
    ("note", "during"),
    [
        ("áp dụng mức phí 400.000 đồng/hồ sơ kể từ ngày 01/7/2025 đến hết ngày 31/12/2026", 400_000),
        ("Từ ngày 01/07/2025 đến hết ngày 31/12/2026, mức phí bằng 50% mức nêu trên", 400_000),
        ("Miễn lệ phí từ ngày 01/7/2025 đến 31/12/2026 theo Thông tư 64/2025/TT-BTC", 0),
        ("Kể từ ngày 01 tháng 7 năm 2025 đến hết ngày 31 tháng 12 năm 2026 giảm 20%", 640_000),
    ],
)
def test_a_cut_ends_by_itself_on_its_day(note: str, during: int) -> None:
    result = procedure(cach_thuc_thuc_hien=f"{HEAD}Trực tiếp5 Ngày800,000 Việt Nam Đồng(({note}))")
    assert amounts(result.fees, date(2025, 6, 30)) == [800_000]
    assert amounts(result.fees, date(2025, 7, 1)) == [during]
    assert amounts(result.fees, date(2026, 12, 31)) == [during]
    assert amounts(result.fees, date(2027, 1, 1)) == [800_000]


def test_an_amount_that_is_itself_dated_is_not_given_afterwards() -> None:
    cell = "Trực tiếp5 Ngày160,000 VNĐ(160.000 đồng/hộ chiếu (áp dụng đến hết ngày 31/12/2023))"
    result = procedure(cach_thuc_thuc_hien=HEAD + cell)
    assert amounts(result.fees, date(2023, 12, 31)) == [160_000]
    assert amounts(result.fees, date(2026, 11, 24)) == [None]
    assert not result.fee_reliable
    assert any("31/12/2023" in note for note in result.review)


def test_a_cut_for_online_filing_holds_online_only() -> None:
    note = "Từ ngày 01/01/2025 đến hết ngày 31/12/2025 nộp trực tuyến bằng 50% mức thu"
    cells = f"Trực tuyến5 Ngày70,000 VNĐ({note})Trực tiếp5 Ngày70,000 VNĐ({note})"
    day = date(2025, 6, 1)
    by_channel = {
        fee.channels: fee.amount
        for fee in procedure(cach_thuc_thuc_hien=HEAD + cells).fees
        if fee.in_force(day)
    }
    assert by_channel[(SubmissionChannel.ONLINE,)] == 35_000
    assert by_channel[(SubmissionChannel.IN_PERSON,)] == 70_000


@pytest.mark.parametrize(
    ("cell", "time", "amount"),
    [
        ("Trực tiếp150,000 VNĐ(50.000 đồng/lần)", "1", 50_000),
        ("Trực tiếp5 Ngày làm việc1,500,000 Việt Nam Đồng", "5 Ngày làm việc", 1_500_000),
        ("Trực tiếp7 Ngày làm việc150 VNĐ(150.000 đồng/lần/thẻ.)", "7 Ngày làm việc", 150_000),
        ("Trực tiếpKhông có thông tin200,000 VNĐ", "", 200_000),
        ("Trực tiếp2 Giờ20 VNĐ", "2 Giờ", None),
    ],
)
def test_glued_numbers_are_cut_where_they_belong(cell: str, time: str, amount: int | None) -> None:
    way = portal.ways(HEAD + cell)[0]
    assert (way.time, way.amount) == (time, amount)


def test_a_dossier_keeps_its_cases() -> None:
    head = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
    lost = f"Trường hợp mất{head}Đơn xin cấp lại1 bản chínhẢnh0 bản chính,2 bản sao"
    text = f"{lost}Trường hợp hỏng:{head}Thẻ cũ1 bản chính"
    cases = portal.dossier(text)
    assert [(case, [(row.name, row.copies) for row in rows]) for case, rows in cases] == [
        ("Trường hợp mất", [("Đơn xin cấp lại", "1 bản chính"), ("Ảnh", "2 bản sao")]),
        ("Trường hợp hỏng", [("Thẻ cũ", "1 bản chính")]),
    ]


def test_glued_numbers_of_legal_documents_are_told_apart() -> None:
    first = "Tên văn bản pháp lýMã văn bảnPháp lệnh năm 202405/2024/UBTVQH15"
    text = f"{first}Nghị định204/2025/NĐ-CPLuật Đất đai31/2024/QH15"
    assert [number for number, _ in portal.legal_basis(text)] == [
        "05/2024/UBTVQH15",
        "204/2025/NĐ-CP",
        "31/2024/QH15",
    ]


def test_the_abolished_district_is_marked_for_review() -> None:
    assert any("cấp huyện" in note for note in procedure(co_quan_thuc_hien="Công an cấp huyện").review)


def test_bad_records_are_listed_and_the_rest_goes_in(tmp_path: Path) -> None:
    rows = [
        RECORD,
        "chữ",
        RECORD | {"ma_thu_tuc": "abc"},
        RECORD | {"ten_thu_tuc": "", "ma_thu_tuc": "1.000001"},
        RECORD,
    ]
    file = tmp_path / "export.jsonl"
    file.write_text(
        "\n".join([*(json.dumps(row, ensure_ascii=False) for row in rows), "{"]), encoding="utf-8"
    )
    result = import_export(file, checked=TAKEN)
    assert [p.code for p in result.procedures] == ["2.009999"]
    assert [(p.file, p.field) for p in result.problems if p.field] == [
        ("export.jsonl:3", "ma_thu_tuc"),
        ("export.jsonl:4", "ten_thu_tuc"),
        ("export.jsonl:4", "short_name"),
        ("export.jsonl:5", "ma_thu_tuc"),
    ]
    assert {p.file for p in result.problems} == {f"export.jsonl:{n}" for n in (2, 3, 4, 5, 6)}


def test_a_reviewed_document_stands_in_place_of_the_raw_record(tmp_path: Path) -> None:
    ours = procedure(ten_thu_tuc="Tên của chúng tôi")
    file = tmp_path / "export.jsonl"
    file.write_text(json.dumps(RECORD), encoding="utf-8")
    result = import_export(file, checked=TAKEN, reviewed={ours.code: ours})
    assert (result.procedures, result.reviewed) == ([ours], 1)


def test_what_nobody_has_reviewed_can_be_kept_by_name_and_page_only(tmp_path: Path) -> None:
    full = procedure()
    write_jsonl([listed(full)], tmp_path / "listed.jsonl")
    [kept], _ = load_documents(tmp_path)
    assert isinstance(kept, ListedProcedure)
    assert (kept.id, kept.title, kept.source) == (full.id, full.title, full.source)


def test_what_is_written_is_read_back_the_same(tmp_path: Path) -> None:
    cell = "Trực tiếp5 Ngày800,000 VNĐ(giảm 50% đến hết ngày 31/12/2026)"
    written = [procedure(), procedure(ma_thu_tuc="2.009998", cach_thuc_thuc_hien=HEAD + cell)]
    write_jsonl(written, tmp_path / "out" / "procedures.jsonl")
    documents, problems = load_documents(tmp_path / "out")
    assert (documents, problems) == (written, [])


FRAGMENTS = [
    HEAD, "Trực tuyến", "Trực tiếp", "Miễn phí", "Không có thông tin", "3 Ngày", "1,000 VNĐ", "(", ")", "50%",
    "từ ngày 01/7/2025 đến hết ngày 31/12/2026", "đến 31/02/2026", "đến 1/1/9999",
    "Tên giấy tờMẫu đơn, tờ khaiSố lượng",
    "1 bản chính", "26/2023/QH15", "Mã: KQ.1", "Bước 1:", "70.000 đồng", ";", "\n- ",
]  # fmt: skip
cells = st.text(max_size=80) | st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=6), max_size=14).map(
    "".join
)


@given(
    st.dictionaries(
        st.sampled_from([k for k in RECORD if k not in {"ma_thu_tuc", "ten_thu_tuc", "linh_vuc"}]), cells
    )
)
def test_any_cells_give_a_procedure(changes: dict[str, str]) -> None:
    assert isinstance(read_record(RECORD | changes, checked=TAKEN)[0], Procedure)


@given(cells)
def test_any_text_parses_into_typed_parts(text: str) -> None:
    for way in portal.ways(text):
        reading = fees.read_fee(way)
        assert all(fee.amount is None or fee.amount >= 0 for fee in reading.fees)
    assert all(row.name for _, rows in portal.dossier(text) for row in rows)
    assert all(number or title for number, title in portal.legal_basis(text))
    assert all(p.start is None or p.start <= p.end for p in fees.periods(text))


@given(
    st.none()
    | st.integers()
    | st.lists(st.integers())
    | st.dictionaries(st.text(), st.text() | st.integers())
)
def test_any_record_gives_a_procedure_or_reasons(raw: object) -> None:
    result, problems = read_record(raw, checked=TAKEN)
    assert (result is None) == bool(problems)
