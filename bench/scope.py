"""What is answered and what is refused: `python -m bench.scope`.

Puts `data/scope-questions.jsonl` to the assistant, with the real Rasa server. Of the half `tune` the worst
errors are shown; the half `held` is only counted.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from bot.ask import run_lines
from bot.evaluation import Case, judge, report
from bot.settings import Settings
from conversations.messages import Channel

QUESTIONS = Path(__file__).parent / "data" / "scope-questions.jsonl"
WRITTEN = date(2026, 11, 24)


def main() -> None:
    """Run the measurement."""
    splits = [json.loads(line)["split"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    cases = Case.read(QUESTIONS)
    answers = run_lines(Settings(), (case.question for case in cases), Channel.TERMINAL, WRITTEN)
    judged = judge(cases, answers)
    for split in ("tune", "held"):
        text = report([one for one, of in zip(judged, splits, strict=True) if of == split])
        shown = text if split == "tune" else text.partition("\n\n")[0]
        print(split, shown, "", sep="\n")


if __name__ == "__main__":
    main()
