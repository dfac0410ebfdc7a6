"""Choices made in words among those offered last."""

from __future__ import annotations

import pytest

from bot.choosing import chosen
from conversations.messages import AnswerMeta, AnswerStatus, Choice, OutboundMessage


def offer(status: AnswerStatus, *titles: str) -> OutboundMessage:
    choices = tuple(Choice(title=title, payload=f"/{number}") for number, title in enumerate(titles, 1))
    return OutboundMessage(text="?", choices=choices, meta=AnswerMeta(status=status))


CASES = offer(AnswerStatus.GUIDE, "Trường hợp thông thường", "Con ngoài giá thú", "Trẻ bị bỏ rơi (nộp thêm)")
BIRTHS = offer(
    AnswerStatus.CLARIFICATION, "Đăng ký khai sinh", "Đăng ký khai sinh có yếu tố nước ngoài", "Gặp cán bộ"
)
BOOKS = offer(AnswerStatus.CLARIFICATION, "Cấp sổ đỏ lần đầu", "Cấp lại sổ đỏ bị mất")


@pytest.mark.parametrize(
    ("said", "offered", "payload"),
    [
        ("2", CASES, "/2"),
        ("số 3", CASES, "/3"),
        ("cai thu hai", CASES, "/2"),
        ("dạ em chọn cái đầu tiên", CASES, "/1"),
        ("cái cuối đi", CASES, "/3"),
        ("trường hợp con ngoài giá thú", CASES, "/2"),
        ("be bi bo roi", CASES, None),
        ("tre bi bo roi", CASES, "/3"),
        ("đăng ký khai sinh", BIRTHS, "/1"),
        ("cái có yếu tố nước ngoài", BIRTHS, "/2"),
        ("khai sinh", BIRTHS, None),
        ("4", BIRTHS, None),
        ("thứ hai tuần sau", CASES, None),
        ("lệ phí bao nhiêu", CASES, None),
        ("mat bao lau", BOOKS, None),
        ("cai bi mat", BOOKS, "/2"),
    ],
)
def test_words_choose_one_of_the_choices(said: str, offered: OutboundMessage, payload: str | None) -> None:
    choice = chosen(said, offered)

    assert (choice.payload if choice else None) == payload


def test_dung_without_diacritics_stops_where_no_yes_is_awaited() -> None:
    stop, yes = Choice(title="Hủy", payload="/stop"), Choice(title="Đúng, gửi đi", payload="/affirm")

    assert chosen("dung", OutboundMessage(text="?", choices=(stop,))) == stop
    assert chosen("dung", OutboundMessage(text="?", choices=(yes, stop))) is None
    assert chosen("đúng", OutboundMessage(text="?", choices=(stop,))) is None
