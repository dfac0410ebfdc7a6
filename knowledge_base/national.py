"""Reads the export of the national procedure database into our schema.

A record that cannot be used is reported with its field and reason, and the rest goes in. Where a
reviewed document of ours describes the same procedure, ours is kept in place of the raw record.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import normalize

from knowledge_base import fees, portal
from knowledge_base.documents import Problem, check_record, reason
from knowledge_base.schema import AnyDocument, ListedProcedure, Procedure, SubmissionChannel, TimeLimit

_DECISION = "Công bố Danh mục và Quy trình nội bộ thủ tục hành chính"
_LEVELS = {
    "Cấp bộ": "ministry",
    "Cấp tỉnh": "province",
    "Cấp xã": "commune",
    "Cơ quan khác": "other",
}
_DISTRICT = ("cấp huyện", "UBND huyện", "Ủy ban nhân dân huyện", "nhân dân quận", "quận, huyện")
_FIELDS = {"code": "ma_thu_tuc", "name": "ten_thu_tuc", "field": "linh_vuc"}
_PREFIX = "Thủ tục "


@dataclass(frozen=True)
class Import:
    """What an import gives: procedures in the file's order, and why others were left out."""

    procedures: list[Procedure]
    problems: list[Problem]
    reviewed: int
    """How many raw records gave way to a reviewed document."""


def import_export(path: Path, *, checked: date, reviewed: Mapping[str, Procedure] | None = None) -> Import:
    """Read an export file (`.jsonl` or `.jsonl.gz`).

    Args:
        path: the export.
        checked: the day the export was taken; provisions that ended before it are marked for review.
        reviewed: our own documents by code, which stand in place of the raw records.

    Raises:
        OSError: the file cannot be opened.
    """
    procedures: dict[str, Procedure] = {}
    problems: list[Problem] = []
    ours = reviewed or {}
    for number, raw in _records(path):
        where = f"{path.name}:{number}"
        procedure, found = read_record(raw, checked=checked, file=where)
        if procedure is not None and procedure.code in procedures:
            found = [Problem(where, procedure.code, "ma_thu_tuc", reason("duplicate_id", id=procedure.code))]
        elif procedure is not None:
            procedures[procedure.code] = ours.get(procedure.code, procedure)
        problems += found
    return Import(list(procedures.values()), problems, len(procedures.keys() & ours.keys()))


def is_national(procedure: Procedure) -> bool:
    """Whether it holds in every province: some decisions of single ones stand among the procedures."""
    return not procedure.name.startswith(_DECISION)


def listed(procedure: Procedure) -> ListedProcedure:
    """What is kept of a procedure that nobody has reviewed: its name, level and page."""
    kept = procedure.model_dump(include={"code", "name", "field", "levels", "source"})
    return ListedProcedure.model_validate(kept)


