"""Keeps TensorFlow out of the Rasa process: none of our components uses it, and Rasa always imports it.

Halves the memory and the start of the Rasa server; see docs/decisions/0002-rasa-without-tensorflow.md.
Runs in Rasa's environment, before `rasa` is imported.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

PACKAGES = frozenset({"tensorflow", "tensorflow_text", "tensorflow_hub", "tensorflow_addons", "keras"})


class _Absent(type):
    """A class that stands for anything of TensorFlow: has every attribute, may be a base or a decorator."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _absent(name)

    def __or__(cls, other: object) -> Any:
        return cls

    def __call__(cls, *arguments: Any, **options: Any) -> Any:
        if len(arguments) == 1 and callable(arguments[0]) and not options:
            return arguments[0]
        return super().__call__()


def _absent(name: str) -> _Absent:
    return _Absent(name, (object,), {})


class _AbsentModule(types.ModuleType):
    __path__: list[str] = []  # noqa: RUF012 (a package's attribute, as Python wants it)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _absent(name)
        setattr(self, name, made)
        return made


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.split(".")[0] not in PACKAGES:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _AbsentModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def shadow_tensorflow() -> None:
    """From now on `import tensorflow` gives an empty shell."""
    sys.meta_path.insert(0, _Finder())
