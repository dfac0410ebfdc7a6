"""What the assistant does: rasa-sdk actions, each thin.

An action reads the turn, calls a room below and says the result. Texts are in `texts.yaml`.
"""
