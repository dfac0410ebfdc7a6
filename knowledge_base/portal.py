"""Takes apart the table cells that the national portal's export runs together.

The export joins the cells of a table without a separator ("Trực tuyến3 NgàyMiễn phí(Không có)…"), so
borders are found by the vocabulary of each column. Every function takes any text and never fails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from knowledge_base.schema import SubmissionChannel

NOTHING = "Không có thông tin"
CHANNELS = {
    "Trực tuyến": SubmissionChannel.ONLINE,
    "Dịch vụ bưu chính": SubmissionChannel.POST,
    "Trực tiếp": SubmissionChannel.IN_PERSON,
}

_WAYS_HEAD = "Hình thức nộpThời gianPhí, lệ phíMô tả"
_DOSSIER_HEAD = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
_WAY_START = re.compile(
    rf"({'|'.join(CHANNELS)})(?=\d|{NOTHING}|Miễn phí|Không(?: {NOTHING}|Không|Miễn| phải trả))"
)
_UNITS = "Ngày làm việc|Ngày|Giờ làm việc|Giờ|Tháng|Năm|Phút|Tuần|Quý"
_TIME = re.compile(
    rf"(?P<number>\d{{1,4}}) ?(?P<unit>{_UNITS})|{NOTHING}|Không phải trả kết quả cho người nộp thuế"
    rf"|Không phải trả kết quả|Không (?={NOTHING})|Không(?=Không|Miễn)"
)
_CURRENCY = r"(?P<currency>Việt Nam Đồng|VNĐ|Đồng|USD|EUR)"
_FEE = re.compile(rf"Miễn phí|{NOTHING}|(?P<amount>\d[\d,]*) ?{_CURRENCY}")
_GLUED_FEE = re.compile(rf"(?P<digits>\d[\d,]*) ?{_CURRENCY}")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})*$")
_COPIES = re.compile(r"(\d) bản chính(?:\s?,\s?(\d{1,2}) bản sao)?(?! [a-zà-ỹ(])|(\d) bản sao(?! [a-zà-ỹ(])")
_FILE = re.compile(r"\.(?:docx?|pdf|xlsx?|rtf)$", re.IGNORECASE)
_FORM = re.compile(r"[Mm]ẫu (?:số |đơn số )?\d*[\w./-]*\d[\w./-]*")
_GLUE = re.compile(r"(?<=[a-zà-ỹ\d).;:])(?=[A-ZĐ])")
_ISSUERS = (
    "UBTVQH|VKSNDTC|TANDTC|BVHTTDL|BLĐTBXH|BNNPTNT|BNNMT|BTNMT|BGTVT|BGDĐT|BTTTT|BKHCN|BKHĐT|BNN|BTC|BTP|BCA"
    "|BXD|BYT|BQP|BNV|BCT|BNG|NHNN|TTCP|TTg|CP"
)
_NUMBER = re.compile(
    r"(?P<digits>\d+(?:\.\d+)?)/(?P<year>(?:19|20)\d\d)/"
    rf"(?P<kind>(?:UBTVQH|QH)\d{{1,2}}|[A-ZĐ]{{1,4}}(?:-(?:{_ISSUERS}))+|[A-ZĐ]+(?:-[A-ZĐ]+(?![a-zà-ỹ]))+)"
)
_RESULT_CODE = re.compile(r"Mã: ?[A-Z0-9.\-]*\d")
_AUDIENCES = (
    "Tổ chức (không bao gồm doanh nghiệp, HTX)",
    "Doanh nghiệp có vốn đầu tư nước ngoài",
    "Người Việt Nam định cư ở nước ngoài",
    "Cán bộ, công chức, viên chức",
)


@dataclass(frozen=True)
class Way:
    """One row of the table of ways to submit."""

    channel: SubmissionChannel
    time: str
    """As written, "3 Ngày làm việc"; a bare number where the portal gives no unit; empty when unknown."""
    label: Literal["free", "amount", "none"]
    amount: int | None
    """Đồng; None when the label is no amount, or one that cannot be right."""
    fee_label: str
    note: str
    """What stands in brackets after the fee."""
    description: str


@dataclass(frozen=True)
class PaperRow:
    """One row of a dossier table."""

    name: str
    copies: str
    form: str | None


def ways(text: str) -> list[Way]:
    """Rows of "cách thức thực hiện"."""
    body = text.partition(_WAYS_HEAD)[2] or text
    starts = list(_WAY_START.finditer(body))
    borders = [start.start() for start in starts] + [len(body)]
    return [_way(CHANNELS[s[1]], body[s.end() : end]) for s, end in zip(starts, borders[1:], strict=True)]


def dossier(text: str) -> list[tuple[str, list[PaperRow]]]:
    """Cases of "thành phần hồ sơ" with their papers; empty when the text is no such table."""
    first, *tables = text.split(_DOSSIER_HEAD)
    cases: list[tuple[str, list[PaperRow]]] = []
    case = heading(first)
    for table in tables:
        rows, at = [], 0
        for copies in _COPIES.finditer(table):
            rows.append(_paper(table[at : copies.start()], copies))
            at = copies.end()
        rows = [row for row in rows if len(row.name) > 2]
        if rows:
            cases.append((case, rows))
        case = heading(table[at:])
    return cases


def legal_basis(text: str) -> list[tuple[str | None, str]]:
    """Number and title of each document of "căn cứ pháp lý"; the title is empty where there is none."""
    body = text.replace("Tên văn bản pháp lýMã văn bản", "").strip()
    found: dict[str, str] = {}
    start = 0
    for match in _NUMBER.finditer(body):
        number = f"{_own_digits(match['digits'])}/{match['year']}/{match['kind']}"
        row_ends = match.end() == len(body) or not re.match(r"[\s,;.):/]", body[match.end()])
        if row_ends:
            row = squeeze(re.sub(r"(?:Luật |Nghị định |Thông tư |số )*$", "", body[start : match.start()]))
            row = row.removesuffix(number).strip(" ,;.-")
            title = row if len(row) > 8 else ""
            found[number] = found.get(number) or title
            start = match.end()
        else:
            found.setdefault(number, "")
    if found:
        return [(number, title[:300]) for number, title in found.items()]
    return [(None, squeeze(body)[:300])] if is_something(body) else []


def results(text: str) -> list[str]:
    """Results, without the portal's codes and buttons."""
    body = text.partition("Từ khóa")[0]
    return [item for part in _RESULT_CODE.split(body) if is_something(item := squeeze(part).strip(" -+;."))]


