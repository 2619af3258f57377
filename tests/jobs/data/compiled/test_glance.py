"""What one pass tells of rows is what numpy finds out question by question."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ways import going, needs_compiled

from jobs.data.checks.echo import SHORTEST, _doubtful, echoes
from jobs.data.checks.long import _perhaps_long, is_long
from jobs.data.checks.mixed_scripts import _latin, _surely_latin
from jobs.data.compiled import passes
from jobs.data.compiled.rules import Rules
from jobs.data.digests import LONG
from jobs.data.glance import Glance, Mark, _rules
from jobs.data.looks import looks
from jobs.data.rows import read_pairs
from jobs.types import Columns

PIECES = st.one_of(
    st.text("aZ@-_JK09 \t\n\x00\x1b\x7f\x85éÃ¼ßİſ\u200b\u3000\ufffd٣日か한😀", max_size=30),
    st.sampled_from([" ", "\x1c\u2003", "sk-", "DE89", "+49 30 901820", "cafÃ©", "of a prompt. "]),
    st.integers(0, LONG + 9).map(lambda length: "x" * length),
)
TEXTS = st.lists(PIECES, max_size=3).map("".join)
ROWS = st.lists(
    st.one_of(
        st.tuples(TEXTS, st.one_of(TEXTS, st.none())),
        TEXTS.map(lambda text: (text, text)),
        TEXTS.map(lambda text: (f" {text}", f"You asked: {text.strip()} ")),
    ),
    max_size=4,
)


def _batch(rows, way):
    with going(way):
        prompts, completions = ([row[place] for row in rows] for place in (0, 1))
        columns = (pa.array(texts, pa.string()) for texts in (prompts, completions))
        cells = pa.record_batch(dict(zip("pc", columns, strict=True)))
        batch = read_pairs(cells, Columns("p", ("c",)), 1)
        batch.prepare()
        assert (batch.glance is None) == (way == "plain")
        return batch


def _same_rows(one, other):
    assert one.examples == other.examples
    assert one.usable.tolist() == other.usable.tolist()
    assert (one.count_usable, one.one_each) == (other.count_usable, other.one_each)
    used = np.flatnonzero(one.usable)
    assert one.keys[used].tolist() == other.keys[used].tolist()
    assert one.answers[used].tolist() == other.answers[used].tolist()
    digested = [batch.digested.where(batch.usable) for batch in (one, other)]
    for name in ("prompts", "counts", "references"):
        assert getattr(digested[0], name).tolist() == getattr(digested[1], name).tolist()


@needs_compiled
@settings(max_examples=80, deadline=None)
@given(ROWS, st.sampled_from([0, 0, 250, 255, 300]))
@example([("a" * SHORTEST, f" {'a' * SHORTEST}"), ("b" * 30, "b" * 30), (" " * 25, " " * 25)], 255)
@example([("x" * (LONG + 1), "y" * (LONG + 1)), ("\x1c", "\x1d"), ("", ""), ("p", None)], 0)
def test_it_tells_what_numpy_finds_out(rows, before):
    """`before` rows take a first tile, so that others begin in the middle of one or in the next."""
    every = [("What is it?", "It is known.")] * before + rows
    one, other = _batch(every, "compiled"), _batch(every, "plain")
    _same_rows(one, other)
    for place, row in enumerate(rows, before):
        alone, plain = _batch([row], "compiled"), _batch([row], "plain")
        for look in looks():
            passes_it = plain.where(look).tolist()
            assert alone.where(look).tolist() == passes_it
            assert not passes_it or place in one.where(look)
    texts = list(zip(one.asked, one.said, strict=True))
    same, doubtful = _doubtful(one)
    assert same.tolist() == [at for at, (p, c) in enumerate(texts) if p and p == c]
    certain = {at for at, (p, c) in enumerate(texts) if echoes(p, c)}
    assert set(doubtful.tolist()) >= certain
    assert set(_perhaps_long(one).tolist()) >= {
        at for at, row in enumerate(one.examples) if row.references and is_long(row)
    }
    latin = _latin(one)
    expected = _surely_latin(one.raw_learnt, one.learnt).tolist()
    assert ([True] * len(every) if latin is None else latin.tolist()) == expected


@needs_compiled
def test_a_question_is_answered_at_once_where_no_row_or_every_row_has_the_mark():
    told = _batch([("What?", "That."), ("Who?", "She did.")], "compiled").glance
    assert told.all(Mark.LATIN)
    assert not told.any(Mark.NO_PROMPT | Mark.NO_COMPLETION | Mark.BLANK | Mark.ECHO | Mark.EDGED)
    assert len(told.where(Mark.SAME)) == 0
    told = _batch([("What?", "That."), ("Who?", " ")], "compiled").glance
    assert told.where(Mark.NO_COMPLETION).tolist() == told.where(Mark.BLANK).tolist() == [1]
    assert not told.all(Mark.LATIN)


@needs_compiled
@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=900), st.lists(st.integers(0, 900), max_size=6))
def test_bytes_that_are_no_text_do_no_harm(data, cuts):
    starts = np.array([0, *sorted(min(cut, len(data)) for cut in cuts), len(data)], np.int32)
    column = starts, np.frombuffer(data, np.uint8)
    columns, marks = passes().glance(column, column, _rules())
    told = Glance(*columns, *marks)
    empty = np.flatnonzero(np.diff(starts) == 0)
    assert set(told.where(Mark.NO_PROMPT).tolist()) >= set(empty.tolist())
    assert len(told.where(Mark.SAME)) == len(starts) - 1 - len(told.where(Mark.NO_PROMPT))


def test_rules_are_refused_where_one_is_missing():
    with pytest.raises(ValueError, match="are not all"):
        Rules({}, {})
