"""Cuts documents into the passages that are searched, each of one field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.documents import names_of
from knowledge_base.schema import Announcement, AnyDocument, ListedProcedure, Procedure, Regulation

MAX_WORDS = 160
"""Longer passages are cut, at the end of a paper, step or article where there is one."""


class ChunkField(StrEnum):
    """The field of a document that a passage was taken from."""

    NAME = "name"
    ALIAS = "alias"
    LAY = "lay"
    SUMMARY = "summary"
    DOSSIER = "dossier"
    FEE = "fee"
    TIME_LIMIT = "time_limit"
    STEPS = "steps"
    CONDITIONS = "conditions"
    RESULT = "result"
    WHERE = "where"
    HOW_ONLINE = "how_online"
    LEGAL_BASIS = "legal_basis"
    ARTICLE = "article"
    BODY = "body"


@dataclass(frozen=True)
class Chunk:
    """A passage of a document."""

    document: str
    field: ChunkField
    text: str


def chunks_of(document: AnyDocument, lay: Mapping[str, Sequence[str]] | None = None) -> list[Chunk]:
    """The passages of a document, its name first; `lay` holds people's own sentences by code."""
    name, *aliases = names_of(document)
    fields: list[tuple[ChunkField, Iterable[str]]] = [(ChunkField.NAME, [name])]
    fields.append((ChunkField.ALIAS, aliases))
    fields.append((ChunkField.LAY, (lay or {}).get(document.id, ())))
    match document:
        case Procedure():
            fields += _procedure_fields(document)
        case Regulation():
            fields.append((ChunkField.SUMMARY, [document.about]))
            fields.append(
                (ChunkField.ARTICLE, [f"{a.article}. {a.heading}: {a.summary}" for a in document.articles])
            )
        case ListedProcedure():
            fields.append((ChunkField.SUMMARY, [document.field]))
        case Announcement():
            fields.append((ChunkField.BODY, pack(document.body.split("\n"))))
    seen: set[tuple[ChunkField, str]] = set()
    chunks = []
    for field, texts in fields:
        for text in texts:
            if text.strip() and (field, text) not in seen:
                seen.add((field, text))
                chunks.append(Chunk(document.id, field, text.strip()))
    return chunks


def _procedure_fields(procedure: Procedure) -> list[tuple[ChunkField, Iterable[str]]]:
    online = (*procedure.online.how, procedure.online.url or "") if procedure.online.how else ()
    return [
        (ChunkField.LAY, procedure.life_events),
        (ChunkField.SUMMARY, [f"{procedure.summary} {procedure.field}"]),
        (ChunkField.DOSSIER, _dossier(procedure)),
        (ChunkField.FEE, pack(f"{fee.case} {fee.text}".strip() for fee in procedure.fees)),
        (ChunkField.TIME_LIMIT, pack(f"{t.case} {t.text}".strip() for t in procedure.time_limits)),
        (ChunkField.STEPS, pack(procedure.steps)),
        (ChunkField.CONDITIONS, pack(procedure.conditions)),
        (ChunkField.RESULT, pack(procedure.result)),
        (ChunkField.WHERE, [f"{procedure.authority}. {procedure.where}".strip(" .")]),
        (ChunkField.HOW_ONLINE, [" ".join(online)]),
        (ChunkField.LEGAL_BASIS, pack(f"{b.number or ''} {b.title}".strip() for b in procedure.legal_basis)),
    ]


def _dossier(procedure: Procedure) -> Iterator[str]:
    for case in procedure.dossier:
        papers = (f"{paper.name} {paper.note}".strip() for paper in case.papers)
        for text in pack(papers):
            yield f"{case.case}: {text}" if case.case else text


def pack(texts: Iterable[str]) -> Iterator[str]:
    """Join short texts and cut long ones, up to `MAX_WORDS` a passage."""
    passage: list[str] = []
    size = 0
    for text in texts:
        words = text.split()
        for start in range(0, len(words), MAX_WORDS):
            piece = words[start : start + MAX_WORDS]
            if passage and size + len(piece) > MAX_WORDS:
                yield "\n".join(passage)
                passage, size = [], 0
            passage.append(" ".join(piece))
            size += len(piece)
    if passage:
        yield "\n".join(passage)
