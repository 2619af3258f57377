"""A sequence of sets of bytes fits what its pattern matches."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.data.looks import looks
from jobs.data.sequences import sets_of

SEQUENCES = [sequence for look in looks() for sequence in look.sequences]


@pytest.mark.parametrize("sequence", [*SEQUENCES, "a.b", "[.-]*"])
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_sequence_fits_what_its_pattern_matches(sequence, data):
    pattern = re.sub(r"\[[^]]+\]|.", lambda m: m[0] if m[0][1:] else re.escape(m[0]), sequence)
    fitting = data.draw(st.from_regex(re.compile(pattern, re.DOTALL), fullmatch=True))
    bytes_of = [ord(sign) for sign in fitting]
    sets = sets_of(sequence)
    assert len(sets) == len(bytes_of)
    if max(bytes_of) < 256:
        assert all(fits[byte] for fits, byte in zip(sets, bytes_of, strict=True))


def test_what_does_not_fit_is_left():
    capital, digit, sign = sets_of("[A-Z][0-9]@")
    assert [int(each.sum()) for each in (capital, digit, sign)] == [26, 10, 1]
    assert not digit[ord("A")]
    assert sign[ord("@")]
