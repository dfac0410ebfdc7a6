"""Pairs of texts that mean the same, read from the knowledge base's files and from open data.

Only data that may be shipped in a model: our own documents, lay sentences and synonyms, official texts of
the national procedure database, and openly licensed question–passage pairs.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from nlu.text import fold, normalise

Pair = tuple[str, str]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PASSAGE_WORDS = 90
_TERM_WORDS = 4
"""Shorter official terms (\"cấp lại\") stand in too many names to be said in other words."""
_TABLE_HEAD = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
_NATIONAL_FIELDS = (
    "thanh_phan_ho_so",
    "trinh_tu_thuc_hien",
    "yeu_cau_dieu_kien",
)
_KEY_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "g": "fh", "h": "gj", "i": "uo", "k": "jl",
    "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "x": "zc", "y": "tu",
}  # fmt: skip


def document_pairs(folder: Path) -> Iterator[Pair]:
    """Names, aliases and passages of our own documents."""
    for path in sorted(folder.rglob("*.yaml")):
        for document in _documents(path):
            name = str(document.get("name") or document.get("title") or "")
            if not name:
                continue
            others = [document.get("short_name"), document.get("number"), *_strings(document.get("aliases"))]
            others += _strings(document.get("life_events"))
            passages = [document.get("summary"), document.get("about"), document.get("body")]
            for other in filter(None, others):
                yield str(other), name
                yield from ((str(other), _cut(str(passage))) for passage in passages if passage)
            yield from ((name, _cut(str(passage))) for passage in passages if passage)
            for article in document.get("articles") or ():
                yield f"{article.get('heading', '')} {name}", _cut(str(article.get("summary", "")))
            for case in document.get("dossier") or ():
                papers = [str(paper.get("name", "")) for paper in case.get("papers") or ()]
                yield name, _cut(f"{case.get('case', '')} {' '.join(papers)}")


def lay_sentences(folder: Path) -> dict[str, list[str]]:
    """Lay sentences by procedure code."""
    sentences: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.yaml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}
        for code, texts in content.items():
            sentences.setdefault(str(code), []).extend(_strings(texts))
    return sentences


def lay_pairs(
    sentences: dict[str, list[str]], names: dict[str, list[str]], rng: random.Random
) -> Iterator[Pair]:
    """Each lay sentence with the names of its procedure and with other sentences for the same one."""
    for code, texts in sentences.items():
        for text in texts:
            for name in names.get(code, ()):
                yield text, name
            for other in rng.sample(texts, min(2, len(texts))):
                if other != text:
                    yield text, other


def synonym_pairs(path: Path) -> Iterator[Pair]:
    """What people say with what official texts say."""
    for sayings, official in yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER).items():
        for saying in sayings.split(","):
            yield saying.strip(), str(official)
            yield from ((saying.strip(), part.strip()) for part in str(official).split(","))


def spoken_names(names: Iterable[str], path: Path) -> Iterator[Pair]:
    """Official names with an official term said in people's words, beside the name itself."""
    table = [
        (fold(part.strip()), saying.strip())
        for sayings, official in yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER).items()
        for part in str(official).split(",")
        for saying in sayings.split(",")
        if len(part.split()) >= _TERM_WORDS
    ]
    for name in names:
        plain = f" {fold(name)} "
        for term, saying in table:
            if f" {term} " in plain:
                yield plain.replace(term, saying).strip(), name
                yield saying, name


def national_pairs(path: Path, templates: list[str], rng: random.Random) -> Iterator[Pair]:
    """Names of the national export with their passages, and by-rule questions with the names."""
    for record in _records(path):
        name = record["ten_thu_tuc"]
        about = (
            f"{record['linh_vuc']}. {record['co_quan_thuc_hien']}. {record['ket_qua_xu_ly'].split('Mã:')[0]}"
        )
        yield name, _cut(about)
        for template in rng.sample(templates, min(3, len(templates))):
            yield template.format(name=name.removeprefix("Thủ tục ").lower()), name
        for field in _NATIONAL_FIELDS:
            text = record[field].replace(_TABLE_HEAD, " ")
            if len(text) > 60:
                yield name, _cut(text)
                words = text.split()
                if len(words) > 2 * _PASSAGE_WORDS:
                    start = rng.randrange(len(words) - _PASSAGE_WORDS)
                    yield name, " ".join(words[start : start + _PASSAGE_WORDS])


def national_names(path: Path) -> dict[str, list[str]]:
    """Official names by code."""
    return {record["ma_thu_tuc"]: [record["ten_thu_tuc"]] for record in _records(path)}


def document_names(folder: Path) -> dict[str, list[str]]:
    """Names and aliases of our procedures by code."""
    names: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.yaml")):
        for document in _documents(path):
            if code := document.get("code"):
                known = [document.get("name"), document.get("short_name")]
                names[str(code)] = [str(name) for name in known if name]
    return names


def question_pairs(path: Path) -> Iterator[Pair]:
    """Questions with the passages that answer them (`question`, `context` a line)."""
    for record in _records(path):
        yield record["question"], _cut(record["context"])


def disturbed(text: str, rng: random.Random) -> str:
    """The text as a hurried person types it: without some or all diacritics, with slips of the keys."""
    words = normalise(text).split()
    bare = rng.random()
    words = [fold(word) if rng.random() < bare or bare > 0.5 else word for word in words]
    for at, word in enumerate(words):
        if len(word) > 2 and rng.random() < 0.08:
            words[at] = _slip(word, rng)
    return " ".join(words)


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + rng.choice(_KEY_NEIGHBOURS.get(word[at], word[at])) + word[at + 1 :]


def _documents(path: Path) -> Iterator[dict[str, Any]]:
    try:
        for content in yaml.load_all(path.read_text(encoding="utf-8"), Loader=_LOADER):
            items = content if isinstance(content, list) else [content]
            yield from (item for item in items if isinstance(item, dict))
    except yaml.YAMLError:
        return  # `python -m knowledge_base check` reports it


def _records(path: Path) -> Iterator[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def _strings(value: object) -> list[str]:
    return [str(item) for item in value if item] if isinstance(value, list) else []


def _cut(text: str) -> str:
    return " ".join(text.split()[:_PASSAGE_WORDS])
