#!/usr/bin/env bash
# The fast part: style, types, import floors, fast tests.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/ruff check --quiet .
.venv/bin/ruff format --check --quiet .
.venv/bin/mypy
.venv/bin/lint-imports
# Every test has a database of its own: in memory, where the machine has a gigabyte to spare for that.
if [ -z "${TMPDIR:-}" ] && [ "$(df --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 1000000 ] 2>/dev/null; then
    TMPDIR=$(mktemp -d /dev/shm/tests.XXXXXX)
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
fi
.venv/bin/python -m pytest -q -m "not slow" -n auto --dist loadfile
