#!/usr/bin/env bash
# The fast part: style, types, import floors, fast tests. Types and floors are looked at beside the tests.
set -euo pipefail
cd "$(dirname "$0")/.."
# Every test has a database of its own: in memory, where the machine has a gigabyte to spare for that.
if [ -z "${TMPDIR:-}" ] && [ "$(df --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 1000000 ] 2>/dev/null; then
    TMPDIR=$(mktemp -d /dev/shm/tests.XXXXXX)
else
    TMPDIR=$(mktemp -d)
fi
export TMPDIR
types=
trap '[ -z "$types" ] || kill "$types" 2>/dev/null || true; rm -rf "$TMPDIR"' EXIT

.venv/bin/ruff check --quiet .
.venv/bin/ruff format --check --quiet .
(.venv/bin/mypy && .venv/bin/lint-imports --no-logo) >"$TMPDIR/types" 2>&1 &
types=$!
failed=0
.venv/bin/python -m pytest -q -m "not slow" -n auto --dist loadfile || failed=$?
wait "$types" || failed=$?
cat "$TMPDIR/types"
exit "$failed"
