"""Long texts are cut where a reader would pause, and nothing is lost."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from connectors.splitting import split, utf16_length

FAMILY = "👨‍👩‍👧"
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from([FAMILY, "🇻🇳", "ệ", "a", ". ", "\n", "\n\n", " ", "👍🏽", "\r\n"]), max_size=200
    ).map("".join),
)


@given(TEXTS, st.integers(2, 80), st.sampled_from([len, utf16_length]))
def test_joined_parts_are_the_text_and_each_fits(text: str, limit: int, length: object) -> None:
    measure = utf16_length if length is utf16_length else len
    parts = split(text, limit, length=measure)
    assert "".join(parts) == text
    assert all(0 < measure(part) <= limit for part in parts)


@given(TEXTS, st.integers(2, 80))
def test_graphemes_stay_whole_unless_longer_than_a_part(text: str, limit: int) -> None:
    graphemes = regex.findall(r"\X", text)
    if any(len(grapheme) > limit for grapheme in graphemes):
        return
    ends = {0}
    for grapheme in graphemes:
        ends.add(max(ends) + len(grapheme))
    cut = 0
    for part in split(text, limit):
        cut += len(part)
        assert cut in ends


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("Chào anh/chị.", ["Chào anh/chị."]),
        ("Một hai ba. Bốn năm sáu.", ["Một hai ba. ", "Bốn năm sáu."]),
        ("Một hai ba\nBốn. Năm", ["Một hai ba\n", "Bốn. Năm"]),
        ("Một hai ba bốn năm", ["Một hai ba bốn ", "năm"]),
        ("a" * 20, ["a" * 15, "a" * 5]),
    ],
)
def test_cuts_at_the_best_border(text: str, parts: list[str]) -> None:
    assert split(text, 15) == parts


def test_emoji_count_twice_for_telegram() -> None:
    assert split("👍👍👍", 4, length=utf16_length) == ["👍👍", "👍"]


def test_a_grapheme_longer_than_a_part_is_cut() -> None:
    assert split(FAMILY, 3) == [FAMILY[:3], FAMILY[3:]]


def test_no_room_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="room"):
        split("chào", 1)
