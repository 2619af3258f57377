"""Rows that say the same twice, and prompts that are answered in different ways."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from jobs.data.batch import Batch
from jobs.data.checks import Examiner, Tally, Whole
from jobs.data.digests import distinct, repeated
from jobs.data.mends import Edit, Mend, Stored
from jobs.data.normal import normalize
from jobs.data.words import count_of
from jobs.types import Example, Finding, Split

HARM = 30
# Where more prompts than this share have several answers, somebody meant it so: several writers
# were asked, as in the data of many competitions.
MEANT = 0.5
WHY = (
    "What stands there twice is learnt twice: the model leans towards it and repeats it word for "
    "word."
)
WHY_DIFFERENT = (
    "Asked the same, the model is taught two answers and settles on neither. That is right where "
    "several answers are good, and wrong where one of them is a slip."
)


def start() -> Examiner:
    return _Duplicates()


class _Duplicates:
    """Keeps three numbers and a mark a row, and sorts them at the end.

    What repeats or differs in validation and test alone is not learnt: there a prompt counts once,
    with every completion as a reference.
    """

    def __init__(self) -> None:
        self.parts: list[tuple[np.ndarray, ...]] = []

    def feed(self, batch: Batch, *, test: bool) -> None:
        if not test:
            columns = (batch.keys, batch.rows, batch.several, batch.answers)
            used = batch.usable
            every = batch.count_usable == len(batch)
            self.parts.append(columns if every else tuple(each[used] for each in columns))

    def finish(self, whole: Whole) -> Iterable[Finding]:
        if not self.parts:
            return
        shared = repeated(np.concatenate([keys for keys, *_ in self.parts]))
        chosen = list(_parted(shared, self.parts))  # the others neither repeat nor differ
        keys, rows, several, answers = map(np.concatenate, zip(*chosen, strict=True))
        self.parts = []
        sides = whole.learnt()
        learnt = np.ones(len(keys), bool) if sides is None else sides[shared]
        parted = sides is not None or whole.tested() is not None  # else all may be learnt from
        prompts = len(shared) - len(keys)
        order = np.lexsort((rows, answers, keys))
        keys, answers, rows, several = (c[order] for c in (keys, answers, rows, several))
        learnt = learnt[order]
        same_prompt = keys[1:] == keys[:-1]
        same_answer = same_prompt & (answers[1:] == answers[:-1])
        yield from _repeated(rows[1:][same_answer & learnt[1:]], parted)
        # A row with several completions says by itself that all of them are good.
        conflict = same_prompt & ~same_answer & ~several[1:] & ~several[:-1]
        differing = distinct(keys[1:][conflict])
        prompts += int((~same_prompt).sum()) + bool(len(keys))
        if len(differing) <= MEANT * prompts:
            differing = distinct(keys[1:][conflict & learnt[1:]])
            yield from _differing(_first_rows(differing, keys, rows), parted)


def _parted(
    mask: np.ndarray, parts: Iterable[tuple[np.ndarray, ...]]
) -> Iterator[tuple[np.ndarray, ...]]:
    """The rows of each part where the mask, which goes over all parts, is true."""
    begin = 0
    for columns in parts:
        here = mask[begin : begin + len(columns[0])]
        begin += len(here)
        yield tuple(column[here] for column in columns)


def _first_rows(wanted: np.ndarray, keys: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The first row of each of the wanted keys, which are in order."""
    first = np.full(len(wanted), np.iinfo(np.int64).max)
    at = np.searchsorted(wanted, keys)
    member = at < len(wanted)
    member[member] = wanted[at[member]] == keys[member]
    np.minimum.at(first, at[member], rows[member])
    return first


def _counted(count: int, noun: str, *, parted: bool) -> str:
    """“3 rows”; of data that has its split, which rows were counted."""
    return f"{count:,} of the {noun}s that are learnt from" if parted else count_of(count, noun)


def _repeated(rows: np.ndarray, parted: bool) -> Iterable[Finding]:
    tally = Tally()
    tally.add(rows)
    if tally.count:
        verb = "repeats" if tally.count == 1 else "repeat"
        which = _counted(tally.count, "row", parted=parted)
        sentence = f"{which} {verb} an earlier prompt and completion."
        label = MENDS["duplicates"].label
        yield Finding("duplicates", "note", tally.count, sentence, tally.rows, WHY, label)


def _differing(rows: np.ndarray, parted: bool) -> Iterable[Finding]:
    tally = Tally()
    tally.add(rows)
    if tally.count:
        has = "has" if tally.count == 1 else "have"
        which = _counted(tally.count, "prompt", parted=parted)
        sentence = f"{which} {has} more than one completion."
        code, label = "different_completions", MENDS["different_completions"].label
        yield Finding(code, "note", tally.count, sentence, tally.rows, WHY_DIFFERENT, label)


def _once(_: Stored) -> Edit:
    seen: set[int] = set()

    def edit(split: Split, row: Example) -> Example | None:
        if split == "test":
            return row
        pair = hash((normalize(row.prompt), row.references[0].strip()))
        if pair in seen:
            return None
        seen.add(pair)
        return row

    return edit


def _commonest(stored: Stored) -> Edit:
    """Keep, for each prompt of training, the completion that most of its rows have; else the first.

    In a test, several answers are several references: all of them stay.
    """
    answers: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for batch in stored.batches("train"):
        for asked, said, several in zip(batch.asked, batch.said, batch.several, strict=True):
            if not several:
                answers[hash(normalize(asked))][said.strip()] += 1
    best = {key: said.most_common(1)[0][0] for key, said in answers.items() if len(said) > 1}
    del answers

    def edit(split: Split, row: Example) -> Example | None:
        if split != "train" or len(row.references) > 1:
            return row
        wanted = best.get(hash(normalize(row.prompt)))
        return row if wanted is None or row.references[0].strip() == wanted else None

    return edit


MENDS = {
    "duplicates": Mend("Keep each once", "Repeated rows left out", _once),
    "different_completions": Mend(
        "Keep the commonest answer", "One answer kept for each prompt", _commonest
    ),
}
