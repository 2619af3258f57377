"""A fingerprint says every row that is kept, whether compiled code takes them or not."""

import hashlib

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ways import WAYS, going

from jobs.data.fingerprint import PARTS, SPLITS, Fingerprint
from jobs.data.staging import taken

TEXT = st.text(max_size=9) | st.integers(0, 20_000).map(lambda size: "é" * size)
ROW = st.tuples(TEXT, st.lists(TEXT, max_size=3), st.booleans(), st.sampled_from(SPLITS))


def _columns(rows):
    prompts = pa.array(["out", *(row[0] for row in rows)], pa.string())
    references = pa.array([["out", "side"], *(row[1] for row in rows)], pa.list_(pa.string()))
    return prompts.slice(1), references.slice(1)


def _expected(rows):
    """As the words of `Fingerprint` have it, row by row."""
    whole = hashlib.sha256()
    for side in SPLITS:
        parts = [hashlib.sha256() for _ in range(PARTS)]
        for prompt, references, keep, where in rows:
            if not keep or where != side:
                continue
            texts = [each.encode() for each in (prompt, *references)]
            sizes = [len(each).to_bytes(8, "little") for each in (*texts, references)]
            parts[0].update(sizes[0])
            parts[1].update(texts[0])
            parts[2].update(sizes[-1])
            parts[3].update(b"".join(sizes[1:-1]))
            parts[4].update(b"".join(texts[1:]))
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
            prompts, references = _columns(some)
            for side in SPLITS:
                mask = np.array([row[2] and row[3] == side for row in some], bool)
                found.feed(side, taken(prompts, mask), taken(references, mask))
        assert found.value() == _expected(rows) == found.value()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", [*range(50, 70), *range(8120, 8200, 7), 70_000])
def test_every_length_is_padded_as_it_should_be(way, size):
    rows = [("a" * size, ["b" * (size // 2)], True, "train")]
    with going(way):
        found = Fingerprint()
        found.feed("train", *_columns(rows))
        assert found.value() == _expected(rows)
