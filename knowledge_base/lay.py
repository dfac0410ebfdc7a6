"""How people ask for a procedure: lay sentences, written by hand and keyed by procedure code.

They are a field of the index and training pairs of the embedding model, never text that is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from knowledge_base.documents import Problem, as_folders, reason
from nlu.text import fold

LAY_DIR = Path(__file__).parent / "lay"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_lay(folders: Path | Sequence[Path] = LAY_DIR) -> tuple[dict[str, list[str]], list[Problem]]:
    """Read `code: [sentence, …]` from every YAML file of a folder, or of several.

    Returns:
        Sentences by code, without repetitions, and what could not be read. A missing folder is empty.
    """
    sentences: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for path in (path for folder in as_folders(folders) for path in sorted(folder.rglob("*.yaml"))):
        try:
            content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}
        except (OSError, ValueError, yaml.YAMLError) as error:
            problems.append(
                Problem(path.name, "", "", reason("unreadable", error=" ".join(str(error).split())))
            )
            continue
        if not isinstance(content, dict):
            problems.append(Problem(path.name, "", "", reason("not_a_record")))
            continue
        for code, texts in content.items():
            if not isinstance(code, str) or not isinstance(texts, list):
                problems.append(Problem(path.name, str(code), "", reason("lay_shape")))
                continue
            known = sentences.setdefault(code, {})
            for text in texts:
                if isinstance(text, str) and text.strip():
                    known.setdefault(fold(text), text.strip())
                else:
                    problems.append(Problem(path.name, code, "", reason("string_type", value=text)))
    return {code: list(known.values()) for code, known in sentences.items()}, problems
