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
