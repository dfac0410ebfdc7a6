from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.codes import ALPHABET, checked_code, new_code, parse_code, possible_codes

codes = st.builds(
    checked_code, st.sampled_from(["feedback", "handoff"]), st.text(ALPHABET, min_size=7, max_size=7)
)
LOOK_ALIKES = {"0": "Oo", "1": "ILil", "8": "Bb", "5": "Ss", "2": "Zz", "6": "Gg", "D": "đĐd"}


@given(codes)
def test_a_code_has_its_form_and_reads_as_itself(code: str) -> None:
    assert re.fullmatch(rf"(PA|HT)-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", code)
    assert parse_code(code) == code


def test_new_codes_differ_and_read_as_themselves() -> None:
    new = {new_code("feedback") for _ in range(100)}
    assert len(new) == 100
    assert {parse_code(code) for code in new} == new


@given(st.text())
def test_any_text_is_a_code_or_none_and_reading_is_idempotent(text: str) -> None:
    code = parse_code(text)
    assert code is None or parse_code(code) == code


@given(codes, st.data())
def test_the_way_of_writing_does_not_matter(code: str, data: st.DataObject) -> None:
    typed = ""
    for character in code:
        if character == "-":
            typed += data.draw(st.sampled_from(["", " ", "-", ".", " - "]))
        else:
            typed += data.draw(
                st.sampled_from([character, character.lower(), *LOOK_ALIKES.get(character, "")])
            )
    assert parse_code(typed) == code


@given(codes, st.integers(0, 7), st.sampled_from(ALPHABET))
def test_a_wrong_character_is_found_out(code: str, place: int, wrong: str) -> None:
    body = code[3:7] + code[8:]
    changed = body[:place] + wrong + body[place + 1 :]
    assert (parse_code(code[:3] + changed) is None) == (changed != body)


@given(codes, st.integers(0, 6))
def test_two_swapped_characters_are_found_out(code: str, place: int) -> None:
    body = code[3:7] + code[8:]
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    assert (parse_code(code[:3] + swapped) is None) == (swapped != body)


@given(codes)
def test_without_prefix_a_code_may_be_of_any_kind(code: str) -> None:
    assert possible_codes(code[3:]) == [f"PA{code[2:]}", f"HT{code[2:]}"]


@pytest.mark.parametrize("text", ["", "PA", "xin chào", "1.001193", "H01.12-251124-0001", "PA-7K3M-92Q"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert parse_code(text) is None
