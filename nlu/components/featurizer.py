"""Sparse features of what a citizen typed, blind to diacritics."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.gazetteer import gazetteer_of
from nlu.features import IntentFeatures, Vectoriser
from nlu.gazetteer import Gazetteer

_FILE = "featurizer.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SyllableFeaturizer(SparseFeaturizer, GraphComponent):
    """Folded words, word pairs and letter groups, with marks for what the text mentions.

    The marks (see `nlu.features.IntentFeatures`) say that a text names an entry of a lookup table or asks
    in a known way, so that the classifier need not learn every name.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that should be included in the pipeline before this component."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Any extra python dependencies required for this component to run."""
        return ["scipy", "numpy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config.

        `rarest`: features seen in fewer training texts are left out.
        """
        return {**SparseFeaturizer.get_default_config(), "rarest": 2}

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
        vectoriser: Vectoriser | None = None,
        gazetteer: Gazetteer | None = None,
    ) -> None:
        """Constructs a featurizer; without a vectoriser it must be trained first."""
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._vectoriser = vectoriser or Vectoriser({})
        self._gazetteer = gazetteer or Gazetteer({})
        self._features = IntentFeatures(self._gazetteer)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Validates that the component is configured properly."""
        if int(config["rarest"]) < 1:
            raise InvalidConfigException("`rarest` must be at least 1")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SyllableFeaturizer:
        """Creates a new untrained component."""
        return cls(config, execution_context.node_name, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the features of the training texts and the lookup tables."""
        self._gazetteer = gazetteer_of(training_data)
        self._features = IntentFeatures(self._gazetteer)
        texts = [self._features.of(m.get(TEXT)) for m in training_data.training_examples if m.get(TEXT)]
        self._vectoriser = Vectoriser.learn(texts, rarest=self._config["rarest"])
        self._persist()
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds features to the training texts."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds one row for the whole text; no component of ours reads rows of single tokens."""
        for message in messages:
            text = message.get(TEXT)
            if not text:
                continue
            self.add_features_to_message(None, self._vectoriser.row(self._features.of(text)), TEXT, message)
        return messages

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as directory:
            state = {"weights": self._vectoriser.weights, "tables": self._gazetteer.tables}
            (directory / _FILE).write_text(json.dumps(state, ensure_ascii=False), "utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SyllableFeaturizer:
        """Loads a trained component."""
        with model_storage.read_from(resource) as directory:
            state = json.loads((directory / _FILE).read_text("utf-8"))
        return cls(
            config,
            execution_context.node_name,
            model_storage,
            resource,
            Vectoriser(state["weights"]),
            Gazetteer(state["tables"]),
        )