def write_jsonl(documents: Iterable[AnyDocument], path: Path) -> None:
    """Write documents one a line, in the form that `load_documents` reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for document in documents:
            fields = document.model_dump(mode="json", exclude_defaults=True) | {"kind": document.kind}
            file.write(json.dumps(fields, ensure_ascii=False) + "\n")


def read_record(raw: object, *, checked: date, file: str = "") -> tuple[Procedure | None, list[Problem]]:
    """Turn one record of the export into a procedure, or say what is wrong with it."""
    if not isinstance(raw, dict):
        return None, [Problem(file, "", "", reason("not_json"))]
    record = {key: normalize("NFC", value) if isinstance(value, str) else "" for key, value in raw.items()}
    procedure, problems = check_record(_fields(record, checked), file)
    names = [Problem(p.file, p.document, _FIELDS.get(p.field, p.field), p.reason) for p in problems]
    return (procedure if isinstance(procedure, Procedure) else None), names


def _fields(record: dict[str, str], checked: date) -> dict[str, Any]:
    get = record.get
    code = get("ma_thu_tuc", "").strip()
    name = portal.squeeze(get("ten_thu_tuc", ""))
    ways = portal.ways(get("cach_thuc_thuc_hien", ""))
    channels = list(dict.fromkeys(way.channel for way in ways))
    readings = [fees.read_fee(way) for way in ways]
    papers = portal.dossier(get("thanh_phan_ho_so", ""))
    results = portal.results(get("ket_qua_xu_ly", ""))
    authority = next(
        (
            portal.squeeze(get(key, "")).removesuffix("_old")
            for key in ("co_quan_thuc_hien", "co_quan_co_tham_quyen")
            if portal.is_something(get(key, ""))
        ),
        "",
    )
    url = get("detail_url", "").strip()
    field = portal.squeeze(get("linh_vuc", ""))
    steps = portal.steps(get("trinh_tu_thuc_hien", ""))
    if not papers and portal.is_something(get("thanh_phan_ho_so", "")):
        steps += portal.steps(get("thanh_phan_ho_so", ""))
    return {
        "kind": "procedure",
        "code": code,
        "name": name,
        "short_name": _short_name(name),
        "field": field,
        "levels": [level for label, level in _LEVELS.items() if label in get("cap_thuc_hien", "")],
        "audience": portal.audience(get("doi_tuong_thuc_hien", "")),
        "summary": _summary(name, field, authority, results),
        "steps": steps,
        "fees": fees.merge_channels([fee for r in readings for fee in r.fees], set(channels)),
        "fee_reliable": all(r.reliable for r in readings),
        "time_limits": _time_limits(ways, set(channels)),
        "dossier": [
            {"case": case, "papers": [{"name": p.name, "copies": p.copies, "form": p.form} for p in rows]}
            for case, rows in papers
        ],
        "conditions": [
            text
            for part in get("yeu_cau_dieu_kien", "").split("\n")
            if portal.is_something(text := portal.squeeze(part))
        ],
        "result": results,
        "authority": authority,
        "where": portal.squeeze(get("dia_chi_tiep_nhan", "")),
        "online": {
            "available": "unknown" if SubmissionChannel.ONLINE in channels else "none",
            "url": url if url.startswith(("http://", "https://")) else None,
        },
        "submission": channels,
        "legal_basis": [
            {"number": number, "title": title or reason("legal_title", number=number)}
            for number, title in portal.legal_basis(get("can_cu_phap_ly", ""))
        ],
        "decision": portal.squeeze(get("so_quyet_dinh", "")) or None,
        "source": {
            "title": reason("source", code=code),
            "url": url if url.startswith(("http://", "https://")) else None,
            "checked": checked,
        },
        "review": _review(record, ways, readings, bool(papers), checked),
    }


def _short_name(name: str) -> str:
    short = name.removeprefix(_PREFIX)
    return short[:1].lower() + short[1:] if short[1:2].islower() else short


def _summary(name: str, field: str, authority: str, results: list[str]) -> str:
    parts = [reason("summary", name=name, field=field)]
    if authority:
        parts.append(reason("summary_authority", authority=authority))
    if results:
        parts.append(reason("summary_result", result="; ".join(results[:3])))
    return "".join(parts)


def _time_limits(ways: list[portal.Way], channels: set[SubmissionChannel]) -> list[TimeLimit]:
    """Limits joined over the channels that share them; the portal's description stands beside the number."""
    by_text: dict[str, list[SubmissionChannel]] = {}
    for way in ways:
        text = way.time.lower()
        if text.isdigit():
            text = reason("time_without_unit", number=text)
        detail = way.description if "ngày" in way.description.lower() else ""
        for words in (text, portal.squeeze(detail)[:800]):
            if words and way.channel not in by_text.setdefault(words, []):
                by_text[words].append(way.channel)
    return [
        TimeLimit(text=text, channels=() if set(on) == channels else tuple(on))
        for text, on in by_text.items()
        if text
    ]


def _review(
    record: dict[str, str],
    ways: list[portal.Way],
    readings: list[fees.Reading],
    has_papers: bool,
    checked: date,
) -> list[str]:
    notes: dict[str, None] = {}
    text = "\n".join(record.values())
    if any(word in text for word in _DISTRICT):
        notes[reason("review_district")] = None
    for period in fees.periods(record.get("cach_thuc_thuc_hien", "")):
        if period.end < checked:
            notes[reason("review_stale", day=period.end)] = None
    for way, reading in zip(ways, readings, strict=True):
        if not reading.reliable:
            notes[reason("review_fee", label=way.fee_label)] = None
        if way.time.isdigit():
            notes[reason("review_time_unit")] = None
    if not has_papers and portal.is_something(record.get("thanh_phan_ho_so", "")):
        notes[reason("review_dossier")] = None
    if not ways and portal.is_something(record.get("cach_thuc_thuc_hien", "")):
        notes[reason("review_ways")] = None
    return list(notes)


def _records(path: Path) -> Iterator[tuple[int, object]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except json.JSONDecodeError:
                    yield number, line
