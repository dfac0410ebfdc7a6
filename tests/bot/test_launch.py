"""What the start decides before anything runs."""

from __future__ import annotations

from pathlib import Path

from bot.launch import tracker_file
from bot.settings import Settings


def test_another_database_has_other_dialogues(tmp_path: Path) -> None:
    ours = Settings(data_dir=tmp_path, _env_file=None)
    demo = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'demo.db'}", _env_file=None)
    assert tracker_file(ours) != tracker_file(demo)
    assert tracker_file(ours) == tracker_file(Settings(data_dir=tmp_path, _env_file=None))
