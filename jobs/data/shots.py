"""Examples in the prompt: what a base can do without any tuning, if it is shown how."""

from __future__ import annotations

import random
from collections.abc import Sequence

from jobs.data.template import Renderer
from jobs.types import Example

MOST = 5  # examples a prompt
GAP = "\n\n"  # between examples in plain text; an answer that goes on beyond it has ended
WIDE_GAP = "\n\n----\n\n"


def choose(examples: Sequence[Example], count: int, seed: str) -> tuple[Example, ...]:
    """`count` of the training split, drawn by the seed; a smaller count gives the first of them."""
    drawn = random.Random(seed).sample(range(len(examples)), min(MOST, len(examples)))
    return tuple(examples[place] for place in drawn[:count])


def gap(shots: Sequence[Example]) -> str:
    """What stands between examples in plain text, and does not stand in any of them."""
    texts = [text for shot in shots for text in (shot.prompt, shot.references[0])]
    return WIDE_GAP if any(GAP in text for text in texts) else GAP


def with_shots(renderer: Renderer, prompt: str, shots: Sequence[Example]) -> str:
    """What the model reads: for a chat model earlier turns, else one text after another."""
    pairs = [(shot.prompt, shot.references[0]) for shot in shots]
    return renderer.text(prompt, pairs, gap(shots))


def fitting(
    renderer: Renderer, prompt: str, shots: Sequence[Example], room: int
) -> tuple[list[int], int]:
    """The ids of the prompt with as many of the examples, from the first, as `room` holds, and
    how many these are."""
    for count in range(len(shots), 0, -1):
        some = shots[:count]
        pairs = [(shot.prompt, shot.references[0]) for shot in some]
        ids = renderer.prompt_ids(prompt, pairs, gap(some))
        if len(ids) <= room:
            return ids, count
    return renderer.prompt_ids(prompt), 0
