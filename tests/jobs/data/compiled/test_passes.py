"""What compiled code makes of the bytes of a column is what numpy makes of them."""

import os
import shutil
import unicodedata
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ways import WAYS, going, needs_compiled

from jobs.data.batch import Batch
from jobs.data.checks.echo import SHORTEST, _may_echo, echoes
from jobs.data.checks.mixed_scripts import _surely_latin
from jobs.data.compiled import Passes, passes
from jobs.data.digests import LONG, digests, prompt_keys
from jobs.data.folding import folds
from jobs.data.looks import looks
from jobs.data.raw import Raw, strings
from jobs.data.rows import _blank
from jobs.data.scripts import script_of
from jobs.data.sifting import passing, sifted, tables
from jobs.data.staging import taken
from jobs.data.white import white
from jobs.types import Example

EVERY = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) not in ("Cn", "Co", "Cs")]
FEW = "aZ@-_JK09 \t\n\x00\x1b\x7f\x80\xa0éÃ¼ßİſΣ\u200b\u2028\ufffd٣日か한😀𝟘"
PIECES = st.one_of(
    st.text(max_size=20),
    st.text(FEW, max_size=40),
    st.sampled_from(["AKIA", "sk-", "xoxb-", "eyJ", "hf_", "DE89", "+49 30 901820", "cafÃ©"]),
    st.integers(0, LONG + 9).map(lambda length: "x" * length),
)
TEXTS = st.lists(st.lists(PIECES, max_size=3).map("".join), max_size=9)


def _column(texts):
    return pa.array([text.encode("utf-8", "replace").decode() for text in texts], pa.string())


def test_they_are_built_where_there_is_a_compiler():
    if not os.environ.get("CI") or not shutil.which("cc"):
        pytest.skip("a checkout may do without")
    assert passes()


