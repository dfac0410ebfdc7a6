"""Tracking codes that survive the telephone: no look-alike letters, and a check character."""

from __future__ import annotations

import re
import secrets
import unicodedata

ALPHABET = "0123456789ACDEFHJKMNPQRTUVWXY"
"""29 characters, a prime, so that the check finds every wrong and every swapped character."""
PREFIXES = {"feedback": "PA", "handoff": "HT"}
"""Phản ánh, hỗ trợ."""
LINK = "LK"
"""Prefix of codes that link channels (liên kết); they name no case."""

_READ_AS = str.maketrans("OILBSZGĐ", "0118526D")
_LENGTH = 8
_CODE = re.compile(rf"(PA|HT)?([{ALPHABET}]{{{_LENGTH}}})")


def new_code(kind: str) -> str:
    """A random code such as `PA-7K3M-92QD` for a case of that kind (feedback, handoff)."""
    return checked_code(kind, "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH - 1)))


def checked_code(kind: str, characters: str) -> str:
    """The code made of seven characters of `ALPHABET` and their check character."""
    return _written(PREFIXES[kind], characters + _check_character(characters))


def new_link_code() -> str:
    """A random code such as `LK-7K3M-92QD`."""
    return LINK + new_code("feedback").removeprefix(PREFIXES["feedback"])


def parse_link_code(text: str) -> str | None:
    """The link code as it was given out, from what a person typed; None when it cannot be one."""
    bare = parse_code(re.sub(rf"^\W*{LINK}", "", text, flags=re.IGNORECASE))
    return LINK + bare.removeprefix(PREFIXES["feedback"]) if bare and bare.startswith("PA") else None


def parse_code(text: str) -> str | None:
    """The code as stored, from what a person typed; None when it cannot be one.

    Case, spaces and dashes do not matter, O is read as 0, I and L as 1, and so on.
    A code without its prefix is taken for feedback.
    """
    return next(iter(possible_codes(text)), None)


def possible_codes(text: str) -> list[str]:
    """As `parse_code`, but without its prefix a code may be of any kind: all of them, feedback first."""
    letters = unicodedata.normalize("NFKC", text).upper()
    squeezed = "".join(c for c in letters if c.isalnum()).translate(_READ_AS)
    match = _CODE.fullmatch(squeezed)
    if match is None:
        return []
    prefix, characters = match.groups()
    if characters[-1] != _check_character(characters[:-1]):
        return []
    return [_written(p, characters) for p in ([prefix] if prefix else PREFIXES.values())]


def _check_character(characters: str) -> str:
    total = sum(weight * ALPHABET.index(c) for weight, c in enumerate(characters, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def _written(prefix: str, characters: str) -> str:
    return f"{prefix}-{characters[:4]}-{characters[4:]}"
