"""Names of lookup tables found in a text."""

from nlu.gazetteer import Gazetteer
from nlu.text import read

_NAMES = Gazetteer(
    {
        "procedure": ["đăng ký khai sinh", "khai sinh", "làm sổ đỏ", "cấp lại giấy phép lái xe"],
        "place": ["Rạch Giá", "xã Nhơn Hội", "Vĩnh Thạnh"],
    }
)


def _found(text: str) -> list[tuple[str, str, str]]:
    return [(m.entity, m.value, text[m.start : m.end]) for m in _NAMES.find(read(text))]


def test_the_longest_name_wins() -> None:
    text = "Đăng ký khai sinh ở Rạch Giá"
    assert _found(text) == [
        ("procedure", "đăng ký khai sinh", "Đăng ký khai sinh"),
        ("place", "Rạch Giá", "Rạch Giá"),
    ]


def test_names_without_diacritics_and_abbreviated() -> None:
    assert _found("cap lai GPLX o rach gia") == [
        ("procedure", "cấp lại giấy phép lái xe", "cap lai GPLX"),
        ("place", "Rạch Giá", "rach gia"),
    ]


def test_southern_words_in_a_name_stay() -> None:
    assert _found("xa nhon hoi va xã Nhơn Hội") == [
        ("place", "xã Nhơn Hội", "xa nhon hoi"),
        ("place", "xã Nhơn Hội", "xã Nhơn Hội"),
    ]


def test_whole_words_only() -> None:
    assert _found("khai sinhh, làm sổ đỏm") == []


def test_a_name_of_two_tables_gives_both() -> None:
    both = Gazetteer({"procedure": ["Thổ Châu"], "place": ["thổ châu"]})
    assert [m.entity for m in both.find(read("ở thổ châu"))] == ["procedure", "place"]


def test_empty() -> None:
    assert Gazetteer({"place": ["", "?"]}).find(read("?")) == []
