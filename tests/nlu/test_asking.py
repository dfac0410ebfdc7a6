"""Questions put together for the field model."""

from nlu.asking import Composer, known_matters


def test_the_same_seed_gives_the_same_questions() -> None:
    names = ["khai sinh", "làm hộ chiếu"]
    assert Composer(names).questions(1) == Composer(names).questions(1)
    assert Composer(names).questions(1) != Composer(names, seed=1).questions(1)


def test_the_matter_stands_where_it_is_said_to() -> None:
    for made in Composer(["QWX"]).questions(2):
        assert made.text[made.start : made.end].lower() in {"qwx", ""}


def test_every_field_is_asked() -> None:
    fields = frozenset().union(*(made.fields for made in Composer(["khai sinh"]).questions(1)))
    assert len(fields) == 10
    assert "general" in fields


def test_names_that_differ_by_diacritics_count_once() -> None:
    assert known_matters(["Khai sinh", "khai sinh", "khai tử", " "]) == ["khai sinh", "khai tử"]


def test_several_fields_are_asked_at_once() -> None:
    assert {len(made.fields) for made in Composer(["khai sinh"]).several(40)} == {2, 3}
