"""Vietnamese as people type it: one normalisation for intent, entities and retrieval.

Standard library and PyYAML only, so that it runs in both environments. `normalise` is total and
idempotent; whoever must quote a citizen keeps the original text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_DATA = Path(__file__).parent / "data"

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_SHAPES = "\u0302\u0306\u031b"
_VOWELS = "aăâeêioôơuưy"
_SHAPED_VOWELS = "ăâêôơư"
_DIACRITICS = re.compile(f"[đĐ{''.join(chr(c) for c in range(0x1EA0, 0x1EFA))}ĂăÂâÊêÔôƠơƯư"
                         "ÀÁÃàáãÈÉèéÌÍĨìíĩÒÓÕòóõÙÚŨùúũÝý]")  # fmt: skip

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
                        "\u2060-\u206f\ufe00-\ufe0f\ufeff]")  # fmt: skip
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_REPEATED_SIGN = re.compile(r"([^\w\s])\1+")
_TOKEN = re.compile(
    r"(?:https?://|www\.)\S+"  # addresses, e-mail and codes stay as they are
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|pa-?\w{4}-?\w{4}(?!\w)"
    r"|\d+[\w./-]*\w"
    r"|y/c(?!\w)"
    r"|\w[\w\u0300-\u036f]*"
    r"|\s+"
    r"|[^\w\s]",
    re.IGNORECASE,
)
_ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
_DOUBLED_END = re.compile(r"([^\W\d_])\1$")
_SYLLABLE = re.compile(
    rf"(ngh|ng|nh|kh|gh|gi(?=[{_VOWELS}])|ch|ph|qu|th|tr|[bcdđghklmnprstvx]|)"
    rf"([{_VOWELS}]{{1,3}})(ch|ng|nh|[cmnpt]|)"
)
_TELEX_TONE = dict(zip("frxsj", "\u0300\u0309\u0303\u0301\u0323", strict=True))
_TELEX_MARKS = {mark: key for key, mark in _TELEX_TONE.items()} | {"\u0306": "w", "\u031b": "w"}
_VNI = dict(zip("123456789", "sfrxj^*(d", strict=True))
WORD = re.compile(r"[^\W_]+")
"""A run of letters and digits."""


def normalise(text: str) -> str:
    """Bring a text into the form in which it is understood.

    NFC, lower case, one tone placement ("hoà" → "hòa"), invisible and control characters out, single
    spaces, repeated signs and elongated letters squeezed, clear Telex and VNI slips undone, chat words,
    abbreviations and southern words spelled out. Numbers, codes and addresses stay as they are.

    Returns:
        A text for which `normalise(result) == result`.
    """
    clean = _clean(text)
    for _ in range(_MOST_PASSES):
        spelled = _spell_out(clean)
        if spelled == clean:
            return clean
        clean = spelled
    return clean


def fold(text: str) -> str:
    """Lower case without diacritics, đ → d, single spaces: the same for "Lệ phí" and "le phi"."""
    plain = text.lower().translate(_FOLD)
    if not plain.isascii():
        plain = _strip_marks(plain)
    return " ".join(plain.split())


def syllables(text: str) -> list[str]:
    """Lower-case runs of letters and digits in order; diacritics are kept, signs are dropped."""
    return WORD.findall(_compose(text))


def has_diacritics(text: str) -> bool:
    """Whether the text holds at least one letter that only Vietnamese spelling gives it."""
    return _DIACRITICS.search(unicodedata.normalize("NFC", text)) is not None


def is_syllable(word: str) -> bool:
    """Whether a lower-case word is a written syllable of the language, or one without its diacritics."""
    return word in _SYLLABLES or word in _PLAIN


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is understood, with the way back to what was typed."""

    folded: str
    """Normalised and folded."""
    _spans: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters `start` to `end` (excluded, not empty) of `folded` stand in the original."""
        return self._spans[start][0], self._spans[end - 1][1]


def read(text: str) -> Reading:
    """Normalise and fold a text, keeping for every character its place in the original."""
    pieces = [
        (match.start(), match.end(), _repair(_clean(match[0]) or " ")) for match in _TOKEN.finditer(text)
    ]
    folded: list[str] = []
    spans: list[tuple[int, int]] = []
    for meant, first, after in _spelled([piece[2] for piece in pieces]):
        plain = fold(meant) or " "
        if plain == " " and (not folded or folded[-1] == " "):
            continue
        folded.append(plain)
        spans.extend([(pieces[first][0], pieces[after - 1][1])] * len(plain))
    return Reading("".join(folded).rstrip(), tuple(spans))


def _compose(text: str) -> str:
    """NFC and lower case; twice, for the letters whose lower case is not composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())


