"""Restoring diacritics."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.diacritics import restore
from nlu.diacritics.texts import Text, bundled, is_held_back
from nlu.text import fold, place_tone, syllables

MIXED = st.lists(
    st.sampled_from(["giay", "khai", "sinh", "giấy", "Đăng", "KY", "o", "12/2024/ND-CP", ",", "\n", "."])
    | st.text(max_size=8),
    max_size=12,
).map(" ".join)


@pytest.fixture(scope="module")
def sentences() -> list[Text]:
    return [text for text in bundled() if is_held_back(text)][::7]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dang ky khai sinh cho con can giay to gi", "đăng ký khai sinh cho con cần giấy tờ gì"),
        ("Lam can cuoc het bao nhieu tien?", "Làm căn cước hết bao nhiêu tiền?"),
        ("CAP LAI SO DO", "CẤP LẠI SỔ ĐỎ"),
        ("", ""),
    ],
)
def test_plain_words_get_their_diacritics(typed: str, meant: str) -> None:
    assert restore(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "PA-7K2M-9QXD, 1.001193 12/2024/ND-CP",
        "https://dichvucong.gov.vn/thu-tuc mail: tran.thi.b@example.com",
        "blockchain startup",
        "đăng ký khai sinh cho con",
        "Giấy khai sinh cho con tôi",
        "\u0301 \u00ad  \t",
    ],
)
def test_what_is_no_plain_vietnamese_stays(text: str) -> None:
    assert restore(text) == text


def test_a_plain_word_among_marked_ones_is_restored() -> None:
    assert restore("đăng ký khai sinh cần giay tờ gì") == "đăng ký khai sinh cần giấy tờ gì"


def test_words_with_diacritics_decide_their_neighbours() -> None:
    assert restore("tam trú") == "tạm trú"
    assert restore("tam vắng") == "tạm vắng"


@given(MIXED | st.text())
def test_only_diacritics_change(text: str) -> None:
    assert fold(restore(text)) == fold(text)


@given(MIXED)
def test_a_second_pass_changes_nothing(text: str) -> None:
    once = restore(text)
    assert restore(once) == once


def test_restoring_is_idempotent_on_sentences(sentences: list[Text]) -> None:
    for sentence in sentences[::3]:
        once = restore(fold(sentence.text))
        assert restore(once) == once


def test_sentences_that_training_has_not_seen(sentences: list[Text]) -> None:
    """The bars are measured by `bench.diacritics` on more; here what the repository itself holds."""
    right = total = touched = 0
    started = time.process_time()
    for sentence in sentences:
        found = restore(fold(sentence.text))
        pairs = zip(syllables(sentence.text), syllables(found), strict=True)
        matches = [place_tone(a) == place_tone(b) for a, b in pairs]
        right, total = right + sum(matches), total + len(matches)
    seconds = time.process_time() - started
    touched = sum(restore(sentence.text) != sentence.text for sentence in sentences)
    assert right / total >= 0.95
    assert touched / len(sentences) <= 0.01
    assert total / seconds >= 2_000
