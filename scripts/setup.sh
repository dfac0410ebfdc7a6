#!/usr/bin/env bash
# Makes both environments from the pinned requirement files, only when these have changed.
#   scripts/setup.sh        .venv (the app) and .venv-rasa (the Rasa server)
#   scripts/setup.sh --dev  the same, with what the tests and the training of the embedding need
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

find_python() {
    local candidate
    for candidate in \
        "${PYTHON:-}" \
        "$(command -v python3.11 || true)" \
        "$(command -v uv >/dev/null 2>&1 && uv python find --no-project 3.11 2>/dev/null || true)" \
        "$(ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.11.*/bin/python 2>/dev/null | tail -n 1 || true)" \
        "$(command -v python3 || true)"; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            printf '%s' "$candidate"
            return 0
        fi
    done
    return 1
}

python=$(find_python) || {
    say "Không tìm thấy Python 3.11 (kèm venv). Hãy cài một trong các cách sau rồi chạy lại:"
    say "Python 3.11 (with venv) was not found. Install it in one of these ways, then try again:"
    say "    Debian/Ubuntu:  sudo apt install python3.11 python3.11-venv"
    say "    uv:             uv python install 3.11"
    say "    pyenv:          pyenv install 3.11"
    say "Nếu Python nằm ở nơi khác / if it lies elsewhere:  PYTHON=/path/to/python3.11 make run"
    exit 1
}

# uv is several times faster than pip; it comes from PyPI into a folder of its own.
uv=$(command -v uv || true)
if [ -z "$uv" ]; then
    if [ ! -x .tools/bin/uv ]; then
        say "• Chuẩn bị công cụ cài đặt (uv)…"
        "$python" -m venv .tools && .tools/bin/python -m pip install --quiet "uv==0.13.9" || true
    fi
    uv=.tools/bin/uv
fi
# uv reads no pip settings; where the machine keeps wheels on disk for pip, uv may use them too.
[ -z "${PIP_FIND_LINKS:-}" ] || export UV_FIND_LINKS="${UV_FIND_LINKS:-${PIP_FIND_LINKS// /,}}"

# install VENV FILE... : all pins are in the files, so nothing is resolved again (--no-deps).
install() {
    local venv=$1 stamp wanted files=()
    shift
    stamp="$venv/.installed"
    wanted=$(cat "$@" | sha256sum | cut -d' ' -f1)
    [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || return 0
    say "• Cài đặt môi trường $venv (lần đầu mất vài phút)…"
    for file in "$@"; do files+=(-r "$file"); done
    [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
    if [ -x "$uv" ]; then
        "$uv" pip install --quiet --no-deps --compile-bytecode --python "$venv/bin/python" "${files[@]}"
    else
        "$venv/bin/python" -m pip install --quiet --no-deps --ignore-requires-python --compile "${files[@]}"
    fi
    printf '%s' "$wanted" >"$stamp"
}

# PyPI's torch for Linux carries several GB of CUDA: take the CPU build where one can be had.
install_torch() {
    local pin
    pin=$(grep '^torch==' requirements/app.txt)
    .venv/bin/python -c "from importlib.metadata import version as v; exit(v('torch').split('+')[0] != '${pin#torch==}')" \
        2>/dev/null && return 0
    say "• Cài đặt PyTorch bản CPU…"
    if [ -x "$uv" ]; then
        { [ -n "${UV_FIND_LINKS:-}" ] && "$uv" pip install --quiet --no-deps --python .venv/bin/python "$pin+cpu" 2>/dev/null; } \
            || "$uv" pip install --quiet --no-deps --python .venv/bin/python --torch-backend cpu "$pin" 2>/dev/null \
            || "$uv" pip install --quiet --python .venv/bin/python "$pin"
    else
        .venv/bin/python -m pip install --quiet --extra-index-url https://download.pytorch.org/whl/cpu "$pin"
    fi
    .venv/bin/python -m compileall -q .venv/lib/python3.11/site-packages/torch >/dev/null 2>&1 || true
}

app_files=(requirements/app.txt)
# Once the test tools are in, later plain runs keep them.
if [ "${1:-}" = "--dev" ] || [ -e .venv/.dev ]; then app_files+=(requirements/dev.txt); fi
[ -x .venv/bin/python ] || "$python" -m venv .venv
[ "${1:-}" != "--dev" ] || touch .venv/.dev

without_torch=()
mkdir -p var
for file in "${app_files[@]}"; do
    grep -v '^torch==' "$file" >"var/$(basename "$file")"
    without_torch+=("var/$(basename "$file")")
done
install .venv "${without_torch[@]}"
install_torch
install .venv-rasa requirements/rasa.txt
