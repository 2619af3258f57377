"""What a page shows of the data before a run: the prompts as they are read, the loss mask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobs.data import Renderer, check_template
from jobs.data.template import PLACEHOLDER
from jobs.methods import method as find_method
from jobs.methods.run_options import split
from jobs.training.encode import encode
from jobs.types import DatasetInfo, Example, ModelInfo
from jobs.workspace.answers import MaskedExample, MaskedToken, Reading, TrainRequest
from jobs.workspace.at_hand import AtHand
from jobs.workspace.training import values_for


def mask(
    at_hand: AtHand, dataset: DatasetInfo, request: TrainRequest, info: ModelInfo, limit: int
) -> list[MaskedExample]:
    """The first examples token by token: what is read, what is learnt, what is cut away."""
    examples = at_hand.first(dataset.id, limit)
    with at_hand.tokenizer(info) as tokenizer:
        return _masked(tokenizer, examples, dataset, request, info)


def _masked(
    tokenizer: Any,
    examples: Sequence[Example],
    dataset: DatasetInfo,
    request: TrainRequest,
    info: ModelInfo,
) -> list[MaskedExample]:
    renderer = Renderer(tokenizer, template=dataset.template, kind=info.kind)
    training, own = split(find_method(request.method), values_for(dataset, request, info))
    shown = []
    for example in examples:
        encoding = encode(
            renderer,
            [example],
            min(training.max_length, info.max_length or training.max_length),
            getattr(own, "virtual_tokens", 0),
            info.kind,
            not getattr(own, "in_cache", False),
        )
        whole_prompt = renderer.prompt_ids(example.prompt)
        completion = renderer.completion_ids(example.references[0])
        if not encoding.rows:
            states = ["cut"] * (len(whole_prompt) + len(completion))
        else:
            states = _prompt_states(whole_prompt, list(encoding.rows[0].prompt_ids))
            states += ["learnt"] * len(completion)
        pieces = _pieces(tokenizer, whole_prompt + completion)
        tokens = tuple(
            MaskedToken(text, state)  # type: ignore[arg-type]
            for text, state in zip(pieces, states, strict=True)
        )
        shown.append(MaskedExample(row=example.row, tokens=tokens))
    return shown


def reading(
    at_hand: AtHand, dataset: DatasetInfo, info: ModelInfo, template: str | None, limit: int
) -> Reading:
    """The first training prompts as the model reads them, chat template included."""
    chosen = dataset.template if template is None else check_template(template)
    prompts = [e.prompt for e in at_hand.first(dataset.id, limit)]
    if info.path is None:
        texts = tuple(chosen.replace(PLACEHOLDER, prompt) for prompt in prompts)
        return Reading(texts, chosen, None)
    with at_hand.tokenizer(info) as tokenizer:
        renderer = Renderer(tokenizer, template=chosen, kind=info.kind)
        return Reading(tuple(map(renderer.text, prompts)), chosen, renderer.chat)


def _prompt_states(whole: list[int], kept: list[int]) -> list[str]:
    """Which of a prompt's tokens survived shortening: all, or a head and a tail."""
    if len(kept) == len(whole):
        return ["read"] * len(whole)
    head = 0
    while head < len(kept) and kept[head] == whole[head]:
        head += 1
    tail = len(kept) - head
    return ["read"] * head + ["cut"] * (len(whole) - head - tail) + ["read"] * tail


def _pieces(tokenizer: Any, ids: list[int]) -> list[str]:
    """The text of each token; a character split over several tokens stands at the last of them."""
    pieces: list[str] = []
    shown = text = ""
    for end in range(1, len(ids) + 1):
        text = tokenizer.decode(ids[:end], skip_special_tokens=False)
        if text.endswith("\N{REPLACEMENT CHARACTER}"):
            pieces.append("")
            continue
        pieces.append(text[len(shown) :])
        shown = text
    if pieces and text != shown:  # it ends in the middle of a character
        pieces[-1] = text[len(shown) :]
    return pieces
