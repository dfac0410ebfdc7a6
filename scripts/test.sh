#!/usr/bin/env bash
# The slow part: real Rasa, PostgreSQL, Chromium. Run after check.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/python -m pytest -q -m slow
