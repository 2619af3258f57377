"""What of a dataset does not fit: its lengths in tokens, and what a run would cut.

A run reads `longest_read` tokens of an example unless it is told otherwise; a comparison asks with
all that the model can read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from jobs.data.storage import row_numbers
from jobs.data.words import count_of
from jobs.errors import Unavailable
from jobs.home import Home
from jobs.methods.effort import longest_read
from jobs.models.lengths import Counts, token_counts
from jobs.training.encode import LEAST_PROMPT
from jobs.types import DatasetInfo, Finding, ModelInfo, ModelKind, Split
from jobs.workspace.answers import Lengths

TOO_LONG = "too_long"  # the finding that is the model's, not the doctor's, and has its mend here
TOO_LONG_ASKED = "too_long_asked"  # the same of the test, from which nothing is learnt
WHY = "The model answers to what it has not read, or does not learn from the row at all."
READ_MORE = (
    "Let the run read more (its option “Longest example”; it takes more time and memory), split "
    "such rows, or leave them out."
)
OTHER_MODEL = "Split such rows, choose a model that reads more, or leave them out."
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

    @property
    def left_out(self) -> np.ndarray:
        """Places of the rows that cannot be learnt from."""
        return self.places[self.tokens < 0]


def lengths(home: Home, dataset: DatasetInfo, info: ModelInfo) -> Lengths:
    """How long the examples of a dataset are for a model, and what of them would not fit."""
    folder = home.dataset(dataset.id)
    counts = token_counts(folder, dataset, info)
    limit = longest_read(info)
    over = sum(len(losses(pairs, limit, info.kind).places) for pairs in counts.values())
    counted = {side: len(pairs) for side, pairs in counts.items()}
    found = (_learnt(home, dataset, info, counts), _asked(home, dataset, info, counts["test"]))
    return Lengths(
        tokens={side: _spread(pairs) for side, pairs in counts.items()},
        limit=limit,
        model_limit=info.max_length,
        over=over,
        findings=tuple(finding for finding in found if finding),
        counted=None if whole(counted, dataset) else sum(counted.values()),
    )


def _learnt(home: Home, dataset: DatasetInfo, info: ModelInfo, counts: Counts) -> Finding | None:
    """What a run loses of the rows that it does not read whole; the press leaves them out."""
    limit = longest_read(info)
    lost = {side: losses(counts[side], limit, info.kind) for side in LEARNT}
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
    beyond = sum(len(losses(counts[s], info.max_length, info.kind).places) for s in LEARNT)
    lengths = _than_the_model(info)
    more = ""
    if limit != info.max_length:
        lengths = f"the {limit:,} tokens that a run reads unless you set more"
        more = _beyond(beyond, count, info)
    sentence = f"{over}{among} {_are(count)} longer than {lengths}: {' and '.join(told)}.{more}"
    cure = READ_MORE if beyond < count else OTHER_MODEL
    label = "Leave the long ones out" if complete else ""
    rows = _numbers(home, dataset, lost)
    return Finding(TOO_LONG, "warning", count, sentence, rows, f"{WHY} {cure}", label)


def _asked(home: Home, dataset: DatasetInfo, info: ModelInfo, counts: np.ndarray) -> Finding | None:
    """Rows of the test that the model cannot read whole."""
    lost = losses(counts, info.max_length, info.kind)
    count = len(lost.places)
    if not count:
        return None
    among = "" if whole({"test": lost.counted}, dataset) else f" of the first {lost.counted:,}"
    which = f"{count_of(count, 'test row')}{among}"
    sentence = f"{which} {_are(count)} longer than {_than_the_model(info)}."
    rows = _numbers(home, dataset, {"test": lost})
    return Finding(TOO_LONG_ASKED, "note", count, sentence, rows, WHY_ASKED)


def _than_the_model(info: ModelInfo) -> str:
    return f"the model can read, {info.max_length:,} tokens"


def _beyond(beyond: int, count: int, info: ModelInfo) -> str:
    """How many of the rows that a run does not read whole the model could not read either."""
    if not info.max_length:
        return ""
    told = f" The model can read {info.max_length:,}"
    if not beyond:
        return f"{told}."
    which = f"{beyond:,} of them" if beyond < count else "it" if count == 1 else "all of them"
    return f"{told}, and {which} {_are(beyond)} longer than that."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


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
    """Places (from 0) of the rows to learn from that a run does not read whole, in each split;
    only where all were counted."""
    counts = token_counts(home.dataset(dataset.id), dataset, info)
    if not whole({side: len(pairs) for side, pairs in counts.items()}, dataset):
        raise Unavailable(
            f"Not every row of “{dataset.spec}” has been counted in tokens.",
            "Wait until the data has been studied, then try again.",
        )
    limit = longest_read(info)
    return {side: set(losses(counts[side], limit, info.kind).places.tolist()) for side in LEARNT}


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
