"""Documents as rows of tokens: several to a row, none seeing another."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from tokenizers import Tokenizer

from .corpus.document import Document
from .tokenizer import ASSISTANT, END, USER, mark_id

PROMPT_WEIGHT = 0.3
PROSE_WEIGHT = 0.5
ROW_LENGTHS = (256, 512, 1024)
MICRO_TOKENS = 4096


@dataclass(frozen=True)
class Encoded:
    """A document's token ids, and how much each counts in the loss."""

    ids: list[int]
    weights: list[float]


@dataclass(frozen=True)
class Batch:
    """Rows of equal length; `segments` says which document a token belongs to (0 is padding)."""

    ids: torch.Tensor
    weights: torch.Tensor
    segments: torch.Tensor
    positions: torch.Tensor


def encode(tokenizer: Tokenizer, documents: Sequence[Document]) -> list[Encoded]:
    """Token ids of each document as the chat template renders it."""
    marks = {mark: mark_id(tokenizer, mark) for mark in (USER, ASSISTANT, END)}
    texts = [
        text
        for d in documents
        for text in (d.system, *(part for t in d.turns for part in (t.user, t.assistant)))
    ]
    pieces = iter(e.ids for e in tokenizer.encode_batch(texts, add_special_tokens=False))
    result = []
    for document in documents:
        head = next(pieces)
        ids, weights = list(head), [PROMPT_WEIGHT if document.turns else PROSE_WEIGHT] * len(head)
        for _ in document.turns:
            user, answer = next(pieces), next(pieces)
            prompt = [marks[USER], *user, marks[ASSISTANT]]
            ids += [*prompt, *answer, marks[END]]
            weights += [PROMPT_WEIGHT] * len(prompt) + [1.0] * (len(answer) + 1)
        if not document.turns:
            ids.append(marks[END])
            weights.append(PROSE_WEIGHT)
        weights[0] = 0.0
        result.append(Encoded(ids, weights))
    return result


def _fill_rows(encoded: list[Encoded], length: int, open_rows: int = 24) -> list[list[Encoded]]:
    """Documents laid into rows, each into the first of the open rows that has room."""
    rows: list[list[Encoded]] = []
    room: list[int] = []
    done: list[list[Encoded]] = []
    for item in encoded:
        size = len(item.ids)
        at = next((i for i, left in enumerate(room) if left >= size), None)
        if at is None:
            if len(rows) >= open_rows:
                fullest = min(range(len(room)), key=room.__getitem__)
                done.append(rows.pop(fullest))
                room.pop(fullest)
            rows.append([])
            room.append(length)
            at = len(rows) - 1
        rows[at].append(item)
        room[at] -= size
    return done + rows


def _to_batch(rows: list[list[Encoded]], length: int) -> Batch:
    """Rows as tensors."""
    ids = np.zeros((len(rows), length), dtype=np.int64)
    weights = np.zeros((len(rows), length), dtype=np.float32)
    segments = np.zeros((len(rows), length), dtype=np.int64)
    positions = np.zeros((len(rows), length), dtype=np.int64)
    for row, items in enumerate(rows):
        start = 0
        for number, item in enumerate(items, 1):
            end = start + len(item.ids)
            ids[row, start:end], weights[row, start:end] = item.ids, item.weights
            segments[row, start:end], positions[row, start:end] = number, np.arange(len(item.ids))
            start = end
    return Batch(*(torch.from_numpy(a) for a in (ids, weights, segments, positions)))


def batches(
    tokenizer: Tokenizer, documents: Iterator[Document], seed: int, chunk: int = 4000
) -> Iterator[Batch]:
    """Batches of `MICRO_TOKENS` tokens without end; what fills none waits for the next chunk."""
    rng = random.Random(seed)
    waiting: dict[int, list[list[Encoded]]] = {length: [] for length in ROW_LENGTHS}
    while True:
        encoded = encode(tokenizer, list(islice(documents, chunk)))
        lower = 0
        ready: list[Batch] = []
        for length in ROW_LENGTHS:
            fitting = [e for e in encoded if lower < len(e.ids) <= length]
            waiting[length] += _fill_rows(fitting, length)
            rng.shuffle(waiting[length])
            count = MICRO_TOKENS // length
            while len(waiting[length]) >= count:
                taken, waiting[length] = waiting[length][:count], waiting[length][count:]
                ready.append(_to_batch(taken, length))
            lower = length
        rng.shuffle(ready)
        yield from ready
