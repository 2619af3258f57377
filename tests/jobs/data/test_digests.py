import hashlib

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jobs.data import raw
from jobs.data.digests import LONG, digests, normalized, prompt_keys
from jobs.data.normal import normalize

texts = st.lists(
    st.one_of(
        st.text(),
        st.text("aB \t\n\x1c\x85\xa0ßÉ日", max_size=12),
        st.integers(0, 2 * LONG).map(lambda n: "x" * n),
    ),
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(texts, st.integers(0, 3), st.sampled_from((8, 64, raw.TILE)))
@example(["a  " * 24 + "b"], 0, 8)
def test_many_at_once_are_what_each_is_by_itself(some, skip, tile):
    some = [text.encode("utf-8", "replace").decode() for text in some]
    array = pa.array(["", "left out", "é", *some], pa.string()).slice(skip)
    shown = array.to_pylist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raw, "TILE", tile)
        assert normalized(array).to_pylist() == [normalize(text) for text in shown]
    together = digests(array)
    alone = [digests(pa.array([text]))[0] for text in shown]
    assert together.tolist() == alone
    assert len(set(alone)) == len(set(shown))


def test_no_two_texts_of_many_share_a_digest():
    shown = [f"{i}" for i in range(200_000)]
    shown += [hashlib.sha256(text.encode()).hexdigest() for text in shown[:50_000]]
    shown += ["\0" * n for n in range(2000)] + ["a" * n for n in range(1, 2000)]
    found = digests(pa.array(shown))
    assert len(np.unique(found)) == len(shown)


def test_one_changed_bit_changes_half_of_a_digest():
    base = bytearray(b"the quick brown fox jumps over it")
    seen = []
    for place in range(len(base)):
        for bit in range(7):
            other = bytearray(base)
            other[place] ^= 1 << bit
            seen.append(bytes(other).decode())
    values = digests(pa.array([base.decode(), *seen]))
    flipped = [(int(values[0]) ^ int(value)).bit_count() for value in values[1:]]
    assert min(flipped) > 12
    assert 31 < np.mean(flipped) < 33


def test_a_digest_stays_what_it_is():
    found = prompt_keys(pa.array(["", "Where is  my\tparcel?", "STRASSE", "straße", "x" * 5000]))
    assert found[2] == found[3]
    assert [hex(value) for value in found] == [
        "0x0",
        "0xb5d19b2a6eed8081",
        "0x2ac8ee632b876701",
        "0x2ac8ee632b876701",
        "0xa1d199f0421c8377",
    ]
