"""All state: people, conversations, messages, inbox, outbox, cases, audit.

Knows nothing of the other rooms. Every channel writes an `InboundMessage` to the
inbox; every answer leaves as an `OutboundMessage` through the outbox.
"""