def _strip_marks(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).translate(
        _FOLD
    )


def _clean(text: str) -> str:
    text = _compose(_INVISIBLE.sub("", _CONTROL.sub(" ", text)))
    return " ".join(_REPEATED_SIGN.sub(r"\1", text).split())


def _spell_out(text: str) -> str:
    """One pass over a clean text: every word repaired, then the longest entry of the table put in."""
    words = [_word(word) for word in text.split(" ")]
    if not any(word.opens_entry for word in words):
        return " ".join([word.repaired for word in words])
    tokens = list(words[0].tokens)
    for word in words[1:]:
        tokens.append(" ")
        tokens += word.tokens
    pieces: list[str] = []
    done = 0
    for meant, first, after in _entries(tokens):
        pieces += tokens[done:first]
        pieces.append(meant)
        done = after
    return "".join(pieces + tokens[done:])


class _Word(NamedTuple):
    """What stands between two spaces; no token reaches over a space."""

    tokens: tuple[str, ...]
    """Repaired."""
    repaired: str
    opens_entry: bool
    """Whether an entry of the table may begin here."""


@lru_cache(maxsize=65_536)
def _word(text: str) -> _Word:
    tokens = tuple(_repair(token) for token in _TOKEN.findall(text))
    return _Word(tokens, "".join(tokens), any(token in _WIDTHS for token in tokens))


def _spelled(tokens: list[str]) -> Iterator[tuple[str, int, int]]:
    """What is meant by each run of tokens, with the indices of its first token and of the one after."""
    done = 0
    for entry in _entries(tokens):
        yield from ((tokens[at], at, at + 1) for at in range(done, entry[1]))
        yield entry
        done = entry[2]
    yield from ((tokens[at], at, at + 1) for at in range(done, len(tokens)))


def _entries(tokens: list[str]) -> Iterator[tuple[str, int, int]]:
    """Where entries of the table stand, left to right, the longest first, and what they mean."""
    done = 0
    for position in [at for at, token in enumerate(tokens) if token in _WIDTHS]:
        if position < done:
            continue
        token = tokens[position]
        for width in _WIDTHS[token]:
            if position + width > len(tokens):
                continue
            meant = _TABLE.get("".join(tokens[position : position + width]))
            if meant is not None and not (position and token in _UNITS and _ends_in_digit(tokens, position)):
                done = position + width
                yield meant, position, done
                break


def _ends_in_digit(tokens: list[str], position: int) -> bool:
    """Whether a number stands before: "5 kg" and "100 k" are amounts, not a "không"."""
    before = tokens[position - 1]
    return (before.isspace() and position > 1 and tokens[position - 2][-1].isdigit()) or before[-1].isdigit()


@lru_cache(maxsize=65_536)
def _repair(token: str) -> str:
    """The word without elongation and keyboard slips, its tone in its place."""
    if not token.isalnum() or token in _KEEP or token in _WIDTHS or len(token) > _LONGEST_WORD:
        return token
    if token.isalpha():
        token = _squeeze(token)
        if token in _KEEP:
            return token
        if token.isascii():
            return token if token in _PLAIN or token in _WIDTHS else _known(_telex(token)) or token
        token = place_tone(token)
        return token if token in _SYLLABLES or token in _WIDTHS else _known(_telex(_keys(token))) or token
    if token[0].isalpha() and token.isascii():
        return _known(_vni(token)) or token
    return token


def _squeeze(word: str) -> str:
    word = _ELONGATED.sub(r"\1", word)
    single = _DOUBLED_END.sub(r"\1", word)
    return single if single != word and not word.isascii() and place_tone(single) in _SYLLABLES else word


def _known(word: str | None) -> str | None:
    """The word if it is one of the language, or an entry of the table ("ddc" → "đc")."""
    return word if word and (word in _SYLLABLES or word in _TABLE) else None


def place_tone(word: str) -> str:
    """Put the tone mark where the traditional spelling has it: "hoà" → "hòa", "qúy" → "quý".

    A word that is no Vietnamese syllable comes back unchanged.
    """
    marks = unicodedata.normalize("NFD", word)
    tone = [c for c in marks if c in _TONES]
    if len(tone) != 1:
        return word
    return _with_tone(unicodedata.normalize("NFC", marks.replace(tone[0], "")), tone[0]) or word


def _with_tone(toneless: str, tone: str) -> str | None:
    match = _SYLLABLE.fullmatch(toneless)
    if match is None:
        return None
    onset, vowels, coda = match.groups()
    shaped = [i for i, v in enumerate(vowels) if v in _SHAPED_VOWELS]
    if shaped:
        at = shaped[-1]
    elif coda or len(vowels) == 3:
        at = min(len(vowels) - 1, 1) if len(vowels) == 3 else len(vowels) - 1
    else:
        at = 0
    marked = vowels[: at + 1] + tone + vowels[at + 1 :]
    return unicodedata.normalize("NFC", onset + marked + coda)


