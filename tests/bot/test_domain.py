"""The Rasa domain fits the code around it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.registry import executor
from actions.turn import Services
from bot.dialogue import known_intents
from bot.settings import ROOT
from conversations.messages import OutboundMessage

DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "bot" / "domain.yml").read_text("utf-8"))


def test_every_action_of_the_domain_is_registered_and_no_other(bundled: Services) -> None:
    assert set(executor(bundled).actions) == set(DOMAIN["actions"])


@pytest.mark.parametrize("name", sorted(DOMAIN["responses"]))
def test_every_response_is_a_message_whose_buttons_mean_something(name: str) -> None:
    for variant in DOMAIN["responses"][name]:
        message = OutboundMessage.model_validate(variant["custom"])

        assert message.meta is not None
        for choice in message.choices:
            assert not choice.payload.startswith("/") or choice.payload[1:] in known_intents()


def test_every_intent_but_those_of_buttons_has_examples() -> None:
    examples = [
        yaml.safe_load(path.read_text("utf-8")) for path in Path(ROOT / "nlu" / "examples").glob("*.yml")
    ]
    taught = {item["intent"] for file in examples for item in file["nlu"] if "intent" in item}

    assert taught == set(DOMAIN["intents"]) - {"send_attachment", "life_event"}


def test_texts_for_people_stand_in_data_files() -> None:
    """No Vietnamese sentence in code; parsers of text (redaction, imports) match words."""
    import ast

    marked = set("ăâđêôơưĂÂĐÊÔƠƯ")
    for room in ("bot", "actions", "connectors", "staff"):
        for path in (ROOT / room).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            docstrings = {
                ast.get_docstring(node, clean=False)
                for node in ast.walk(tree)
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    sentence = node.value not in docstrings and len(node.value.split()) > 3
                    assert not (sentence and marked & set(node.value)), f"{path}: {node.value[:60]}"