@needs_compiled
@settings(max_examples=300, deadline=None)
@given(TEXTS, st.integers(0, 2))
@example(["Ⱥ" * (LONG // 2)], 0)  # a letter of two bytes, whose small one has three
@example(["a  " * 9, "  a b  ", " ", "\x1c\x1d", "straße"], 0)
@example([f"{'abcdefgh'[:before]}  {'jklmnopq'}" for before in range(9)], 0)
def test_keys_are_those_of_numpy(texts, skip):
    column = _column(["left", "out", *texts]).slice(skip)
    with going("plain"):
        expected = prompt_keys(column), digests(column)
    assert prompt_keys(column).tolist() == expected[0].tolist()
    assert digests(column).tolist() == expected[1].tolist()


@needs_compiled
def test_every_character_has_the_key_that_numpy_gives_it():
    # long enough for words of eight bytes
    column = pa.array([f"a{character} Bc" * 4 for character in EVERY], pa.string())
    with going("plain"):
        expected = prompt_keys(column)
    assert (prompt_keys(column) == expected).all()


@needs_compiled
@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example(["a" * 300, "b" * 63 + "sk-proj", "c" * 500 + "\x7f" + "c" * 500 + "\u2060"])
@example(["+49 30 9018", "20 one", "9" * 7, "9" * 7 + " " * 15 + "9", "9" * 7 + " " * 14 + "9"])
def test_looks_pass_what_numpy_passes(texts):
    alone = [Raw.of(_column([text])) for text in texts]
    together = Raw.of(_column(texts))
    for look in looks():
        expected = [place for place, raw in enumerate(alone) if len(look.search(raw))]
        found = [place for place, raw in enumerate(alone) if len(passing(look, raw, sifted(raw)))]
        assert found == expected
        # what begins in one text and ends in the next passes too
        assert set(passing(look, together, sifted(together))) >= set(expected)


@needs_compiled
def test_every_character_passes_the_looks_that_numpy_passes():
    column = Raw.of(pa.array([f"{character}é." for character in EVERY], pa.string()))
    for look in looks():
        expected = np.unique(look.search(column)).tolist()
        assert np.unique(passing(look, column, sifted(column))).tolist() == expected


@needs_compiled
@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_what_is_surely_latin_is(texts):
    column = _column(texts)
    certain = _surely_latin(Raw.of(column), column)
    assert {script_of(text) for text, sure in zip(texts, certain, strict=True) if sure} <= {"Latin"}
    with going("plain"):
        assert (certain >= _surely_latin(Raw.of(column), column)).all()


@needs_compiled
@settings(max_examples=300, deadline=None)
@given(TEXTS, st.text("x \xa0\u2003é.", max_size=3), st.text("x \xa0\u2003é.", max_size=3))
def test_whatever_echoes_its_prompt_may_echo_it(texts, before, after):
    rows = [Example(f"{before}{text}{after}", (f"So: {text.strip()} yes",), 1) for text in texts]
    rows += [Example(text, (other,), 1) for text, other in pairwise(texts)]
    certain = [echoes(row.prompt, row.references[0]) for row in rows]
    for way in WAYS:
        with going(way):
            assert (_may_echo(Batch.of(rows)) >= certain).all()
    held = [row.prompt.strip() in row.references[0] for row in rows]
    long = [min(len(t.encode()) for t in (r.prompt, r.references[0])) >= SHORTEST for r in rows]
    assert _may_echo(Batch.of(rows)).tolist() == [a and b for a, b in zip(held, long, strict=True)]


@needs_compiled
@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(" \t\n\x1c\x85\xa0\u2003\u3000é", max_size=4), max_size=9))
def test_blank_is_what_holds_nothing_but_white_space(texts):
    expected = [bool(text) and not text.strip() for text in texts]
    for way in WAYS:
        with going(way):
            assert _blank(_column(texts)).tolist() == expected


def test_white_space_is_what_python_strips():
    assert np.flatnonzero(white()).tolist() == [ord(c) for c in EVERY if not c.strip()]


@needs_compiled
@settings(max_examples=300, deadline=None)
@given(TEXTS, st.randoms())
def test_texts_are_kept_as_arrow_keeps_them(texts, random):
    column = _column(["before", *texts]).slice(1)
    mask = np.array([random.random() < 0.6 for _ in texts], bool)
    listed = pa.array([[text] for text in column.to_pylist()], pa.list_(pa.string()))
    for given_texts in (column, listed):
        expected = given_texts.filter(pa.array(mask)).to_pylist()
        kept = taken(given_texts, mask)
        kept.validate(full=True)
        assert kept.to_pylist() == expected


@needs_compiled
@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=700), st.lists(st.integers(0, 700), max_size=6))
@example(b"\xc3" * 400, [1])
def test_bytes_that_are_no_text_do_no_harm(data, cuts):
    """A damaged Arrow file may hold such; what they are to mean, Arrow says elsewhere."""
    starts = np.array([0, *sorted(min(cut, len(data)) for cut in cuts), len(data)], np.int32)
    raw = Raw(starts, np.frombuffer(data, np.uint8))
    compiled = passes()
    compiled.prompt_keys(raw.starts, raw.data, folds())
    compiled.sift(raw.starts, raw.data, tables())
    letters, beyond = compiled.letters(raw.starts, raw.data, 10, 3)
    assert int(beyond.sum()) == int((raw.data >= 0xC0).sum())
    assert (letters <= 10).all()
    compiled.digests(raw.starts, raw.data)
    compiled.blank(raw.starts, raw.data, white())
    compiled.echoes((raw.starts, raw.data), (raw.starts, raw.data), white(), 1)
    mask = np.arange(len(starts) - 1) % 2 == 0
    kept = strings(*compiled.kept(raw.starts, raw.data, mask)).cast(pa.binary())
    every = [bytes(data[a:b]) for a, b in pairwise(starts)]
    assert kept.to_pylist() == every[::2]


def test_a_build_of_another_version_is_left_alone(monkeypatch):
    monkeypatch.setattr("jobs.data.compiled.VERSION", -1)
    passes.cache_clear()
    try:
        assert passes() is None
        assert len(Batch.of([]).keys) == 0
    finally:
        passes.cache_clear()


def test_what_places_of_32_bits_cannot_name_is_refused() -> None:
    """No real column or block is so large: it would be read wrongly without a word."""
    many = np.broadcast_to(np.uint8(0), (2**31,))  # one byte in memory
    known = Passes(None)  # type: ignore[arg-type]  # it is refused before the library is asked
    with pytest.raises(ValueError, match="2,147,483,648 bytes"):
        known.lines(many, [b"a"])
    with pytest.raises(ValueError, match="2,147,483,648 bytes"):
        known.kept(np.array([0, 2**31]), many, np.array([True]))
