"""A large dataset is what a small one of the same rows is, though it lies otherwise on the disk."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ways import WAYS, going

from jobs.data import count_examples, import_dataset, load_examples, read_examples
from jobs.data.formats import jsonl
from jobs.data.staging import Staging
from jobs.data.storage import SPLITS, as_rows, fingerprint, is_large, row_numbers
from jobs.data.stored import StoredRows, StoredSplit
from jobs.errors import DataError
from jobs.types import Example

CELL = st.one_of(st.text(max_size=6), st.sampled_from(["a", "a ", "A", "b", "é", "null"]))
ROWS = st.lists(st.tuples(CELL, CELL), min_size=30, max_size=90)


def _both(path, folder, monkeypatch, **more):
    small = import_dataset(path, folder / "small", name="d", **more)
    monkeypatch.setattr("jobs.data.dataset.LARGE", -1)
    return small, import_dataset(path, folder / "large", name="d", **more)


def _write(path, rows):
    path.write_text("\n".join(json.dumps({"prompt": p, "completion": c}) for p, c in rows))


def _same(folder, small, large):
    assert is_large(folder / "large")
    assert not is_large(folder / "small")
    assert (small.counts, small.fingerprint) == (large.counts, large.fingerprint)
    sides = {side: load_examples(folder / "large", side) for side in SPLITS}
    assert large.fingerprint == fingerprint(sides)
    assert small.findings == large.findings
    assert count_examples(folder / "large") == small.counts
    for split in SPLITS:
        assert load_examples(folder / "large", split) == load_examples(folder / "small", split)
        numbers = [row.row for row in load_examples(folder / "small", split)]
        assert row_numbers(folder / "large", split).tolist() == numbers
        batches = StoredRows(folder / "large").batches(split)
        found = [row for batch in batches for row in batch.examples]
        assert found == load_examples(folder / "small", split)


@settings(max_examples=40, deadline=None)
@given(
    rows=ROWS,
    block=st.integers(100, 3000),
    share=st.sampled_from([0, 0.1, 0.5]),
    way=st.sampled_from(WAYS),
)
def test_any_rows_are_kept_alike(tmp_path_factory, rows, block, share, way):
    folder = tmp_path_factory.mktemp("rows")
    usable = [(f"{prompt} {place // 2}", said) for place, (prompt, said) in enumerate(rows)]
    _write(folder / "rows.jsonl", [*usable, *((f"more {i}", "x") for i in range(9))])
    with pytest.MonkeyPatch.context() as patch, going(way):
        patch.setattr(jsonl, "BLOCK", block)
        _same(folder, *_both(folder / "rows.jsonl", folder, patch, test_share=share))


def test_rows_of_a_test_file_are_kept_alike(tmp_path, monkeypatch):
    _write(tmp_path / "rows.jsonl", [(f"p {i % 50}", f"c {i}") for i in range(200)])
    _write(tmp_path / "test.jsonl", [(f"p {i % 70}", f"t {i}") for i in range(40, 100)])
    both = _both(tmp_path / "rows.jsonl", tmp_path, monkeypatch, test_file=tmp_path / "test.jsonl")
    _same(tmp_path, *both)
    assert any(finding.code == "leaked_test_rows" for finding in both[1].findings)


@pytest.fixture
def large(tmp_path, monkeypatch):
    _write(tmp_path / "rows.jsonl", [(f"p {i}", f"c {i}") for i in range(500)])
    monkeypatch.setattr("jobs.data.dataset.LARGE", -1)
    monkeypatch.setattr(jsonl, "BLOCK", 700)
    import_dataset(tmp_path / "rows.jsonl", tmp_path / "d", name="d")
    return tmp_path / "d"


def test_a_disk_that_fails_while_rows_are_secured_is_told(tmp_path, monkeypatch):
    """What was written so far is secured beside the rest; its failure is told at the end."""
    path = tmp_path / "rows.jsonl"
    _write(path, [(f"question {i}", f"answer {i}") for i in range(60)])
    failed = []

    def once(place):
        if not failed:
            failed.append(place)
            raise OSError(5, "Input/output error")

    monkeypatch.setattr("jobs.data.dataset.LARGE", -1)
    monkeypatch.setattr("jobs.data.large._sync", once)
    with pytest.raises(OSError, match="Input/output"):
        import_dataset(path, tmp_path / "d", name="d")
    assert failed
    assert not (tmp_path / "d").exists()


def test_pages_are_what_stands_there(large):
    for split in SPLITS:
        whole = load_examples(large, split)
        for offset in (0, 1, 17, len(whole) - 3, len(whole), len(whole) + 5):
            for limit in (1, 20, None):
                end = None if limit is None else offset + limit
                assert read_examples(large, split, offset, limit) == whole[offset:end]


def test_rows_are_written_once_and_nothing_else_is_left(large):
    assert sorted(each.name for each in large.iterdir()) == ["rows.arrow", "rows.npz"]


def test_rows_that_share_a_prompt_are_read_with_all_references(tmp_path, monkeypatch):
    """They alone are written anew, in the place of the first of them."""
    rows = [(f"p {i % 40}", f"c {i}") for i in range(120)]
    rows += [(f"alone {i}", "yes") for i in range(200)]
    _write(tmp_path / "rows.jsonl", rows)
    monkeypatch.setattr("jobs.data.dataset.LARGE", -1)
    monkeypatch.setattr(jsonl, "BLOCK", 700)
    import_dataset(tmp_path / "rows.jsonl", tmp_path / "d", name="d")
    for split in ("validation", "test"):
        found = load_examples(tmp_path / "d", split)
        assert {len(row.references) for row in found} == {1, 3}
        assert [row.row for row in found] == sorted(row.row for row in found)
        for at, row in enumerate(found):
            assert rows[row.row - 1] == (row.prompt, row.references[0])
            assert read_examples(tmp_path / "d", split, at, 1) == [row]


def test_an_index_of_an_earlier_version_is_read(tmp_path):
    """There, each batch belonged to one split, and all of them had their bits."""
    written = Staging(tmp_path / "rows.arrow", 0)
    for begin in (0, 10, 20):
        some = [Example(f"p {i}", (f"c {i}",), i) for i in range(begin, begin + 10)]
        written.write(as_rows(some))
    written.close()
    kept = np.arange(10) % 3 > 0
    np.savez(
        tmp_path / "rows.npz",
        sides=np.array([0, 1, 2], np.int8),
        counts=np.array([kept.sum(), 10, 10]),
        lengths=np.array([10, 10, 10]),
        kept=np.packbits(kept),
    )
    assert [row.row for row in load_examples(tmp_path, "train")] == [1, 2, 4, 5, 7, 8]
    assert [row.row for row in load_examples(tmp_path, "validation")] == list(range(10, 20))
    assert [row.row for row in load_examples(tmp_path, "test")] == list(range(20, 30))


@pytest.mark.parametrize("name", ["rows.arrow", "rows.npz"])
@pytest.mark.parametrize("how", ["cut", "empty", "noise"])
def test_a_damaged_file_is_told_as_such(name, how, large):
    path = large / name
    content = path.read_bytes()
    path.write_bytes({"cut": content[: len(content) // 2], "empty": b"", "noise": b"x" * 99}[how])
    with pytest.raises(DataError, match="cannot be read"):
        load_examples(large, "train")


def test_an_index_that_is_gone_is_told_as_such(large):
    (large / "rows.npz").unlink()
    with pytest.raises(DataError, match="cannot be read"):
        count_examples(large)


def test_a_split_is_a_sequence_that_is_read_when_it_is_wanted(large):
    for split in SPLITS:
        whole, read = load_examples(large, split), StoredSplit(large, split)
        assert (len(read), list(read), read[:]) == (len(whole), whole, whole)
        assert (read[0], read[-1], read[3:9], read[9:3]) == (whole[0], whole[-1], whole[3:9], [])
        assert read[8:2:-3] == whole[8:2:-3]
        with pytest.raises(IndexError):
            read[len(whole)]
