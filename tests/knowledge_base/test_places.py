"""Old and new names of the province's places."""

from __future__ import annotations

import pytest

from knowledge_base.places import Places


@pytest.fixture(scope="module")
def places() -> Places:
    return Places()


def test_there_are_102_units_with_three_special_zones(places: Places) -> None:
    assert len(places.units) == 102
    assert {unit.name for unit in places.units if unit.kind == "Đặc khu"} == {
        "Phú Quốc",
        "Thổ Châu",
        "Kiên Hải",
    }


@pytest.mark.parametrize("text", ["xã Đông Yên cũ giờ thuộc đâu", "xa dong yen gio thuoc xa nao"])
def test_a_former_commune_leads_to_its_unit_of_today(places: Places, text: str) -> None:
    found = places.find(text)

    assert [unit.full_name for place in found for unit in place.units] == ["Xã An Biên"]


def test_a_former_district_leads_to_all_units_on_its_ground(places: Places) -> None:
    (found,) = places.find("huyện An Minh bỏ rồi thì lên đâu")

    assert found.said == "former_district"
    assert {"An Minh", "Đông Hòa", "Tân Thạnh", "Đông Hưng", "Vân Khánh"} == {u.name for u in found.units}


def test_a_district_beside_a_commune_decides_between_namesakes(places: Places) -> None:
    found = places.find("xã Vĩnh Phú huyện Thoại Sơn")

    assert [unit.name for place in found for unit in place.units] == ["Định Mỹ"]


def test_a_unit_of_today_knows_what_it_was(places: Places) -> None:
    (found,) = (place for place in places.find("phường Rạch Giá") if place.said == "unit")

    assert "Phường Vĩnh Lạc" in found.former


@pytest.mark.parametrize("text", ["", "   ", "🙂", "không có nơi nào"])
def test_no_place_is_found_where_none_is_named(places: Places, text: str) -> None:
    assert places.find(text) == []


@pytest.mark.parametrize("text", ["mo quan co can dang ky khong", "cần đăng ký gì", "sáng thứ ba có mở cửa"])
def test_ordinary_words_that_read_like_a_name_are_no_place(places: Places, text: str) -> None:
    assert places.find(text) == []


@pytest.mark.parametrize("text", ["tui o can dang", "xa can dang", "nhà bên Cần Đăng"])
def test_such_a_name_counts_with_its_kind_a_word_before_or_capitals(places: Places, text: str) -> None:
    assert "Xã Cần Đăng" in {place.name for place in places.find(text)}


def test_a_name_that_is_spelled_otherwise_is_another_place(places: Places) -> None:
    assert places.find("quê ở Thanh Hóa") == []


def test_tone_marks_at_the_old_place_and_hoi_for_nga_do_not_hide_a_name(places: Places) -> None:
    assert places.find("xã Hoà Điền")
    assert places.find("rạch sõi")
