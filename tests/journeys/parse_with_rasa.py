"""Run in Rasa's environment: parses the lines of standard input with a model, as JSON lines."""

import asyncio
import json
import os
import sys

if os.environ["RASA_WITH_TENSORFLOW"] != "1":
    from bot.without_tensorflow import shadow_tensorflow

    shadow_tensorflow()

from rasa.core.agent import load_agent


async def main() -> None:
    agent = await load_agent(model_path=sys.argv[1])
    for line in sys.stdin:
        parsed = await agent.parse_message(line.strip())
        print("PARSED " + json.dumps([parsed["intent"], parsed["entities"]], sort_keys=True))
    print("TENSORFLOW " + str(hasattr(sys.modules["tensorflow"], "__version__")))


asyncio.run(main())