def audience(text: str) -> list[str]:
    """Who may use it; the portal's own commas inside a group's name are kept."""
    groups = [name for name in _AUDIENCES if name in text]
    for name in groups:
        text = text.replace(name, "")
    return groups + [item for part in text.split(",") if is_something(item := part.strip())]


def steps(text: str) -> list[str]:
    """Steps in order, by "Bước N" where they are numbered, else by line."""
    parts = re.split(r"(?=Bước \d+\s*[:.])", text)
    if len(parts) < 3:
        parts = re.split(r"\n+(?=\s*(?:[-+*•]|[a-zđ]\)|\d+[.)]))|\n{2,}", text)
    return [item for part in parts if len(item := squeeze(part)) > 3 and is_something(item)]


def squeeze(text: str) -> str:
    """One line, single spaces."""
    return " ".join(text.split())


def heading(text: str) -> str:
    """A case's name without bullets and colons; empty for the portal's "--"."""
    return squeeze(text).strip("-*+: .")


def is_something(text: str) -> bool:
    """Whether a cell holds information rather than the portal's word for none."""
    return bool(text.strip(" -.;")) and text.strip(" .-") not in {NOTHING, "Không", "Không có"}


def _way(channel: SubmissionChannel, cell: str) -> Way:
    time, rest = _time(cell)
    fee = _FEE.match(rest)
    rest = rest[fee.end() :] if fee else rest
    note, description = _bracketed(rest)
    label: Literal["free", "amount", "none"] = "none"
    amount = None
    if fee and fee["amount"]:
        label, amount = "amount", _amount(fee["amount"], fee["currency"], note)
    elif fee and fee[0] == "Miễn phí":
        label = "free"
    return Way(channel, time, label, amount, fee[0] if fee else "", squeeze(note), description.strip())


def _time(cell: str) -> tuple[str, str]:
    """The time and what follows it; where a bare number is glued to a fee ("150,000 VNĐ"), both are cut."""
    if match := _TIME.match(cell):
        return (match[0] if match["unit"] else ""), cell[match.end() :]
    if glued := _GLUED_FEE.match(cell):
        digits = glued["digits"]
        note = cell[glued.end() :]
        cuts = [i for i in range(1, len(digits)) if digits[:i].isdigit() and _GROUPED.match(digits[i:])]
        known = [i for i in cuts if digits[i:].replace(",", ".") in note]
        if cuts:
            cut = (known or cuts)[0]
            return digits[:cut], cell[cut:]
    if number := re.match(r"\d{1,3}", cell):
        return number[0], cell[number.end() :]
    return "", cell


def _amount(digits: str, currency: str, note: str) -> int | None:
    """Đồng; an amount that lost its thousands ("150 VNĐ") is restored where the note says so."""
    if currency in {"USD", "EUR"}:
        return None
    amount = int(digits.replace(",", ""))
    if amount == 0 or amount >= 1000:
        return amount
    full = f"{amount * 1000:,}".replace(",", ".")
    return amount * 1000 if full in note else None


def _bracketed(text: str) -> tuple[str, str]:
    """The note in the brackets that open the text, and the rest; an unclosed one reaches to the end."""
    if not text.startswith("("):
        return "", text
    depth = 0
    for at, char in enumerate(text):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0:
            return text[1:at], text[at + 1 :]
    return text[1:], ""


def _paper(text: str, copies: re.Match[str]) -> PaperRow:
    name = squeeze(text)
    if _FILE.search(name):
        borders = [m.start() for m in _GLUE.finditer(name) if m.start() > len(name) - 120]
        name = name[: borders[0]] if borders and borders[0] > 8 else _FILE.sub("", name)
    form = _FORM.search(name)
    original, copy, only_copy = copies[1], copies[2], copies[3]
    counts = ((original, "bản chính"), (copy or only_copy, "bản sao"))
    words = ", ".join(f"{n} {what}" for n, what in counts if n and int(n))
    return PaperRow(name.lstrip("-+*• ").strip(), words, form[0].strip(" .,;") if form else None)


def _own_digits(digits: str) -> str:
    """A number without the year that the cell before it left glued to it ("202405" → "05")."""
    return digits[4:] if len(digits.partition(".")[0]) > 4 and digits[:2] in {"19", "20"} else digits
