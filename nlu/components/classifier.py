"""The intent of a message, with a confidence that means what it says."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from nlu.intents import OUT_OF_SCOPE, IntentModel
from nlu.linear import stack


def sentence_row(message: Message) -> csr_matrix:
    """The sentence features that the featurizers gave a message, shape (1, n)."""
    _, sentence = message.get_sparse_features(TEXT)
    return csr_matrix(sentence.features)


def intent_metadata(message: Message) -> dict[str, Any]:
    """What the training file says beside the message's intent (`metadata:`)."""
    return (message.get(METADATA) or {}).get(METADATA_INTENT) or {}


def is_matter(message: Message) -> bool:
    """Whether a training example only tells what somebody comes for (`metadata: {matter: true}`)."""
    return bool(intent_metadata(message).get("matter"))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CalibratedIntentClassifier(GraphComponent, IntentClassifier):
    """A linear classifier with calibrated confidence and refusal of what is out of scope.

    Out-of-scope training examples may carry `metadata: {topic: …}`: whole topics are then held back
    when the refusal is tuned. Examples with `metadata: {matter: true}` say what people come for: they are
    many, teach what is in scope, and a part of them (`intent_share`) their intent as well.
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

        `strength`: inverse regularisation. `intent_share`: each how many of the matters teaches its intent.
        `in_scope_threshold`: below this probability a text is out of scope. `ranking_length`: intents in
        the ranking.
        """
        return {"strength": 1.0, "intent_share": 4, "in_scope_threshold": 0.65, "ranking_length": 10}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        """Constructs a classifier; without a model it must be trained first."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CalibratedIntentClassifier:
        """Creates a new untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the model on the featurised examples."""
        told = [m for m in training_data.intent_examples if m.get(INTENT) and m.get(TEXT)]
        matters = [message for message in told if is_matter(message)]
        examples = [message for message in told if not is_matter(message)]
        share = self._config["intent_share"]
        examples += matters[::share]
        matters = [message for i, message in enumerate(matters) if i % share]
        self._model = IntentModel.learn(
            stack([sentence_row(message) for message in examples]),
            [message.get(INTENT) for message in examples],
            [str(intent_metadata(message).get("topic", "")) for message in examples],
            strength=self._config["strength"],
            matters=stack([sentence_row(message) for message in matters]) if matters else None,
        )
        with self._model_storage.write_to(self._resource) as directory:
            self._model.save(directory)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CalibratedIntentClassifier:
        """Loads a trained component."""
        with model_storage.read_from(resource) as directory:
            return cls(config, model_storage, resource, IntentModel.load(directory))

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent and ranking of each message."""
        for message in messages:
            if self._model is None or not message.get(TEXT):
                continue
            judgement = self._model.judge(sentence_row(message))
            ranking = [{"name": name, "confidence": chance} for name, chance in judgement.ranking]
            if judgement.in_scope < self._config["in_scope_threshold"]:
                ranking.insert(0, {"name": OUT_OF_SCOPE, "confidence": 1.0 - judgement.in_scope})
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking[: self._config["ranking_length"]], add_to_output=True)
        return messages
