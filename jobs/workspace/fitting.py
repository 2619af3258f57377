"""What of a dataset does not fit a model: its lengths in tokens, and what would be cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from jobs.data.storage import row_numbers
from jobs.data.words import count_of
from jobs.errors import Unavailable
from jobs.home import Home
from jobs.models.lengths import token_counts
from jobs.training.encode import LEAST_PROMPT
from jobs.types import DatasetInfo, Finding, ModelInfo, ModelKind, Split
from jobs.workspace.answers import Lengths

TOO_LONG = "too_long"  # the finding that is the model's, not the doctor's, and has its mend here
WHY = (
    "The model answers to what it has not read, or does not learn from the row at all. Split such "
    "rows, choose a model that reads more, or leave them out."
)
WHY_ASKED = (
    "They are kept for the test, so nothing is learnt from them: a comparison asks the shortened "
    "prompt, and says so."
)
SHOWN = 20_000  # lengths of a split that a picture is made from
LISTED = 20  # rows that are too long and are named


@dataclass(frozen=True)
class Lost:
    """The rows of a split that do not fit, in their order; few of very many."""

    places: np.ndarray  # int64, from 0
    tokens: np.ndarray  # int64, cut out of the prompt; -1 where a row cannot be learnt from
    counted: int  # rows that were looked at


def lengths(home: Home, dataset: DatasetInfo, info: ModelInfo) -> Lengths:
    """How long the examples of a dataset are for a model, and what of them would not fit."""
    folder = home.dataset(dataset.id)
    counts = token_counts(folder, dataset, info)
    lost = {side: losses(pairs, info.max_length, info.kind) for side, pairs in counts.items()}
    counted = {side: len(pairs) for side, pairs in counts.items()}
    return Lengths(
        tokens={side: _spread(pairs) for side, pairs in counts.items()},
        limit=info.max_length,
        over=sum(len(each.places) for each in lost.values()),
        finding=_finding(home, dataset, info, lost),
        counted=None if whole(counted, dataset) else sum(counted.values()),
    )


def _finding(
    home: Home, dataset: DatasetInfo, info: ModelInfo, lost: Mapping[Split, Lost]
) -> Finding | None:
    """What is lost of the rows that do not fit, and the press that leaves them out."""
    every = np.concatenate([each.tokens for each in lost.values()])
    if not len(every):
        return None
    counted = {side: each.counted for side, each in lost.items()}
    complete, count = whole(counted, dataset), len(every)
    cut, left_out = int(every[every > 0].sum()), int((every < 0).sum())
    told = []
    if cut:
        told.append(f"{count_of(cut, 'token')} would be cut out of the middle of the prompts")
    if left_out:
        told.append(f"{count_of(left_out, 'row')} would be left out, for want of room for a prompt")
    has = "is" if count == 1 else "are"
    among = "" if complete else f" of the first {sum(counted.values()):,}"
    sentence = (
        f"{count_of(count, 'row')}{among} {has} longer than the model can read, "
        f"{info.max_length:,} tokens: {' and '.join(told)}."
    )
    rows = _numbers(home, dataset, lost)
    if count == len(lost["test"].places):
        return Finding(TOO_LONG, "note", count, sentence, rows, WHY_ASKED)
    label = "Leave the long ones out" if complete else ""
    return Finding(TOO_LONG, "warning", count, sentence, rows, WHY, label)


def losses(counts: np.ndarray, limit: int, kind: ModelKind, virtual_tokens: int = 0) -> Lost:
    """The rows that are not read whole, and what each loses.

    `counts` are those of prompt and completion, as `token_counts` has them; the rule is that of
    `jobs.training.encode`. A limit of 0 is none.
    """
    causal, room = kind == "causal", limit - virtual_tokens
    prompt, completion = counts[:, 0], counts[:, 1]
    if not limit:
        over = np.zeros(len(counts), bool)
    elif causal:
        over = prompt + completion > room
    else:
        over = (prompt > room) | (completion > limit)
    places = np.flatnonzero(over)
    prompt, completion = prompt[places], completion[places]
    left = room - completion if causal else np.full(len(places), room)
    hopeless = (prompt > left) & (left < LEAST_PROMPT)
    if not causal:
        hopeless |= completion > limit
    return Lost(places, np.where(hopeless, -1, prompt - left), len(counts))


def too_long(home: Home, dataset: DatasetInfo, info: ModelInfo) -> dict[Split, set[int]]:
    """Places (from 0) of the rows that do not fit, in each split; only where all were counted."""
    counts = token_counts(home.dataset(dataset.id), dataset, info)
    if not whole({side: len(pairs) for side, pairs in counts.items()}, dataset):
        raise Unavailable(
            f"Not every row of “{dataset.spec}” has been counted in tokens.",
            "Wait until the data has been studied, then try again.",
        )
    return {
        side: set(losses(pairs, info.max_length, info.kind).places.tolist())
        for side, pairs in counts.items()
    }


def _numbers(home: Home, dataset: DatasetInfo, lost: Mapping[Split, Lost]) -> tuple[int, ...]:
    """The numbers in the file of the first rows that do not fit."""
    found: list[int] = []
    for side, each in lost.items():
        if len(each.places):
            found += row_numbers(home.dataset(dataset.id), side)[each.places].tolist()
    return tuple(sorted(found)[:LISTED])


def whole(counted: Mapping[Split, int], dataset: DatasetInfo) -> bool:
    """Whether every row was counted, not the first few thousand of each split alone."""
    return all(rows == dataset.counts.get(side, 0) for side, rows in counted.items())


def _spread(counts: np.ndarray) -> tuple[int, ...]:
    """The length of each row; of very many, `SHOWN` taken evenly over the data, and the longest."""
    tokens = counts[:, 0] + counts[:, 1]
    if len(tokens) <= SHOWN:
        return tuple(tokens.tolist())
    some = tokens[np.linspace(0, len(tokens) - 1, SHOWN - 1).astype(np.int64)]
    return (*some.tolist(), int(tokens.max()))
