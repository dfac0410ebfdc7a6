"""What a Telegram message shows to press: buttons under it, or a keyboard in place of the person's own."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from connectors.chat_texts import say
from connectors.choices import key_of
from conversations.messages import Link, OutboundMessage

OF_SEVERAL = "+"
"""After the key of a button under the last of several parts: what it stands under cannot be replaced."""
_SHORT_TITLE = 18
"""Two buttons up to this long share a row."""


def inline_keyboard(
    message: OutboundMessage, links: tuple[Link, ...], *, whole: bool = True
) -> InlineKeyboardMarkup | None:
    """Choices, short ones two in a row, then links; None if there are neither.

    Args:
        whole: the message has no part but this one.
    """
    rows: list[list[InlineKeyboardButton]] = []
    for choice in message.choices:
        button = InlineKeyboardButton(
            choice.title, callback_data=key_of(choice.payload) + ("" if whole else OF_SEVERAL)
        )
        beside = rows and len(rows[-1]) == 1 and len(rows[-1][0].text) <= _SHORT_TITLE
        if beside and len(choice.title) <= _SHORT_TITLE:
            rows[-1].append(button)
        else:
            rows.append([button])
    rows += [[InlineKeyboardButton(link.title, url=link.url)] for link in links]
    return InlineKeyboardMarkup(rows) if rows else None


def contact_keyboard(message: OutboundMessage) -> ReplyKeyboardMarkup:
    """A key that sends the person's own number, once they allow it, then the choices as words to send."""
    contact = KeyboardButton(say("contact_button"), request_contact=True)
    rows = [[contact], *([KeyboardButton(choice.title)] for choice in message.choices)]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)
