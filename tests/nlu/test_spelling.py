"""Slips of the keys, by what stands around."""

import pytest

from nlu.diacritics.chances import shipped
from nlu.spelling import Corrector


@pytest.fixture(scope="module")
def corrector() -> Corrector:
    return Corrector(shipped())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tôi muốn làm giấy khai sihn", "tôi muốn làm giấy khai sinh"),
        ("tôi muốn làm giấyy kha sinh", "tôi muốn làm giấy khai sinh"),
        ("tôi muốn đăng ký kếy hôn", "tôi muốn đăng ký kết hôn"),
        ("tôi muốn đăng ký tạmtrú", "tôi muốn đăng ký tạm trú"),
        ("tôi muốn đăng k ý tạm trú", "tôi muốn đăng ký tạm trú"),
        ("tôi muốn đăn gký tạm trú", "tôi muốn đăng ký tạm trú"),
        ("cấp lại giáy chứng nhận", "cấp lại giấy chứng nhận"),
        ("cấp lại giấy trứng nhận", "cấp lại giấy chứng nhận"),
        ("xin lại xổ hộ khẩu", "xin lại sổ hộ khẩu"),
    ],
)
def test_the_likeliest_words_stand_in_for_a_slip(corrector: Corrector, typed: str, meant: str) -> None:
    assert corrector.correct(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "tôi muốn làm giấy khai sinh cho con, cần mang theo gì?",
        "con tôi 10 tuổi, mã hồ sơ h56.12-2026 và quyết định 60/2014",
        "xem ở dichvucong.gov.vn hoặc gọi 0296 3 123 456",
        "xyzzy",
        "",
    ],
)
def test_what_is_right_or_unknown_stays(corrector: Corrector, typed: str) -> None:
    assert corrector.correct(typed) == typed


def test_words_that_the_caller_knows_stay() -> None:
    assert Corrector(shipped(), ["vnpot"]).correct("gửi qua vnpot") == "gửi qua vnpot"


def test_slips_without_diacritics_are_repaired_and_marked(corrector: Corrector) -> None:
    assert corrector.meant("lam giay kai sihn cho be") == "làm giấy khai sinh cho bé"


def test_a_few_words_without_diacritics_do_not_tell_them(corrector: Corrector) -> None:
    assert corrector.meant("so do") == "so do"
    assert corrector.meant("khai sihn") == "khai sinh"


def test_repaired_text_stays_as_it_is(corrector: Corrector) -> None:
    once = corrector.meant("vo em moi snh, lamgiay khai shin o dau")
    assert corrector.meant(once) == once
