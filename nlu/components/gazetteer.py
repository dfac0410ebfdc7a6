"""Names that a lookup table lists: procedures as people call them, places old and new."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.gazetteer import Gazetteer
from nlu.text import read

_FILE = "gazetteer.json"


def gazetteer_of(training_data: TrainingData) -> Gazetteer:
    """The lookup tables of training data; a table that names a file is read from it."""
    tables: dict[str, list[str]] = {}
    for table in training_data.lookup_tables:
        elements = table["elements"]
        if isinstance(elements, str):
            with open(elements, encoding="utf-8") as lines:
                elements = [line.strip() for line in lines if line.strip()]
        tables.setdefault(table["name"], []).extend(elements)
    return Gazetteer(tables)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class GazetteerExtractor(GraphComponent, EntityExtractorMixin):
    """Extracts the names of the training data's lookup tables as entities named after the table."""

    @staticmethod
    def required_packages() -> list[str]:
        """Any extra python dependencies required for this component to run."""
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config."""
        return {}

    def __init__(self, model_storage: ModelStorage, resource: Resource, gazetteer: Gazetteer) -> None:
        """Constructs an extractor over a gazetteer."""
        self._model_storage = model_storage
        self._resource = resource
        self._gazetteer = gazetteer

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GazetteerExtractor:
        """Creates a new untrained component."""
        return cls(model_storage, resource, Gazetteer({}))

    def train(self, training_data: TrainingData) -> Resource:
        """Takes over the lookup tables."""
        self._gazetteer = gazetteer_of(training_data)
        with self._model_storage.write_to(self._resource) as directory:
            (directory / _FILE).write_text(json.dumps(self._gazetteer.tables, ensure_ascii=False), "utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> GazetteerExtractor:
        """Loads a trained component."""
        with model_storage.read_from(resource) as directory:
            tables = json.loads((directory / _FILE).read_text("utf-8"))
        return cls(model_storage, resource, Gazetteer(tables))

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the names found in each message to its entities."""
        for message in messages:
            found = [
                {
                    ENTITY_ATTRIBUTE_TYPE: mention.entity,
                    ENTITY_ATTRIBUTE_START: mention.start,
                    ENTITY_ATTRIBUTE_END: mention.end,
                    ENTITY_ATTRIBUTE_VALUE: mention.value,
                }
                for mention in self._gazetteer.find(read(message.get(TEXT) or ""))
            ]
            entities = message.get(ENTITIES, []) + self.add_extractor_name(found)
            message.set(ENTITIES, entities, add_to_output=True)
        return messages
