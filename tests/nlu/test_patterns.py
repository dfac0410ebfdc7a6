"""Codes, numbers, days, money, telephones and persons in a text."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.patterns import find_patterns, pattern_names

_TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("mã PA-7KXM-29QD sao rồi", "case_code", "PA-7KXM-29QD"),
        ("pa 7kxm 29qd", "case_code", "PA-7KXM-29QD"),
        ("xem pa-qkxm-waqd", "case_code", "PA-QKXM-WAQD"),  # one code in thirty has no digit
        ("thủ tục 1.001193", "procedure_code", "1.001193"),
        ("luật 60/2014/QH13", "regulation_number", "60/2014/QH13"),
        ("nghị định 123/2015/NĐ-CP", "regulation_number", "123/2015/NĐ-CP"),
        ("nghi dinh 01/2021/nd-cp", "regulation_number", "01/2021/NĐ-CP"),
        ("thông tư 04/2020/TT-BTP", "regulation_number", "04/2020/TT-BTP"),
        ("gọi 0912 345 678", "phone", "0912345678"),
        ("ngày mai tôi lên", "date", "2026-11-25"),
        ("đóng 500 ngàn", "money", 500_000),
        ("khai sinh cho con tôi", "person", "child"),
        ("ba me toi gia roi", "person", "parent"),
        ("kết hôn với người nước ngoài", "person", "foreigner"),
    ],
)
def test_found(text: str, entity: str, value: object) -> None:
    assert (entity, value) in [(found[0], found[1]) for found in find_patterns(text, _TODAY)]


@pytest.mark.parametrize("text", ["", "pa lin ba bon", "1.5 triệu", "v1.0011934", "giá 5/10"])
def test_no_code(text: str) -> None:
    assert pattern_names(text) == set()


@given(st.text())
def test_total_and_in_place(text: str) -> None:
    for _, _, start, end in find_patterns(text, _TODAY):
        assert 0 <= start < end <= len(text)
