"""Which field of a procedure is asked: papers, fee, time, place, steps …"""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_CONFIDENCE,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.classifier import intent_metadata, is_matter
from nlu.components.gazetteer import gazetteer_of
from nlu.features import Vectoriser
from nlu.fields import FieldModel
from nlu.linear import LinearModel


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class FieldExtractor(GraphComponent, EntityExtractorMixin):
    """Extracts entities `field` with the values of nlu/data/fields.yaml and `general`.

    Learns from examples whose intent carries `metadata: {field: …}` and from ways of asking put together
    with the names of the lookup table `procedure` and the matters among the examples. Names that an earlier
    extractor found show no field.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that should be included in the pipeline before this component."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Any extra python dependencies required for this component to run."""
        return ["sklearn", "scipy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config.

        `strength`: inverse regularisation. `each`: names that every way of asking is put together with.
        `several`: composed questions for more than one field.
        """
        return {"strength": 1.0, "each": 6, "several": 1_500}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: FieldModel | None = None,
    ) -> None:
        """Constructs an extractor; without a model it knows the cues alone."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model or FieldModel()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FieldExtractor:
        """Creates a new untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the model on the examples that name a field."""
        examples = [m for m in training_data.intent_examples if "field" in intent_metadata(m)]
        fields = [str(intent_metadata(message)["field"]) for message in examples]
        with self._model_storage.write_to(self._resource) as directory:
            if len(set(fields)) > 1:
                self._model = FieldModel.learn(
                    [message.get(TEXT) for message in examples],
                    fields,
                    names=[
                        *gazetteer_of(training_data).tables.get("procedure", []),
                        *(m.get(TEXT) for m in training_data.intent_examples if is_matter(m)),
                    ],
                    strength=self._config["strength"],
                    each=self._config["each"],
                    several=self._config["several"],
                )
            if self._model.linear is not None:
                self._model.linear.save(directory / "fields.npz")
            weights = json.dumps(self._model.vectoriser.weights, ensure_ascii=False)
            (directory / "features.json").write_text(weights, "utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FieldExtractor:
        """Loads a trained component."""
        with model_storage.read_from(resource) as directory:
            vectoriser = Vectoriser(json.loads((directory / "features.json").read_text("utf-8")))
            path = directory / "fields.npz"
            linear = LinearModel.load(path) if path.exists() else None
        return cls(config, model_storage, resource, FieldModel(linear, vectoriser))

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the fields asked to each message's entities."""
        for message in messages:
            text = message.get(TEXT)
            if not text:
                continue
            entities = message.get(ENTITIES, [])
            masked = [
                (entity[ENTITY_ATTRIBUTE_START], entity[ENTITY_ATTRIBUTE_END])
                for entity in entities
                if entity[ENTITY_ATTRIBUTE_TYPE] == "procedure"
            ]
            found = [
                {
                    ENTITY_ATTRIBUTE_TYPE: "field",
                    ENTITY_ATTRIBUTE_START: asked.start,
                    ENTITY_ATTRIBUTE_END: asked.end,
                    ENTITY_ATTRIBUTE_VALUE: asked.field,
                    ENTITY_ATTRIBUTE_CONFIDENCE: asked.confidence,
                }
                for asked in self._model.asked(text, masked)
            ]
            message.set(ENTITIES, entities + self.add_extractor_name(found), add_to_output=True)
        return messages
