"""Slips of people who type Vietnamese on a phone, made on purpose: for measuring only, never for training.

Each kind takes one word as typed and a source of chance, and gives the word with one slip of that kind, or
None where the word offers no place for it. Kinds that fall on the space between two words are in `SPACING`.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Mapping

Slip = Callable[[str, random.Random], str | None]

_TONE_KEYS = {"\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0301": "s", "\u0323": "j"}
_VNI_TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_VNI_SHAPES = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ONSETS = (
    ("s", "x"), ("ch", "tr"), ("l", "n"), ("v", "d"), ("gi", "d"), ("gi", "v"), ("r", "g"), ("c", "k"),
    ("qu", "w"), ("ng", "n"), ("ngh", "ng"), ("gh", "g"), ("ph", "f"), ("kh", "h"),
)  # fmt: skip
_ENDINGS = (("n", "ng"), ("t", "c"), ("y", "i"), ("nh", "n"), ("ch", "t"))
_ONSET = re.compile("ngh|ng|gh|gi|ch|tr|qu|ph|kh|[svxlndrgck]")


def _neighbours() -> dict[str, str]:
    near: dict[str, set[str]] = {}
    for number, row in enumerate(_ROWS):
        for at, key in enumerate(row):
            beside = set(row[max(0, at - 1) : at + 2])
            if number + 1 < len(_ROWS):
                below = set(_ROWS[number + 1][max(0, at - 1) : at + 1])
                beside |= below
                for other in below:
                    near.setdefault(other, set()).add(key)
            near.setdefault(key, set()).update(beside - {key})
    return {key: "".join(sorted(others)) for key, others in near.items()}


_NEAR = _neighbours()


def _split(word: str) -> str:
    return unicodedata.normalize("NFD", word)


def _join(letters: str) -> str:
    return unicodedata.normalize("NFC", letters)


def _tone(word: str) -> str | None:
    return next((mark for mark in _split(word) if mark in _TONE_KEYS), None)


def no_tone(word: str, rng: random.Random) -> str | None:
    """The tone left out: "giấy" → "giây"."""
    tone = _tone(word)
    return _join(_split(word).replace(tone, "")) if tone else None


def wrong_tone(word: str, rng: random.Random) -> str | None:
    """Another tone: "giấy" → "giầy"."""
    tone = _tone(word)
    other = rng.choice([mark for mark in _TONE_KEYS if mark != tone])
    return _join(_split(word).replace(tone, other)) if tone else None


def hoi_nga(word: str, rng: random.Random) -> str | None:
    """Hỏi and ngã confused: "nghĩ" → "nghỉ"."""
    tone = _tone(word)
    if tone not in ("\u0303", "\u0309"):
        return None
    return _join(_split(word).replace(tone, "\u0309" if tone == "\u0303" else "\u0303"))


def no_shape(word: str, rng: random.Random) -> str | None:
    """The hat, horn or breve left out: "giấy" → "giáy"."""
    shapes = [mark for mark in _split(word) if mark in _VNI_SHAPES]
    return _join(_split(word).replace(rng.choice(shapes), "", 1)) if shapes else None


def telex_raw(word: str, rng: random.Random) -> str | None:
    """Telex keys that the keyboard did not turn into signs, the tone at the end: "giấy" → "giaays"."""
    keys, tone = "", ""
    for letter in _split(word):
        if letter in _TONE_KEYS:
            tone = _TONE_KEYS[letter]
        elif letter in _VNI_SHAPES:
            keys += keys[-1] if letter == "\u0302" else "w"
        else:
            keys += "dd" if letter == "đ" else letter
    keys = keys.replace("uwow", "uow")
    return keys + tone if keys + tone != word else None


def telex_undone(word: str, rng: random.Random) -> str | None:
    """The tone's key pressed twice, which takes it off and types the letter: "giấy" → "giâys"."""
    tone = _tone(word)
    return _join(_split(word).replace(tone, "")) + _TONE_KEYS[tone] if tone else None


def telex_again(word: str, rng: random.Random) -> str | None:
    """A sign's key once more after the sign: "được" → "đượcj"."""
    tone = _tone(word)
    return word + _TONE_KEYS[tone] if tone else None


def vni_raw(word: str, rng: random.Random) -> str | None:
    """VNI keys that were not turned into signs: "giấy" → "giay61"."""
    keys, signs = "", ""
    for letter in _split(word):
        if letter in _VNI_TONES:
            signs += _VNI_TONES[letter]
        elif letter in _VNI_SHAPES:
            signs = _VNI_SHAPES[letter] + signs.replace(_VNI_SHAPES[letter], "")
        else:
            keys += "d9" if letter == "đ" else letter
    return keys + signs if keys + signs != word else None


def doubled(word: str, rng: random.Random) -> str | None:
    """A key held too long: "khai" → "khaii"."""
    at = rng.randrange(len(word))
    return word[: at + 1] + word[at:]


def missing(word: str, rng: random.Random) -> str | None:
    """A letter left out: "khai" → "kai"."""
    at = rng.randrange(len(word))
    return word[:at] + word[at + 1 :] if len(word) > 2 else None


def neighbour(word: str, rng: random.Random) -> str | None:
    """The key beside it: "khai" → "khao"; a letter with signs becomes the plain key."""
    at = rng.randrange(len(word))
    base = _split(word[at])[0].replace("đ", "d").lower()
    return word[:at] + rng.choice(_NEAR[base]) + word[at + 1 :] if base in _NEAR else None


