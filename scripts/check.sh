#!/usr/bin/env bash
# The fast part: style, types, import floors, fast tests.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/ruff check --quiet .
.venv/bin/ruff format --check --quiet .
.venv/bin/mypy
.venv/bin/lint-imports
.venv/bin/python -m pytest -q -m "not slow"
