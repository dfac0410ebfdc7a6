"""Text as it is searched: without diacritics, lower case, single spaces."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """E.g. "Chợ  Rạch Giá" → "cho rach gia"."""
    plain = (c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(plain).replace("đ", "d").split())
