"""How typed Vietnamese is understood."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu import text as module
from nlu.text import fold, has_diacritics, normalise, place_tone, read, syllables

_TYPED = st.one_of(
    st.text(),
    st.lists(
        st.one_of(
            st.sampled_from(sorted(module._TABLE)),
            st.sampled_from(sorted(module._SYLLABLES)),
            st.sampled_from(["5", "100", "giaays", "to72", "okkkk", "(", "/", "-", ".", "́", "İ", "ẹp"]),
            st.text(max_size=4),
        )
    ).map(" ".join),
    st.lists(st.sampled_from(sorted(module._TABLE)), max_size=4).map("".join),
)


@given(_TYPED)
@settings(max_examples=500)
def test_normalise_is_total_and_idempotent(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(_TYPED)
def test_fold_is_total_and_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_syllables_hold_letters_and_digits_only(text: str) -> None:
    assert not any(re.search(r"[\s_.,?!/-]", syllable) for syllable in syllables(text))


def test_what_the_table_gives_is_already_normal() -> None:
    assert {key: value for key, value in module._TABLE.items() if normalise(value) != value} == {}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Lệ  phí\tHỘ CHIẾU???", "lệ phí hộ chiếu?"),
        ("gks mất r làm lại dc k z", "giấy khai sinh mất rồi làm lại được không vậy"),
        ("làm CCCD cần j", "làm căn cước công dân cần gì"),
        ("toi mat sd roi", "toi mất sổ đỏ roi"),
        ("nộp hs BHXH, BHYT ở UBND", "nộp hồ sơ bảo hiểm xã hội, bảo hiểm y tế ở ủy ban nhân dân"),
        ("ĐK HKD online", "đăng ký hộ kinh doanh trực tuyến"),
        ("má tui mần khai sanh hổng được", "mẹ tôi làm khai sinh không được"),
        ("tốn nhiêu dzậy", "tốn bao nhiêu vậy"),
        ("giay to chi", "giấy tờ gì"),
        ("vay duoc hong", "vay được không"),
        ("đẹpppp okkkk", "đẹp đồng ý"),
        ("rồii", "rồi"),
        ("hoà thuỷ khoẻ qúy gìa", "hòa thủy khỏe quý già"),
        ("giaays khai sinh lamf sao ddc", "giấy khai sinh làm sao được"),
        ("d9a8ng giay61 to72", "đăng giấy tờ"),
        ("zero\u200bwidth\x00end", "zerowidth end"),
        ("mat khau wifi", "mat khau wifi"),
        ("so hong", "so hong"),
        ("", ""),
    ],
)
def test_normalise(typed: str, meant: str) -> None:
    assert normalise(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "60/2014/qh13",
        "123/2015/nđ-cp",
        "pa-ab12-cd34",
        "1.001193",
        "5/3/2026",
        "2tr5",
        "100k",
        "100 k",
        "5 kg",
        "phuong7 to9",
        "hạng b2 a1",
        "xã nhơn mỹ",
        "dược phẩm",
        "a.b@gmail.com",
    ],
)
def test_numbers_codes_and_names_stay(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize(
    ("word", "placed"), [("qủa", "quả"), ("gía", "giá"), ("gìn", "gìn"), ("hoàn", "hoàn"), ("khuỷu", "khuỷu")]
)
def test_place_tone(word: str, placed: str) -> None:
    assert place_tone(word) == placed


@pytest.mark.parametrize(("text", "folded"), [("Đường  Lệ Phí", "duong le phi"), ("ĐẶNG", "dang"), ("", "")])
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_composed_and_decomposed_text_are_the_same() -> None:
    text = "Ủy ban nhân dân phường Rạch Giá"
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("giay to", False), ("giấy to", True), ("di", False), ("đi", True), ("résumé", True)],
)
def test_has_diacritics(text: str, expected: bool) -> None:
    assert has_diacritics(text) is expected


def test_syllables() -> None:
    assert syllables("Lệ phí, 60/2014/QH13!") == ["lệ", "phí", "60", "2014", "qh13"]


@given(_TYPED)
def test_a_reading_leads_back_to_what_was_typed(text: str) -> None:
    reading = read(text)
    for position, letter in enumerate(reading.folded):
        start, end = reading.span(position, position + 1)
        assert 0 <= start < end <= len(text)
        assert letter == " " or text[start:end].strip()


def test_reading_of_an_abbreviation() -> None:
    text = "Mất GKS  r"
    reading = read(text)
    assert reading.folded == "mat giay khai sinh roi"
    at = reading.folded.index("khai")
    start, end = reading.span(at, at + 4)
    assert text[start:end] == "GKS"
