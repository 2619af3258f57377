"""What of a dataset does not fit a model: its lengths in tokens, and what would be cut."""

from __future__ import annotations

from collections.abc import Mapping

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
SHOWN = 20_000  # lengths of a split that a picture is made from
LISTED = 20  # rows that are too long and are named


def lengths(home: Home, dataset: DatasetInfo, info: ModelInfo) -> Lengths:
    """How long the examples of a dataset are for a model, and what of them would not fit."""
    folder = home.dataset(dataset.id)
    counts = token_counts(folder, dataset, info)
    lost = {side: losses(pairs, info.max_length, info.kind) for side, pairs in counts.items()}
    return Lengths(
        tokens={s: tuple(_spread(pairs.sum(axis=1)).tolist()) for s, pairs in counts.items()},
        limit=info.max_length,
        over=sum(int((each != 0).sum()) for each in lost.values()),
        finding=_finding(home, dataset, info, lost),
    )


def _finding(
    home: Home, dataset: DatasetInfo, info: ModelInfo, lost: Mapping[Split, np.ndarray]
) -> Finding | None:
    """What is lost of the rows that do not fit, and the press that leaves them out."""
    every = np.concatenate([*lost.values()])
    count = int((every != 0).sum())
    if not count:
        return None
    cut, left_out = int(every[every > 0].sum()), int((every < 0).sum())
    told = []
    if cut:
        told.append(f"{count_of(cut, 'token')} would be cut out of the middle of the prompts")
    if left_out:
        told.append(f"{count_of(left_out, 'row')} would be left out, for want of room for a prompt")
    has = "is" if count == 1 else "are"
    among = "" if whole(lost, dataset) else f" of the first {len(every):,}"
    sentence = (
        f"{count_of(count, 'row')}{among} {has} longer than the model can read, "
        f"{info.max_length:,} tokens: {' and '.join(told)}."
    )
    learnt = whole(lost, dataset) and any(lost[side].any() for side in ("train", "validation"))
    label = "Leave the long ones out" if learnt else ""
    rows = _numbers(home, dataset, lost)
    return Finding(TOO_LONG, "warning", count, sentence, rows, WHY, label)


def losses(counts: np.ndarray, limit: int, kind: ModelKind, virtual_tokens: int = 0) -> np.ndarray:
    """Of each row the tokens that are cut out of its prompt; -1 where it cannot be learnt from.

    `counts` are those of prompt and completion, as `token_counts` has them; the rule is that of
    `jobs.training.encode`. A limit of 0 is none.
    """
    prompt, completion = counts[:, 0], counts[:, 1]
    if not limit:
        return np.zeros(len(counts), np.int64)
    causal = kind == "causal"
    room = np.full(len(counts), limit - virtual_tokens) - (completion if causal else 0)
    lost = np.maximum(prompt - room, 0)
    hopeless = (lost > 0) & (room < LEAST_PROMPT)
    if not causal:
        hopeless |= completion > limit
    return np.where(hopeless, -1, lost)


def too_long(home: Home, dataset: DatasetInfo, info: ModelInfo) -> dict[Split, set[int]]:
    """Places (from 0) of the rows that do not fit, in each split; only where all were counted."""
    counts = token_counts(home.dataset(dataset.id), dataset, info)
    if not whole(counts, dataset):
        raise Unavailable(
            f"Not every row of “{dataset.spec}” has been counted in tokens.",
            "Wait until the data has been studied, then try again.",
        )
    return {
        side: set(np.flatnonzero(losses(pairs, info.max_length, info.kind)).tolist())
        for side, pairs in counts.items()
    }


def _numbers(home: Home, dataset: DatasetInfo, lost: Mapping[Split, np.ndarray]) -> tuple[int, ...]:
    """The numbers in the file of the first rows that do not fit."""
    found: list[int] = []
    for side, each in lost.items():
        places = np.flatnonzero(each)
        if len(places):
            found += row_numbers(home.dataset(dataset.id), side)[places].tolist()
    return tuple(sorted(found)[:LISTED])


def whole(counts: Mapping[Split, np.ndarray], dataset: DatasetInfo) -> bool:
    """Whether every row was counted, not the first few thousand of each split alone."""
    return all(len(pairs) == dataset.counts.get(side, 0) for side, pairs in counts.items())


def _spread(tokens: np.ndarray) -> np.ndarray:
    """At most `SHOWN` lengths that stand for all: evenly taken in order, the longest among them."""
    if len(tokens) <= SHOWN:
        return tokens
    return np.sort(tokens)[np.linspace(0, len(tokens) - 1, SHOWN).astype(np.int64)]
