"""Prompts that are longer than the room there is."""

from __future__ import annotations

from collections.abc import Sequence


def shorten(ids: Sequence[int], room: int) -> list[int]:
    """Take tokens out of the middle until `room` are left, at least one; training and answering
    both do it so.

    The start holds the beginning token and the instruction, the end the marker that the
    completion follows; a chat prompt without either is not the layout that the model knows.
    """
    if len(ids) <= room:
        return list(ids)
    room = max(room, 1)
    head = room // 2
    return [*ids[:head], *ids[len(ids) - (room - head) :]]
