"""Recognises personal data in Vietnamese text and puts a label such as [CCCD] in its place.

Errs on the side of hiding: a number that could be personal is hidden; sums of money, document and
procedure numbers, dates, hotlines and tracking codes are kept.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = r"[^\W\d_]"
_SEPARATOR = r"[ .\-]?"
_NOT_MONEY = r"(?!\s*(?:đồng|dong|đ\b|d\b|vnđ|vnd|triệu|tỷ|ngàn|nghìn))"
_STARTS = r"(?<![\w/])(?<!\d[.,])"
_ENDS = r"(?![\w/])(?![.,]\d)"


def _digits(count: str) -> str:
    return rf"\d(?:{_SEPARATOR}\d){{{count}}}"


_PATTERNS: dict[str, str] = {
    "EMAIL": r"(?<![\w.+\-])[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}",
    "STK": (
        r"(?<!\w)(?:stk|(?:số |so )?(?:tk|tài khoản(?: ngân hàng)?|tai khoan(?: ngan hang)?))"
        rf"[\s:.\-]{{0,3}}(?:(?:là|la|số|so)[\s:]{{1,2}})?(?:{_WORD}{{2,12}}[\s:]{{1,2}})?{_digits('5,18')}{_ENDS}"
    ),
    "CCCD": rf"{_STARTS}0{_SEPARATOR}{_digits('10')}{_ENDS}",
    "SĐT": (
        rf"{_STARTS}(?:\(?\+?84\)?|0){_SEPARATOR}(?:[35789](?:{_SEPARATOR}\d){{8}}|2(?:{_SEPARATOR}\d){{9}}){_ENDS}"
    ),
    "CMND": (
        rf"{_STARTS}(?:\d{{9}}|\d{{3}} \d{{3}} \d{{3}}|(?<=cmnd )\d{{3}}[.\-]\d{{3}}[.\-]\d{{3}})"
        rf"{_ENDS}{_NOT_MONEY}"
    ),
    "BIỂN SỐ": (
        rf"(?<!\w)(?:\d{{2}}\s?-?\s?[a-zđ]{{1,2}}\d?\s?[\-. ]?\s?\d{{3}}\.?\d{{2}}"
        rf"|\d{{2}}\s?-\s?[a-zđ]{{1,2}}\d?\s?[\-. ]?\s?\d{{4}}"
        rf"|(?<=biển số )\d{{2}}\s?[a-zđ]{{1,2}}\d?\s?[\-. ]?\s?\d{{4}}){_ENDS}"
    ),
    "ĐỊA CHỈ": (
        r"(?<!\w)(?:số nhà|so nha|nhà số|nha so|ấp|khu phố|khu pho|tổ dân phố|hẻm|hem"
        r"|(?:ap|kp|tổ|ngõ|ngách)(?=\.?\s*(?:\d|(?-i:[A-ZĐ]))))"
        r"\.?\s+[^,;.!?\n\[\]]{1,80}"
    ),
    "SỐ": rf"{_STARTS}\d{{10,19}}{_ENDS}{_NOT_MONEY}",
}
_LABELS = {f"p{number}": f"[{label}]" for number, label in enumerate(_PATTERNS)}
_ADDRESS = "[ĐỊA CHỈ]"
_ANY = re.compile(
    "|".join(f"(?P<p{number}>{pattern})" for number, pattern in enumerate(_PATTERNS.values())), re.IGNORECASE
)


def redact(text: str, *, places: bool = False) -> str:
    """The text with personal data replaced by labels.

    Hides identity numbers (12 digits [CCCD], 9 digits [CMND]), phone numbers [SĐT], e-mail addresses
    [EMAIL], bank accounts [STK], number plates [BIỂN SỐ], house addresses [ĐỊA CHỈ] and other long
    numbers [SỐ]. The result is NFC. Idempotent; linear in the length of the text.

    Args:
        places: leave addresses, for a text that must say where something is (a feedback).
    """
    text = unicodedata.normalize("NFC", text)
    while True:
        hidden = _ANY.sub(lambda match: _label(match, places), text)
        if hidden == text:
            return text
        text = hidden


def _label(match: re.Match[str], places: bool) -> str:
    label = _LABELS[str(match.lastgroup)]
    return match[0] if places and label == _ADDRESS else label
