"""Runs the Rasa command line inside Rasa's own environment, with two costly things mended.

Started as `.venv-rasa/bin/python -m bot.rasa_main run …` from the top of the project, so that
`config.yml` finds our components.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import warnings
from typing import Any

from bot.without_tensorflow import shadow_tensorflow


def build_action_validator_once() -> None:
    """Check action results with one prepared validator.

    Rasa calls `jsonschema.validate` for every answer, which checks the schema itself again each
    time: three quarters of a turn with a custom action.
    """
    from jsonschema import validators
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    validator = validators.validator_for(schema)(schema)

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate


def end_with_parent() -> None:
    """End this process when the one that started it is gone, even if that was killed.

    The parent says its id: it may be gone before we could ask who it is.
    """
    parent = int(os.environ.get("RASA_PARENT") or os.getppid())

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Hand over to `rasa`, quiet about its libraries' deprecations."""
    end_with_parent()
    warnings.simplefilter("ignore")
    if os.environ.get("RASA_WITH_TENSORFLOW") != "1":
        shadow_tensorflow()
    build_action_validator_once()
    from rasa.__main__ import main as rasa_main

    rasa_main()


if __name__ == "__main__":
    sys.argv[0] = "rasa"
    main()
