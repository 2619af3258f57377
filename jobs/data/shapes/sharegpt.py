"""Chat messages as ShareGPT writes them: a list of turns, each with `from` and `value`."""

from __future__ import annotations

from jobs.data.shapes.chat import Chat

SHAPE = Chat("sharegpt", "from", "value")
