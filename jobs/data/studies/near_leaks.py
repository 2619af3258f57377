"""Prompts of training that are nearly a prompt of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from jobs.data.checks import MOST_ROWS
from jobs.data.mends import Mend, Stored, leaving_places_out
from jobs.data.nearness import SHORTEST, Print, bands, near, plain
from jobs.data.words import count_of
from jobs.types import Finding

HARM = 94
WHY = (
    "A model that has learnt nearly the same prompt is hardly tested by it: the comparison would "
    "look better than it is. Equal prompts were kept apart already."
)


def study(stored: Stored, progress: Callable[[int], None]) -> Iterator[Finding]:
    """Every prompt of training against those of the test; linear in their number."""
    found = near_leaks(stored, progress)
    if found:
        has = "has a prompt that is" if len(found) == 1 else "have prompts that are"
        sentence = f"{count_of(len(found), 'training row')} {has} nearly one of the test."
        rows = tuple(sorted(row for _, row in found)[:MOST_ROWS])
        label = MENDS["near_test_rows"].label
        yield Finding("near_test_rows", "warning", len(found), sentence, rows, WHY, label)


def near_leaks(
    stored: Stored, progress: Callable[[int], None] = lambda rows: None
) -> set[tuple[int, int]]:
    """Position and number of the training rows whose prompt is near a test prompt."""
    held, texts = [], []
    for batch in stored.batches("test"):
        some = [text for text in map(plain, batch.asked) if len(text) >= SHORTEST]
        held.append(bands(some))
        texts += some
        progress(len(batch))
    if not texts:
        return set()
    tested = np.concatenate(held)
    # For each band the places of its values: a prompt of training is looked up among them.
    orders = [np.argsort(tested[:, band]) for band in range(tested.shape[1])]
    values = [tested[order, band] for band, order in enumerate(orders)]
    found: set[tuple[int, int]] = set()
    position = 0
    for batch in stored.batches("train"):
        prompts = [plain(prompt) for prompt in batch.asked]
        long = [i for i, text in enumerate(prompts) if len(text) >= SHORTEST]
        mine = bands([prompts[i] for i in long])
        pairs = set()
        for band, (order, value) in enumerate(zip(orders, values, strict=True)):
            places = np.searchsorted(value, mine[:, band])
            hits = np.flatnonzero(value[np.minimum(places, len(value) - 1)] == mine[:, band])
            pairs |= {(int(hit), int(order[places[hit]])) for hit in hits}
        for hit, test in sorted(pairs):
            if near(Print.of(prompts[long[hit]]), Print.of(texts[test])):
                found.add((position + long[hit], int(batch.rows[long[hit]])))
        position += len(batch)
        progress(len(batch))
    return found


MENDS = {
    "near_test_rows": Mend(
        "Leave them out of training",
        "Rows near a test prompt left out of training",
        leaving_places_out(lambda stored: {place for place, _ in near_leaks(stored)}),
    )
}
