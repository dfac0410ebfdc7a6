"""Fixtures of this room."""

from tests.bundled import bundled, conversation, turn

__all__ = ["bundled", "conversation", "turn"]
