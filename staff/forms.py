"""Forms of documents, made from their schema: what each field is filled in with, and how it is read back."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import EnumType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel

from knowledge_base.documents import Problem, check_record, reason
from knowledge_base.schema import Announcement, AnyDocument, Procedure, Regulation, Source
from nlu.text import fold

KINDS: Mapping[str, type[AnyDocument]] = {
    "announcement": Announcement,
    "procedure": Procedure,
    "regulation": Regulation,
}
ID_FIELDS = {"announcement": "id", "procedure": "code", "regulation": "number"}
_LONG = frozenset({"body", "summary", "about", "where"})
_SEPARATOR = "."


@dataclass(frozen=True)
class Field:
    """One field of a form. `kind`: text, long, lines, date, flag, choice, choices or yaml."""

    name: str
    kind: str
    required: bool
    options: tuple[str, ...] = ()
    on: bool = False
    """Of a flag: what holds where a record does not say."""


def fields_of(kind: str) -> list[Field]:
    """The fields of a kind of document: the required ones, its source, the others."""
    fields = list(_fields(KINDS[kind]))
    return sorted(fields, key=_order)


def values_of(record: Mapping[str, Any], fields: Sequence[Field]) -> dict[str, str]:
    """What a form shows for a record."""
    values: dict[str, str] = {}
    for field in fields:
        value = _inside(record, field.name)
        if field.kind == "choices":
            values |= {f"{field.name}{_SEPARATOR}{one}": "1" for one in value or ()}
        elif field.kind == "flag":
            values[field.name] = "1" if (field.on if value is None else value) else ""
        elif field.kind == "lines":
            values[field.name] = "\n".join(value or ())
        elif field.kind == "yaml":
            values[field.name] = as_yaml(value) if value else ""
        else:
            values[field.name] = "" if value is None else str(value)
    return values


def read_form(
    kind: str, form: Mapping[str, str], fields: Sequence[Field]
) -> tuple[AnyDocument | None, list[Problem]]:
    """The document that a form describes, or what is wrong with which field."""
    record: dict[str, Any] = {"kind": kind}
    problems: list[Problem] = []
    for field in fields:
        try:
            value = _read(field, form)
        except yaml.YAMLError as error:
            problems.append(Problem("", "", field.name, reason("unreadable", error=_one_line(error))))
            continue
        if value is None:
            continue
        owner, _, name = field.name.rpartition(_SEPARATOR)
        (record.setdefault(owner, {}) if owner else record)[name] = value
    if kind == "announcement" and not record.get("id") and record.get("title"):
        record["id"] = slug(str(record["title"]))
    return (None, problems) if problems else check_record(record)


def read_yaml(kind: str, text: str) -> tuple[AnyDocument | None, list[Problem]]:
    """The document that an author wrote as YAML, or what is wrong with it."""
    try:
        record = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return None, [Problem("", "", "", reason("unreadable", error=_one_line(error)))]
    return check_record({"kind": kind, **record} if isinstance(record, dict) else record)


def record_of(document: AnyDocument) -> dict[str, Any]:
    """A document as authors write it."""
    return {"kind": document.kind, **document.model_dump(mode="json", exclude_defaults=True)}


def as_yaml(value: Any) -> str:
    """Something of a record as text."""
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100)


def slug(title: str) -> str:
    """An id for an announcement."""
    words = "".join(c if c.isalnum() and c.isascii() else " " for c in fold(title)).split()
    return "-".join(words)[:80].strip("-")


def _order(field: Field) -> int:
    if field.name.startswith("source"):
        return 1
    return 0 if field.required else 2


def _fields(model: type[BaseModel]) -> Iterator[Field]:
    for name, info in model.model_fields.items():
        if name == "kind":
            continue
        if info.annotation is Source:
            for part in ("title", "url", "checked"):
                inner = Source.model_fields[part]
                kind, _ = _kind(part, inner.annotation)
                yield Field(f"{name}{_SEPARATOR}{part}", kind, inner.is_required())
            continue
        kind, options = _kind(name, info.annotation)
        yield Field(name, kind, info.is_required(), options, info.default is True)


def _kind(name: str, annotation: Any) -> tuple[str, tuple[str, ...]]:
    """How a type is filled in, and the values that it allows."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(name, arguments[0])
    if origin in (Union, types.UnionType):
        return _kind(name, next(one for one in arguments if one is not type(None)))
    if annotation is bool:
        return "flag", ()
    if annotation is date:
        return "date", ()
    if origin is Literal:
        return "choice", tuple(str(one) for one in arguments)
    if origin is tuple:
        inner = arguments[0]
        inner = get_args(inner)[0] if get_origin(inner) is Annotated else inner
        if isinstance(inner, EnumType):
            return "choices", tuple(str(one.value) for one in inner)  # type: ignore[var-annotated]
        return ("lines", ()) if inner is str else ("yaml", ())
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "yaml", ()
    return ("long" if name in _LONG else "text"), ()


def _read(field: Field, form: Mapping[str, str]) -> Any:
    """The value of a field; None where it was left empty."""
    if field.kind == "choices":
        return [one for one in field.options if form.get(f"{field.name}{_SEPARATOR}{one}")] or None
    if field.kind == "flag":
        return bool(form.get(field.name))
    text = form.get(field.name, "").replace("\r\n", "\n").strip()
    if not text:
        return None
    if field.kind == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()]
    return yaml.safe_load(text) if field.kind == "yaml" else text


def _inside(record: Mapping[str, Any], name: str) -> Any:
    owner, _, last = name.rpartition(_SEPARATOR)
    return (record.get(owner) or {} if owner else record).get(last)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
