"""A fingerprint says every row that is kept, whether compiled code takes them or not."""

import hashlib

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ways import WAYS, going

from jobs.data.fingerprint import SPLITS, Digested, Fingerprint
from jobs.data.storage import fingerprint
from jobs.types import Example

TEXT = st.text(max_size=9) | st.integers(0, 5_000).map(lambda size: "é" * size)
ROW = st.tuples(TEXT, st.lists(TEXT, max_size=3), st.booleans(), st.sampled_from(SPLITS))
BITS = 2**64 - 1


def _columns(rows):
    prompts = pa.array(["out", *(row[0] for row in rows)], pa.string())
    references = pa.array([["out", "side"], *(row[1] for row in rows)], pa.list_(pa.string()))
    return prompts.slice(1), references.slice(1)


def _digest(text):
    """Eight bytes at a time and splitmix64 behind them; of a long text BLAKE2b."""
    data = text.encode()
    if len(data) > 4096:
        return hashlib.blake2b(data, digest_size=8).digest()
    state = len(data) * 0x9E3779B97F4A7C15 & BITS
    for at in range(0, len(data), 8):
        state ^= int.from_bytes(data[at : at + 8], "little")
        state = state * 0xBF58476D1CE4E5B9 & BITS
        state ^= state >> 32
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        state = (state ^ state >> shift) * factor & BITS
    return (state ^ state >> 31).to_bytes(8, "little")


def _expected(rows):
    """As the words of `Fingerprint` have it, row by row."""
    whole = hashlib.sha256()
    for side in SPLITS:
        parts = [hashlib.sha256() for _ in range(3)]
        for prompt, references, keep, where in rows:
            if keep and where == side:
                parts[0].update(_digest(prompt))
                parts[1].update(len(references).to_bytes(8, "little"))
                parts[2].update(b"".join(map(_digest, references)))
        for part in parts:
            whole.update(part.digest())
    return whole.hexdigest()


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=150, deadline=None)
@given(rows=st.lists(ROW, max_size=40), cut=st.integers(0, 40))
def test_it_is_a_digest_of_every_row_however_they_are_cut(way, rows, cut):
    with going(way):
        found = Fingerprint()
        for some in (rows[:cut], rows[cut:]):
            digested = Digested.of(*_columns(some))
            for side in SPLITS:
                mask = np.array([row[2] and row[3] == side for row in some], bool)
                found.feed(side, digested.where(mask))
        assert found.value() == _expected(rows) == found.value()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", [*range(20), *range(4090, 4100), 70_000])
def test_every_length_is_digested_whole(way, size):
    rows = [("a" * size, ["b" * (size // 2)], True, "train")]
    with going(way):
        found = Fingerprint()
        found.feed("train", Digested.of(*_columns(rows)))
        assert found.value() == _expected(rows)


def _of(*train, **sides):
    rows = {side: [Example(*row, 0) for row in sides.get(side, ())] for side in SPLITS}
    return fingerprint(rows | {"train": [Example(*row, 0) for row in train]})


def test_whatever_differs_shows():
    same = _of(("ab", ("c", "d")), ("e", ("f",)))
    assert same == _of(("ab", ("c", "d")), ("e", ("f",)))
    others = [
        _of(("a", ("bc", "d")), ("e", ("f",))),
        _of(("ab", ("cd",)), ("e", ("f",))),
        _of(("ab", ("d", "c")), ("e", ("f",))),
        _of(("ab", ("c",)), ("e", ("d", "f"))),
        _of(("e", ("f",)), ("ab", ("c", "d"))),
        _of(("ab", ("c", "d"))),
        _of(("ab", ("c", "d")), test=[("e", ("f",))]),
        _of(("ab", ("c", "d")), ("e", ("f",)), ("", ())),
        _of(("ab", ("c", "d")), ("e", ("f\0",))),
    ]
    assert len({same, *others}) == 1 + len(others)


def test_it_stays_what_it_is():
    """Answers are kept under it: another one would have all of them made anew."""
    expected = "50d39fa704e1a446a8d664445c0d6fda2b494e44236ce717b89134232fe2a879"
    assert _of(("Summarize: café", ("A café.", "Coffee")), test=[("Q", ("A",))]) == expected