def _telex(word: str) -> str | None:
    """Read an ASCII word as raw Telex keystrokes ("giaays" → "giấy"); None when it holds none."""
    letters: list[str] = []
    tone = ""
    for key in word:
        if key in _TELEX_TONE and any(c in _VOWELS for c in letters):
            tone = _TELEX_TONE[key]
        elif key == "w":
            if not _put_horn(letters):
                return None
        elif key in "aeo" and key in letters:
            letters[_last(letters, key)] = {"a": "â", "e": "ê", "o": "ô"}[key]
        elif key == "d" and letters[:1] == ["d"]:
            letters[0] = "đ"
        else:
            letters.append(key)
    plain = "".join(letters)
    return (_with_tone(plain, tone) if tone else plain) if plain != word else None


def _keys(word: str) -> str:
    """The Telex keys of a word that is half turned into signs: "giâys" → "giaays", "đượcj" → "dduwowjcj"."""
    keys, base = "", ""
    for letter in unicodedata.normalize("NFD", word.replace("đ", "dd")):
        base = base if unicodedata.combining(letter) else letter
        keys += base if letter == "\u0302" else _TELEX_MARKS.get(letter, letter)
    return keys


def _put_horn(letters: list[str]) -> bool:
    """Telex `w`: uo → ươ, a → ă, o → ơ, u → ư, looking back from the end; False when nothing takes it."""
    for i in range(len(letters) - 1, -1, -1):
        if letters[i] == "o" and i and letters[i - 1] in "uư":
            letters[i - 1 : i + 1] = ["ư", "ơ"]
            return True
        if letters[i] in "aou":
            letters[i] = {"a": "ă", "o": "ơ", "u": "ư"}[letters[i]]
            return True
    return False


def _vni(word: str) -> str | None:
    """Read a word with digits inside as VNI keystrokes ("giay61" → "giấy"); None when it may be a code."""
    digits = re.findall(r"\d", word)
    inside = re.search(r"\d[a-z]", word) is not None
    both = any(d in "12345" for d in digits) and any(d in "6789" for d in digits)
    if "0" in digits or not (inside or both):
        return None
    letters: list[str] = []
    tone = ""
    for key in word:
        sign = _VNI.get(key, "")
        if not sign:
            letters.append(key)
        elif sign in _TELEX_TONE:
            tone = _TELEX_TONE[sign]
        elif sign == "d" and letters[:1] == ["d"]:
            letters[0] = "đ"
        elif sign == "^" and (at := max((i for i, c in enumerate(letters) if c in "aeo"), default=-1)) >= 0:
            letters[at] = {"a": "â", "e": "ê", "o": "ô"}[letters[at]]
        elif sign == "*" and any(c in "ou" for c in letters):
            _put_horn(letters)
        elif sign == "(" and "a" in letters:
            letters[_last(letters, "a")] = "ă"
        else:
            return None
    plain = "".join(letters)
    return _with_tone(plain, tone) if tone else plain


def _last(letters: list[str], letter: str) -> int:
    return len(letters) - 1 - letters[::-1].index(letter)


def _load_yaml(name: str) -> Any:
    return yaml.safe_load((_DATA / name).read_text("utf-8"))


def _fold_table() -> dict[int, str]:
    table = {ord("đ"): "d", ord("Đ"): "d"}
    for point in [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)]:
        letter = unicodedata.normalize("NFD", chr(point))
        if len(letter) > 1 and letter[0].isascii():
            table[point] = letter[0].lower()
    return table


_FOLD = _fold_table()
_LONGEST_WORD = 24
_MOST_PASSES = 8
_UNITS = {"k", "kg", "h"}
_SYLLABLES = frozenset(place_tone(word) for word in (_DATA / "syllables.txt").read_text("utf-8").split())
"""Written syllables of the language, with tones in their place."""
_PLAIN = frozenset(fold(word) for word in _SYLLABLES)
_WORDS = _load_yaml("words.yaml")
_KEEP = frozenset(_WORDS["keep"])
_TABLE: dict[str, str] = {_clean(str(key)): str(value) for key, value in _WORDS["words"].items()}
_WIDTHS: dict[str, tuple[int, ...]] = {}
"""First token of an entry → token counts of the entries that begin with it, longest first."""
for _key in _TABLE:
    _parts = _TOKEN.findall(_key)
    _WIDTHS[_parts[0]] = tuple(sorted({*_WIDTHS.get(_parts[0], ()), len(_parts)}, reverse=True))
