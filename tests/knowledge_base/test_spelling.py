"""Slips of the keys in a question."""

import pytest

from knowledge_base.spelling import Speller

COUNTS = {
    "khai": 5.0, "sinh": 5.0, "can": 4.0, "cuoc": 4.0, "giay": 5.0, "phep": 4.0, "sach": 1.0,
    "khai sinh": 4.0, "can cuoc": 4.0, "giay phep": 3.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller([word for word in COUNTS if " " not in word], lambda token: COUNTS.get(token, 0.0))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("khai sihn", "khai sinh"),
        ("khaii sinh", "khai sinh"),
        ("khai sin", "khai sinh"),
        ("giáy phwp", "giáy phep"),
    ],
)
def test_an_unknown_word_becomes_the_known_one_a_slip_away(speller: Speller, typed: str, meant: str) -> None:
    assert speller.repair(typed) == meant


def test_neighbours_decide_among_several(speller: Speller) -> None:
    assert speller.repair("khai sanh") == "khai sinh"
    assert speller.repair("sanh") == "sanh"


@pytest.mark.parametrize("typed", ["khai sinh", "căn cước", "xyzzy", "60/2014", "xr", ""])
def test_what_is_known_short_or_far_from_all_stays(speller: Speller, typed: str) -> None:
    assert speller.repair(typed) == typed
