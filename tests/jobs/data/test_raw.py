"""What is found in bytes, for all rows at once, is what a pattern finds row by row."""

from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ways import WAYS, going

from jobs.data import raw
from jobs.data.batch import FEW, Batch
from jobs.data.checks import Whole, checks
from jobs.data.checks.echo import echoes
from jobs.data.checks.garbled import is_garbled
from jobs.data.checks.long import LONG, is_long
from jobs.data.looks.private import CROWD, _crowded
from jobs.data.looks.unseen import UNSEEN as HIDDEN
from jobs.data.private import masked
from jobs.data.raw import TILE
from jobs.data.scripts import script_of
from jobs.types import Example

UNSEEN = "\x00\x08\x1b\x7f\x80\x9f\u200a\u200b\u200c\u2029\u202a\u202e"
UNSEEN += "\u202f\u2060\u2066\u2069\u206a\ufeff\ufefe\ufff9\ufffb\ufffc"
PIECES = st.one_of(
    st.text("ab Z\n\té日", max_size=6),
    st.sampled_from(UNSEEN),
    st.sampled_from(["cafÃ©", "Ã¼ber", "\ufffd", "Привет мир", "日本語", "a" * (LONG - 3)]),
    st.sampled_from(
        [
            "amina@shop.de",
            "4111 1111 1111 1111",
            "DE89 3704 0044 0532 0130 00",
            "+49 30 901820",
            "tel 030/ 901 82 01",
            "078-05-1120",
            "AKIA" + "IOSFODNN7EXAMPLE",
            "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
            "github_pat_" + "16C7e42F292c6912E7710c838347Ae178B4a",
            "glpat-" + "16C7e42F292c6912E771",
            "sk-" + "proj-a8Fk29dkLs0q1mZx7YtR",
            "sk_live_" + "a8Fk29dkLs0q1mZx7YtR",
            "xoxb-" + "1234567890-abcdefXYZ",
            "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
            "hf_" + "a8Fk29dkLs0q1mZx7YtRa8Fk29dkLs0q1mZx7YtR",
            "npm_" + "a8Fk29dkLs0q1mZx7YtRa8Fk29dkLs0q1mZx",
            "pypi-" + "a8Fk29dkLs0q1mZx7YtRa8Fk29dkLs0q1mZx7YtR",
            "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN",
            "-----BEGIN PRIVATE KEY-----\nMIIE",
            "+49 ٣٠ ٩٠١٨٢٠",
            "2024-01-15",
            "1234567",
        ]
    ),
    st.just("a prompt that is long enough"),
)
TEXTS = st.lists(PIECES, max_size=4).map("".join)
ROWS = st.lists(
    st.tuples(TEXTS, st.lists(TEXTS, max_size=3)).map(
        lambda row: Example(row[0], tuple(filter(str.strip, row[1])), 1)
    ),
    min_size=1,
    max_size=6,
)


TILES = st.sampled_from((8, 9, 64, TILE))


@contextmanager
def _cut_into(tile):
    """Bytes are looked at so many at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raw, "TILE", tile)
        yield


def _row_by_row(row: Example) -> dict[str, bool]:
    said = row.references[0] if row.references else ""
    every = [row.prompt, *row.references]
    return {
        "unseen_characters": any(map(HIDDEN.search, every)),
        "garbled_text": is_garbled("\n".join(every)),
        "lost_letters": any("\ufffd" in text for text in every),
        "secrets": any(masked(text) != text for text in every),
        "long_rows": is_long(Example(row.prompt, (said,), 1)),
        "echoed_prompts": echoes(row.prompt, said),
    }


@settings(max_examples=200, deadline=None)
@given(ROWS, TILES, st.sampled_from(WAYS))
@example(
    [Example("a prompt that is long enough   ", ("a prompt that is long enough!",), 1)],
    TILE,
    "plain",
)
@example([Example("call +49 ٣٠ ٩٠١٨٢٠", ("x",), 1)], TILE, "plain")
@example([Example("", (), 1), Example("x", ("+49 30 9018", "20 one"), 1)], TILE, "plain")
@example([Example("tel 0 3 0 9 0 1 8 2 0", ("x",), 1)], 8, "plain")
def test_every_check_finds_what_is_found_row_by_row(rows, tile, way):
    rows = [Example(row.prompt, row.references, at) for at, row in enumerate(rows, 1)]
    expected = {
        code: tuple(row.row for row in rows if _row_by_row(row)[code])
        for code in _row_by_row(rows[0])
    }
    found = dict.fromkeys(expected, ())
    batch = Batch.of(rows)
    with _cut_into(tile), going(way):
        for check in checks():
            examiner = check.start()
            examiner.feed(batch, test=False)
            for finding in examiner.finish(Whole()):
                if finding.code in found:
                    found[finding.code] = finding.rows
    assert found == expected


@settings(max_examples=200, deadline=None)
@given(st.text("1 -a", max_size=60), TILES)
def test_digits_that_stand_close_together_are_found_wherever_bytes_are_cut(text, tile):
    digits = [at for at, sign in enumerate(text) if sign.isdecimal()]
    expected = {
        a for a, b in zip(digits, digits[CROWD.digits - 1 :], strict=False) if b - a <= CROWD.span
    }
    with _cut_into(tile):
        found = _crowded(np.frombuffer(text.encode(), np.uint8))
    assert set(found.tolist()) == expected


@settings(max_examples=200, deadline=None)
@given(ROWS)
def test_scripts_are_those_of_each_completion(rows):
    from jobs.data.checks.mixed_scripts import Scripts

    rows = [Example(row.prompt, row.references, at) for at, row in enumerate(rows, 1)]
    seen = Scripts()
    seen.feed(Batch.of(rows), test=False)
    found = {script: hits.rows for script, hits in seen._rows.items() if hits.count}
    expected: dict[str, tuple[int, ...]] = {}
    for row in rows:
        script = script_of(row.references[0]) if row.references else ""
        if script:
            expected[script] = (*expected.get(script, ()), row.row)
    assert found == expected


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_byte_belongs_to_the_row_it_stands_in(position):
    rows = [Example("", (), 1), Example("ab", ("c", "d@x"), 2), Example("", ("e",), 3)]
    prompts, completions = Batch.of(rows).raw
    places = [completions.data.tolist().index(ord(letter)) for letter in "cde"]
    assert completions.rows_at(np.array([places[position]])).tolist() == [[1], [1], [2]][position]
    assert prompts.rows_at(np.array([0, 1])).tolist() == [1]


def test_texts_of_few_rows_and_of_many_are_the_same():
    one_each = [Example(f"é {i}", (f"“{i}”",), i) for i in range(2 * FEW)]
    several = [Example(f"p {i}", (f"a {i}", "b"), i) for i in range(9)]
    for rows in (one_each, several, [*several, Example("q", (), 9)]):
        batch = Batch.of(rows)
        every = ["\n".join((row.prompt, *row.references)) for row in rows if row.references]
        for count in (0, 1, FEW - 1, FEW, len(every)):
            at = np.arange(len(every))[-count:] if count else np.arange(0)
            assert batch.texts(at).to_pylist() == [every[place] for place in at]
