"""Tokens of Vietnamese text, each with its place in the text as typed."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from nlu.text import fold, has_diacritics, normalise

_SYLLABLE = re.compile(r"[^\W_][\w\u0300-\u036f./-]*[^\W_]|[^\W_]")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class VietnameseTokenizer(Tokenizer):
    """Splits into words by underthesea where the text has diacritics, into syllables otherwise.

    Without diacritics a segmenter glues syllables at random. A token's lemma is its normalised and
    folded form ("GKS" → "giay khai sinh").
    """

    @staticmethod
    def required_packages() -> list[str]:
        """Any extra python dependencies required for this component to run."""
        return ["underthesea"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config.

        `segment`: whether to join the syllables of a word; a model without it starts faster.
        """
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "segment": True,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> VietnameseTokenizer:
        """Creates a new component."""
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of one attribute of a message, in order, never overlapping."""
        text = message.get(attribute)
        pieces = [(match.start(), match.end()) for match in _SYLLABLE.finditer(text)]
        if self._config["segment"] and len(pieces) > 1 and has_diacritics(text):
            pieces = _joined(text, pieces)
        tokens = [
            Token(text[start:end], start, end, lemma=fold(normalise(text[start:end])) or None)
            for start, end in pieces
        ]
        return self._apply_token_pattern(tokens)


def _joined(text: str, syllables: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join neighbouring syllables that underthesea holds to be one word."""
    from underthesea import word_tokenize

    starts = {start for start, _ in syllables}
    joined: list[tuple[int, int]] = []
    position = 0
    inside_until = -1
    words = iter(word_tokenize(text))
    boundaries: dict[int, int] = {}
    for word in words:
        at = text.find(word, position)
        if at >= 0:
            boundaries[at] = position = at + len(word)
    for start, end in syllables:
        if start < inside_until and joined:
            joined[-1] = (joined[-1][0], end)
            continue
        joined.append((start, end))
        inside_until = boundaries.get(start, end) if start in starts else end
    return joined
