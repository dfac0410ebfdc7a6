"""Settings, and the example file that documents them."""

from __future__ import annotations

import re
from pathlib import Path

from bot.settings import ROOT, Settings


def test_the_example_names_every_setting_and_no_other() -> None:
    named = set(re.findall(r"^#? ?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))

    assert named == {name.upper() for name in Settings.model_fields}


def test_the_database_is_a_file_in_the_data_folder_by_default(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, _env_file=None)

    assert settings.database == f"sqlite:///{tmp_path / 'assistant.db'}"


def test_the_public_address_has_no_slash_at_its_end() -> None:
    assert Settings(public_url="https://x.example/", _env_file=None).base_url == "https://x.example"
