"""A version made in columns is the one that rows make, one after the other; so are differences."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jobs.data.batch import batches
from jobs.data.deriving import Made
from jobs.data.differing import differences
from jobs.data.digests import prompt_keys
from jobs.data.mends import Places, Selective
from jobs.data.normal import normalize
from jobs.data.splits import fold
from jobs.data.storage import FILE, SPLITS, Writer, as_examples, as_rows
from jobs.data.whole import closed_whole
from jobs.types import ChangedRow, Example

FORMER = ("Once tested", "once  tested TOO")  # in the test of an earlier version
PROMPT = st.sampled_from(["a", "A", "b", " b", "c", "ß", "ss", "d e", "d  E", *FORMER])
SAID = st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, max_size=2, unique=True).map(tuple)
SIDE = st.lists(st.tuples(PROMPT, SAID), max_size=7)
CHANGE = st.one_of(
    st.none(), st.none(), st.just("drop"), st.just("say"), PROMPT.map(lambda text: ("ask", text))
)


def _rows(sides):
    """Rows as splits have them: a prompt on one side, and once where it is held back."""
    number, seen, out = 0, {}, {}
    for split in ("test", "validation", "train"):
        rows = []
        for prompt, said in sides[split]:
            former = normalize(prompt) in set(map(normalize, FORMER)) and split != "test"
            if former or seen.setdefault(normalize(prompt), split) != split:
                continue
            number += 1
            rows.append(Example(prompt, said, number))
        out[split] = rows if split == "train" else fold(rows)
    return out


def _changed(row, change):
    if change is None:
        return row
    if change == "drop":
        return None
    if change == "say":
        return Example(row.prompt, ("other",), row.row)
    return Example(change[1], row.references, row.row)


def _row_by_row(sides, changes, added):
    """What `Made` is to give, with its counts, over plain lists."""
    count = {"dropped": 0, "changed": 0, "added": len(added)}
    side, held, moved = {}, {"test": [], "validation": []}, False
    tested = set(map(normalize, FORMER))

    def become(split, row):
        after = _changed(row, changes[row.row % len(changes)])
        if after is not None and after.prompt != row.prompt:
            key = normalize(after.prompt)
            if side.get(key, "test" if key in tested else split) != split:
                after = None
        count["dropped"] += after is None
        count["changed"] += after is not None and after != row
        return after

    for split, kept in held.items():
        for row in sides[split]:
            after = become(split, row)
            if after is not None:
                moved |= after.prompt != row.prompt
                kept.append(after)
        for row in kept:
            side.setdefault(normalize(row.prompt), split)
    new = []
    for row in added:
        key = normalize(row.prompt)
        where = side.get(key, "test" if key in tested else "train")
        moved |= where != "train"
        (new if where == "train" else held[where]).append(row)
        if where != "train":
            side.setdefault(key, where)
    if moved:
        for split, rows in held.items():
            folded = fold(r for r in rows if side[normalize(r.prompt)] == split)
            count["dropped"] += 0 if added else len(rows) - len(folded)
            held[split] = folded
    train = []
    for row in sides["train"]:
        after = become("train", row)
        if after is None:
            continue
        if moved and normalize(after.prompt) in side:
            count["dropped"] += 1
            count["changed"] -= after != row
        else:
            train.append(after)
    return {**held, "train": train + new}, count


@settings(max_examples=200, deadline=None)
@example(  # a tested prompt becomes one of validation: it is tested from now on
    {"test": [("a", ("x",))], "validation": [("b", ("y",)), ("c", ("z",))], "train": []},
    [None, ("ask", "b"), None, None],
    [],
    True,
)
@example(  # and one of training, which leaves it
    {"test": [("a", ("x",))], "validation": [], "train": [("B", ("y",)), ("c", ("z",))]},
    [None, ("ask", "b"), None, None],
    [],
    False,
)
@given(
    st.fixed_dictionaries({split: SIDE for split in SPLITS}),
    st.lists(CHANGE, min_size=1, max_size=5),
    st.lists(st.tuples(PROMPT, SAID), max_size=2),
    st.booleans(),
)
def test_columns_give_what_rows_give(sides, changes, more, selective):
    sides = _rows(sides)
    added = [Example(prompt, said, 1000 + at) for at, (prompt, said) in enumerate(more)]
    expected, counts = _row_by_row(sides, changes, added)

    def edit(split, row):
        return _changed(row, changes[row.row % len(changes)])

    def near(split, batch):
        wanted = [changes[int(row) % len(changes)] is not None for row in batch.rows]
        return np.flatnonzero(wanted)

    tested = np.sort(prompt_keys(pa.array(FORMER, pa.string())))
    made = Made(Selective(near, edit) if selective else edit, tested)
    for split in ("test", "validation"):
        for batch in batches(sides[split]):
            made.hold(split, batch)
    new = as_rows(made.place(added))
    found = {split: [] for split in SPLITS}
    for split, rows in made.rows(batches(sides["train"]), new):
        found[split] += as_examples(pa.Table.from_batches([rows]))
    assert found == expected
    assert made.changes == counts


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=9), st.integers(1, 9))
def test_places_are_found_however_rows_come(places, size):
    rows = [Example(f"p{i}", ("x",), i) for i in range(30)]
    chosen = Places({"train": set(places)})
    found = []
    for begin in range(0, len(rows), size):
        (batch,) = batches(rows[begin : begin + size])
        assert not len(chosen.near("test", batch))
        found += batch.rows[chosen.near("train", batch)].tolist()
    assert found == sorted({place for place in places if place < 30})


VERSION = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from("abc"), SAID).map(
        lambda t: Example(t[1], t[2], t[0])
    ),
    max_size=8,
).map(lambda rows: sorted(rows, key=lambda row: row.row))


def written(folder, sides):
    """The rows of a version as they lie on the disk."""
    with closed_whole(Writer(folder / FILE)) as writer:
        for side in SPLITS:
            writer.add(side, as_rows(sides[side]))


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({s: st.tuples(VERSION, VERSION) for s in SPLITS}))
def test_differences_are_those_of_the_rows_themselves(tmp_path_factory, sides):
    folder = tmp_path_factory.mktemp("versions")
    for at, name in enumerate(("before", "after")):
        (folder / name).mkdir()
        written(folder / name, {split: sides[split][at] for split in SPLITS})
    expected = []
    for split in SPLITS:
        before, after = sides[split]
        for number in sorted({row.row for row in (*before, *after)}):
            old = [row for row in before if row.row == number]
            new = [row for row in after if row.row == number]
            gone = [row for row in old if row not in new]
            come = [row for row in new if row not in old]
            for at in range(max(len(gone), len(come))):
                pair = (side[at] if at < len(side) else None for side in (gone, come))
                expected.append(ChangedRow(split, *pair))
    assert list(differences(folder / "before", folder / "after")) == expected


@pytest.mark.parametrize("said", [("xy",), ("x", "y"), ("y", "x"), ("x",), ("x", "y", "")])
def test_references_differ_by_their_order_and_their_bounds(said, tmp_path):
    for name, references in (("before", ("x", "y")), ("after", said)):
        (tmp_path / name).mkdir()
        rows = [Example("a", references, 1), Example("b", ("z",), 2)]
        written(tmp_path / name, {"train": rows, "validation": [], "test": []})
    found = list(differences(tmp_path / "before", tmp_path / "after"))
    assert len(found) == (said != ("x", "y"))
