"""What a page shows of the data before a run: the prompts as they are read, the loss mask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jobs.data import Renderer, check_template
from jobs.data.stored import StoredRows
from jobs.data.template import PLACEHOLDER
from jobs.home import Home
from jobs.methods import method as find_method
from jobs.methods import virtual
from jobs.methods.run_options import split
from jobs.models.lengths import token_counts
from jobs.training.encode import encode
from jobs.types import DatasetInfo, Example, ModelInfo
from jobs.workspace.answers import MaskedExample, MaskedToken, Reading, TrainRequest
from jobs.workspace.at_hand import AtHand
from jobs.workspace.fitting import Lost, losses
from jobs.workspace.training import values_for

EDGE = 200  # tokens of one state that are shown at the beginning and at the end of their run
LONGEST_SHOWN = 20_000  # tokens of a row that is shown token by token


@dataclass(frozen=True)
class _Room:
    """How many tokens a row may have in a run, and what of them its method takes."""

    tokens: int
    virtual: int
    leads: bool


def mask(
    home: Home,
    at_hand: AtHand,
    dataset: DatasetInfo,
    request: TrainRequest,
    info: ModelInfo,
    limit: int,
    longest: int = 0,
) -> list[MaskedExample]:
    """The first examples token by token, and behind them some of those that lose most."""
    training, own = split(find_method(request.method), values_for(dataset, request, info))
    room = _Room(
        info.at_most(training.max_length),
        virtual.virtual_tokens(own),
        virtual.leads(own),
    )
    examples = list(at_hand.first(dataset.id, limit))
    if longest and info.path is not None:
        folder = home.dataset(dataset.id)
        counts = token_counts(folder, dataset, info, ("train",))["train"]
        lost = losses(counts, room.tokens, info.kind, room.virtual)
        examples += StoredRows(folder).rows("train", _losing_most(counts, lost, limit, longest))
    with at_hand.tokenizer(info) as tokenizer:
        renderer = Renderer(tokenizer, template=dataset.template, kind=info.kind)
        return [_masked(renderer, each, room) for each in examples]


def _losing_most(counts: np.ndarray, lost: Lost, first: int, most: int) -> list[int]:
    """Places in order of the rows that lose most, without the first ones, which are shown."""
    whole = counts[lost.places].sum(axis=1)
    fit = (lost.places >= first) & (whole <= LONGEST_SHOWN)
    weight = np.where(lost.tokens < 0, whole, lost.tokens)[fit]
    chosen = lost.places[fit][np.argsort(-weight, kind="stable")[:most]]
    return sorted(chosen.tolist())


def _masked(renderer: Renderer, example: Example, room: _Room) -> MaskedExample:
    encoding = encode(renderer, [example], room.tokens, room.virtual, renderer.kind, room.leads)
    prompt = renderer.prompt_ids(example.prompt)
    completion = renderer.completion_ids(example.references[0])
    if encoding.rows:
        states = _prompt_states(prompt, list(encoding.rows[0].prompt_ids))
        states += ["learnt"] * len(completion)
    else:
        states = ["cut"] * (len(prompt) + len(completion))
    tokens = _runs(renderer.tokenizer, prompt + completion, states)
    return MaskedExample(example.row, tokens, len(states), states.count("cut"))


def _runs(tokenizer: Any, ids: list[int], states: list[str]) -> tuple[MaskedToken, ...]:
    """Token by token; of a long run of one state only its beginning and its end."""
    shown: list[MaskedToken] = []
    begin = 0
    for end in range(1, len(ids) + 1):
        if end < len(ids) and states[end] == states[begin]:
            continue
        state: Any = states[begin]
        run = ids[begin:end]
        hidden = len(run) - 2 * EDGE
        parts = [run] if hidden <= 0 else [run[:EDGE], run[-EDGE:]]
        for number, part in enumerate(parts):
            if number:
                shown.append(MaskedToken("", state, hidden))
            shown += [MaskedToken(text, state) for text in pieces(tokenizer, part)]
        begin = end
    return tuple(shown)


def reading(
    at_hand: AtHand, dataset: DatasetInfo, info: ModelInfo, template: str | None, limit: int
) -> Reading:
    """The first training prompts as the model reads them, chat template included."""
    chosen = dataset.template if template is None else template
    prompts = [e.prompt for e in at_hand.first(dataset.id, limit)]
    return reading_of(at_hand, prompts, info, chosen)


def reading_of(at_hand: AtHand, prompts: Sequence[str], info: ModelInfo, template: str) -> Reading:
    """Some prompts as the model reads them, before they are in any dataset."""
    chosen = check_template(template)
    if info.path is None:
        texts = tuple(chosen.replace(PLACEHOLDER, prompt) for prompt in prompts)
        return Reading(texts, chosen, None)
    with at_hand.tokenizer(info) as tokenizer:
        renderer = Renderer(tokenizer, template=chosen, kind=info.kind)
        return Reading(tuple(map(renderer.text, prompts)), chosen, renderer.chat)


def pieces(tokenizer: Any, ids: list[int]) -> list[str]:
    """The text of each token; a character split over several tokens stands at the last of them.

    Each is decoded behind the one before it: tokenizers leave a space out where a text begins.
    """
    found: list[str] = []
    known = told = 0  # the text up to `told` was given; it is decoded from `known` on
    for end in range(1, len(ids) + 1):
        before = tokenizer.decode(ids[known:told], skip_special_tokens=False)
        text = tokenizer.decode(ids[known:end], skip_special_tokens=False)
        if text.endswith("\N{REPLACEMENT CHARACTER}") and end < len(ids):
            found.append("")
            continue
        found.append(text[len(before) :])
        known, told = told, end
    return found


def _prompt_states(whole: list[int], kept: list[int]) -> list[str]:
    """Which of a prompt's tokens survived shortening: all, or a head and a tail."""
    if len(kept) == len(whole):
        return ["read"] * len(whole)
    head = 0
    while head < len(kept) and kept[head] == whole[head]:
        head += 1
    tail = len(kept) - head
    return ["read"] * head + ["cut"] * (len(whole) - head - tail) + ["read"] * tail