def inserted(word: str, rng: random.Random) -> str | None:
    """A neighbouring key hit as well: "khai" → "khaui"."""
    at = rng.randrange(len(word))
    base = _split(word[at])[0].replace("đ", "d").lower()
    return word[: at + 1] + rng.choice(_NEAR[base]) + word[at + 1 :] if base in _NEAR else None


def swapped(word: str, rng: random.Random) -> str | None:
    """Two letters turned round: "khai" → "kahi"."""
    places = [at for at in range(len(word) - 1) if word[at] != word[at + 1]]
    if len(word) < 3 or not places:
        return None
    at = rng.choice(places)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def plain_d(word: str, rng: random.Random) -> str | None:
    """đ typed as d: "đất" → "dất"."""
    return word.replace("đ", "d").replace("Đ", "D") if "đ" in word.lower() else None


def onset(word: str, rng: random.Random) -> str | None:
    """The beginning as it sounds: "sổ" → "xổ", "trâu" → "châu", "vàng" → "dàng", "khai" → "hai"."""
    match = _ONSET.match(word.lower())
    if not match or len(word) <= len(match[0]):
        return None
    others = [b if a == match[0] else a for a, b in _ONSETS if match[0] in (a, b)]
    return rng.choice(others) + word[match.end() :] if others else None


def ending(word: str, rng: random.Random) -> str | None:
    """The end as it sounds in the south: "đất" → "đấc", "tên" → "têng", "lý" → "lí"."""
    for first, second in rng.sample(_ENDINGS, len(_ENDINGS)):
        for old, new in ((first, second), (second, first)):
            if _ends(word.lower(), old) and len(word) > len(old) + 1:
                return _turned(word, len(old), new)
    return None


def _ends(word: str, ending: str) -> bool:
    """Whether the ending, apart from a tone on it, is the whole end: "n" is not the end of "tên" + "h"."""
    bare = _join("".join(c for c in _split(word) if c not in _TONE_KEYS))
    return bare.endswith(ending)


def _turned(word: str, length: int, new: str) -> str:
    marks = [c for c in _split(word[-length:]) if c in _TONE_KEYS]
    return _join(word[:-length] + new[0] + "".join(marks) + new[1:])


def merged(first: str, second: str, rng: random.Random) -> list[str]:
    """The space between two words left out."""
    return [first + second]


def broken(first: str, second: str, rng: random.Random) -> list[str]:
    """A space inside a word."""
    cut = rng.randrange(1, len(first))
    return [first[:cut], first[cut:], second]


def shifted(first: str, second: str, rng: random.Random) -> list[str]:
    """The space typed one letter too early or too late: "khai sinh" → "kha isinh"."""
    early = rng.random() < 0.5
    return [first[:-1], first[-1] + second] if early else [first + second[0], second[1:]]


KINDS: Mapping[str, tuple[Slip, float]] = {
    "tone left out": (no_tone, 2),
    "wrong tone": (wrong_tone, 1.5),
    "hỏi and ngã": (hoi_nga, 1),
    "shape left out": (no_shape, 1.5),
    "Telex left raw": (telex_raw, 1.5),
    "Telex undone": (telex_undone, 1),
    "Telex key again": (telex_again, 0.5),
    "VNI left raw": (vni_raw, 0.5),
    "letter doubled": (doubled, 1),
    "letter missing": (missing, 2),
    "key beside": (neighbour, 2),
    "key beside too": (inserted, 1.5),
    "letters swapped": (swapped, 2),
    "d for đ": (plain_d, 1),
    "onset by ear": (onset, 1.5),
    "ending by ear": (ending, 1.5),
}
"""Slips within a word, and how often each is made."""
SPACING: Mapping[str, tuple[Callable[[str, str, random.Random], list[str]], float]] = {
    "words merged": (merged, 2),
    "word broken": (broken, 0.7),
    "space shifted": (shifted, 0.5),
}
"""Slips of the space between two words, and how often each is made."""
_TRIES = 30


def noised(text: str, slips: int, rng: random.Random, kind: str | None = None) -> str:
    """A text in lower case with some slips, each in words of its own.

    Args:
        text: as it should be typed.
        slips: how many to make; fewer where the text offers no place for more.
        rng: the source of chance.
        kind: only this kind; any, by its weight, if left out.
    """
    words = [word.strip(".,?!;:") for word in text.lower().split()]
    sound = [len(word) > 1 and word.isalpha() for word in words]
    for _ in range(slips):
        for _ in range(_TRIES):
            name = kind or _any_kind(rng)
            at = rng.randrange(len(words))
            width = 2 if name in SPACING else 1
            if not all(sound[at : at + width]) or at + width > len(words):
                continue
            result = _slipped(name, words[at : at + width], rng)
            if result != words[at : at + width]:
                words[at : at + width] = result
                sound[at : at + width] = [False] * len(result)
                break
    return " ".join(words)


def _slipped(name: str, words: list[str], rng: random.Random) -> list[str]:
    if name in SPACING:
        return SPACING[name][0](words[0], words[1], rng)
    return [KINDS[name][0](words[0], rng) or words[0]]


def _any_kind(rng: random.Random) -> str:
    weights = {name: weight for name, (_, weight) in [*KINDS.items(), *SPACING.items()]}
    return rng.choices(list(weights), list(weights.values()))[0]
