"""What is known of characters at once is what Python says of each."""

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.data.folding import CASELESS, normalized
from jobs.data.looks.private import HIGHEST_DIGIT, _decimals
from jobs.data.normal import normalize
from jobs.data.raw import Raw, decoded, strings, without
from jobs.data.scripts import script_of, scripts_of

# All that Unicode has given a meaning: neither halves nor private nor empty places.
EVERY = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) not in ("Cn", "Co", "Cs")]
MANY = st.lists(
    st.text(st.sampled_from("aB \t\n\x1c\x85\xa0\u2003\u3000ßÉéΣςЖ日か한ǅİſﬁ😀Ꭰꭰ𐐀𞤀٣"), max_size=9),
    max_size=9,
)


def test_every_character_is_folded_as_python_folds_it():
    some = pa.array([f"a{character} B" for character in EVERY], pa.string())
    found = normalized(some).to_pylist()
    wrong = [
        hex(ord(character))
        for character, text in zip(EVERY, found, strict=True)
        if text != normalize(f"a{character} B")
    ]
    assert not wrong
    # beyond this point nothing is looked up
    assert all(c == c.casefold() and not c.isspace() for c in EVERY if ord(c) >= CASELESS)


def test_every_letter_has_the_script_that_it_has_by_itself():
    some = [character * 3 for character in EVERY]
    found = scripts_of(pa.array(some, pa.string())).tolist()
    wrong = [text for text, script in zip(some, found, strict=True) if script != script_of(text)]
    assert not wrong


def test_every_digit_is_known():
    assert _decimals().tolist() == [ord(c) for c in EVERY if ord(c) > 127 and c.isdecimal()]
    assert _decimals().max() <= HIGHEST_DIGIT


@settings(max_examples=300, deadline=None)
@given(MANY)
def test_texts_of_all_kinds_beside_one_another_are_folded_each_by_itself(some):
    array = pa.array(some, pa.string())
    assert normalized(array).to_pylist() == list(map(normalize, some))
    assert scripts_of(array).tolist() == list(map(script_of, some))


@settings(max_examples=300, deadline=None)
@given(MANY)
def test_characters_and_their_places(some):
    raw = Raw.of(pa.array(some, pa.string()))
    whole = "".join(some)
    beyond = [ord(c) for c in whole if ord(c) > 127]
    assert raw.points.tolist() == beyond
    assert raw.alphabet.tolist() == sorted(set(beyond))
    assert raw.is_ascii == whole.isascii()
    assert raw.texts_at(raw.leads).tolist() == [
        place for place, text in enumerate(some) if not text.isascii()
    ]
    digits = [place for place, text in enumerate(some) if "٣" in text]
    assert raw.texts_at(raw.among(_decimals())).tolist() == digits
    assert decoded(raw.data, raw.leads).tolist() == beyond


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text("abc", max_size=5), max_size=6), st.randoms())
def test_bytes_are_taken_out_where_they_stand(some, random):
    raw = Raw.of(pa.array(some, pa.string()))
    drop = np.array([place for place in range(len(raw.data)) if random.random() < 0.4], np.int64)
    left = strings(*without(raw.starts, raw.data, drop)).to_pylist()
    gone, at, expected = set(drop.tolist()), 0, []
    for text in some:
        expected.append("".join(c for i, c in enumerate(text, at) if i not in gone))
        at += len(text)
    assert left == expected


@pytest.mark.parametrize("texts", [[], [""], ["", ""]])
def test_nothing_has_no_characters(texts):
    raw = Raw.of(pa.array(texts, pa.string()))
    assert raw.is_ascii
    assert (len(raw.leads), len(raw.alphabet)) == (0, 0)
    assert normalized(pa.array(texts, pa.string())).to_pylist() == texts
