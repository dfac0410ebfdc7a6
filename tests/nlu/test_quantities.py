"""Money and days as people say them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.quantities import amounts, dates

_TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("đóng 2tr5", 2_500_000),
        ("100k", 100_000),
        ("100 k", 100_000),
        ("50.000đ", 50_000),
        ("200,000 đồng", 200_000),
        ("1,5 triệu", 1_500_000),
        ("2 triệu rưỡi", 2_500_000),
        ("3 triệu 500 ngàn", 3_500_000),
        ("ba trăm ngàn", 300_000),
        ("ba tram ngan", 300_000),
        ("hai trăm năm mươi nghìn đồng", 250_000),
        ("mười lăm triệu", 15_000_000),
        ("một tỷ", 1_000_000_000),
    ],
)
def test_amounts(text: str, value: int) -> None:
    assert [amount.value for amount in amounts(text)] == [value]


@pytest.mark.parametrize(
    "text", ["60/2014/QH13", "tôi 60 tuổi", "3 ngày", "ba ngân hàng", "ba tôi", "hai con", ""]
)
def test_no_amount(text: str) -> None:
    assert amounts(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5/3/2026", date(2026, 3, 5)),
        ("ngày 5 tháng 3 năm 2026", date(2026, 3, 5)),
        ("05-03-26", date(2026, 3, 5)),
        ("5/3", date(2027, 3, 5)),
        ("mùng 5 tháng sau", date(2026, 12, 5)),
        ("mung 5 thang sau", date(2026, 12, 5)),
        ("ngày 30", date(2026, 11, 30)),
        ("ngày 3", date(2026, 12, 3)),
        ("ngày mốt", date(2026, 11, 26)),
        ("ngày mai", date(2026, 11, 25)),
        ("hôm qua", date(2026, 11, 23)),
        ("thứ sáu", date(2026, 11, 27)),
        ("thứ 2 tuần sau", date(2026, 11, 30)),
        ("chủ nhật", date(2026, 11, 29)),
        ("3 ngày nữa", date(2026, 11, 27)),
        ("2 tuần trước", date(2026, 11, 10)),
    ],
)
def test_dates(text: str, value: date) -> None:
    assert [day.value for day in dates(text, _TODAY)] == [value]


@pytest.mark.parametrize("text", ["60/2014/QH13", "31/2/2026", "mai táng phí", "1.001193", "99/99/9999", ""])
def test_no_date(text: str) -> None:
    assert dates(text, _TODAY) == []


def test_a_mention_has_its_place_in_the_text_as_typed() -> None:
    text = "Hôm qua tui đóng 2tr5 rồi"
    (day,), (amount,) = dates(text, _TODAY), amounts(text)
    assert (text[day.start : day.end], text[amount.start : amount.end]) == ("Hôm qua", "2tr5")


@given(st.text())
def test_total(text: str) -> None:
    for mention in [*amounts(text), *dates(text, _TODAY)]:
        assert 0 <= mention.start < mention.end <= len(text)
