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
TOO_LONG_ASKED = "too_long_asked"  # the same of the test, from which nothing is learnt
WHY = (
    "The model answers to what it has not read, or does not learn from the row at all. Split such "
    "rows, choose a model that reads more, or leave them out."
)
WHY_ASKED = (
    "They are kept for the test, so nothing is learnt from them: a comparison asks them, shortens "
    "a prompt for which there is no room, and says so."
)
LEARNT: dict[Split, str] = {"train": "training row", "validation": "validation row"}
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
        findings=_findings(home, dataset, info, lost),
        counted=None if whole(counted, dataset) else sum(counted.values()),
    )


def _findings(
    home: Home, dataset: DatasetInfo, info: ModelInfo, lost: Mapping[Split, Lost]
) -> tuple[Finding, ...]:
    """What a run loses of the rows that do not fit, with the press that leaves them out; then, of
    the test, which rows they are."""
    learnt = {side: each for side, each in lost.items() if side != "test"}
    found = (_learnt(home, dataset, info, learnt), _asked(home, dataset, info, lost["test"]))
    return tuple(finding for finding in found if finding)


def _learnt(
    home: Home, dataset: DatasetInfo, info: ModelInfo, lost: Mapping[Split, Lost]
) -> Finding | None:
    every = np.concatenate([each.tokens for each in lost.values()])
    count = len(every)
    if not count:
        return None
    counted = {side: each.counted for side, each in lost.items()}
    complete = whole(counted, dataset)
    cut, hopeless = int(every[every > 0].sum()), int((every < 0).sum())
    told = []
    if cut:
        told.append(f"{count_of(cut, 'token')} would be cut out of the middle of the prompts")
    if hopeless:
        left_out = _sides({side: each.tokens[each.tokens < 0] for side, each in lost.items()})
        which = left_out if hopeless < count else "it" if count == 1 else "all of them"
        told.append(f"{which} would be left out, for want of room for a prompt")
    among = "" if complete else f" of the first {sum(counted.values()):,}"
    over = _sides({side: each.places for side, each in lost.items()})
    sentence = f"{over}{among} {_too_long(count, info)}: {' and '.join(told)}."
    label = "Leave the long ones out" if complete else ""
    rows = _numbers(home, dataset, lost)
    return Finding(TOO_LONG, "warning", count, sentence, rows, WHY, label)


def _asked(home: Home, dataset: DatasetInfo, info: ModelInfo, lost: Lost) -> Finding | None:
    count = len(lost.places)
    if not count:
        return None
    among = "" if whole({"test": lost.counted}, dataset) else f" of the first {lost.counted:,}"
    sentence = f"{count_of(count, 'test row')}{among} {_too_long(count, info)}."
    rows = _numbers(home, dataset, {"test": lost})
    return Finding(TOO_LONG_ASKED, "note", count, sentence, rows, WHY_ASKED)


def _too_long(count: int, info: ModelInfo) -> str:
    has = "is" if count == 1 else "are"
    return f"{has} longer than the model can read, {info.max_length:,} tokens"


def _sides(lost: Mapping[Split, np.ndarray]) -> str:
    """“45 training rows and 5 validation rows”, as a run counts them apart."""
    parts = [count_of(len(rows), LEARNT[side]) for side, rows in lost.items() if len(rows)]
    return " and ".join(parts)


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
