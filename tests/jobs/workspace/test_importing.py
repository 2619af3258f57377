"""A file becomes a dataset, or leaves nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jobs.errors import AlreadyExists, AttuneError, DataError, InputError, NotFound, Unavailable


def leftovers(bench: Any) -> list[str]:
    """Folders of datasets that no row knows."""
    known = {str(dataset.id) for dataset in bench.workspace.datasets()}
    return [p.name for p in bench.workspace.home.datasets.iterdir() if p.name not in known]


def test_a_file_becomes_a_dataset_with_its_rows(bench: Any) -> None:
    dataset = bench.data(template="Say: {prompt}")
    assert dataset.columns.prompt == "question"
    assert sum(dataset.counts.values()) == 48
    assert dataset.source == bench.file.name
    assert bench.workspace.dataset("things") == dataset
    shown = bench.workspace.examples("things", "test", offset=1, limit=2)
    assert len(shown) == 2
    assert shown == bench.workspace.examples("things", "test")[1:3]
    assert leftovers(bench) == []


def test_the_share_for_the_test_is_the_one_that_a_look_at_the_file_offers(
    bench: Any, tmp_path: Path
) -> None:
    """A comparison on a tenth of 120 prompts could tell nothing; the page kept more of them."""
    path = tmp_path / "few.csv"
    path.write_text("question,answer\n" + "".join(f"q{n},a{n}\n" for n in range(120)))
    offered = bench.workspace.preview(path)
    tested = offered.tested(offered.share)
    assert tested > 12
    assert bench.workspace.add_dataset(path, "said at once").counts["test"] == tested
    begun = bench.workspace.start_import(path, "in the background")
    made = bench.workspace.wait_for_import(begun.id, 60).dataset
    assert made.counts["test"] == tested


@pytest.mark.parametrize(
    ("content", "more", "kind"),
    [
        (b"", {}, DataError),
        (b"question,answer\na,b\n", {}, DataError),
        (b"question,answer\na,b\nc,d\n", {"prompt": "nothing"}, AttuneError),
        (b"question,answer\na,b\nc,d\ne,f\n", {"template": "no place"}, InputError),
        (b"question,answer\na,b\nc,d\ne,f\n", {"test_share": 2.0}, InputError),
        (b"question,answer\na,b\nc,d\ne,f\n", {"test_file": "missing.csv"}, AttuneError),
    ],
)
def test_an_error_leaves_neither_folder_nor_row(
    bench: Any, tmp_path: Path, content: bytes, more: dict[str, Any], kind: type[AttuneError]
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(kind):
        bench.workspace.add_dataset(path, "bad", **more)
    assert bench.workspace.datasets() == []
    assert leftovers(bench) == []
    bench.data("bad")  # the name is free


def test_ctrl_c_after_the_rows_are_written_leaves_nothing(bench: Any) -> None:
    bench.store.datasets.complete = interrupt
    with pytest.raises(KeyboardInterrupt):
        bench.data()
    assert bench.workspace.datasets() == []
    assert leftovers(bench) == []


def interrupt(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_a_name_that_is_taken_stays_what_it_is(bench: Any) -> None:
    dataset = bench.data()
    with pytest.raises(AlreadyExists):
        bench.data()
    assert bench.workspace.datasets() == [dataset]
    assert leftovers(bench) == []
    assert len(bench.workspace.examples("things")) > 0


def test_a_dataset_is_kept_while_runs_use_it(bench: Any, tiny: Any) -> None:
    dataset = bench.data()
    run = bench.train(tiny("llama"), name="first")
    with pytest.raises(Unavailable, match=r"used by the run “first”\. Delete this run"):
        bench.workspace.delete_dataset("things")
    assert bench.workspace.home.dataset(dataset.id).is_dir()
    bench.end(run)
    bench.workspace.delete("first")
    bench.workspace.delete_dataset("things")
    assert not bench.workspace.home.dataset(dataset.id).exists()
    with pytest.raises(NotFound):
        bench.workspace.dataset("things")


def test_a_split_that_there_is_none_of(bench: Any) -> None:
    bench.data()
    with pytest.raises(NotFound, match="rehearsal"):
        bench.workspace.examples("things", "rehearsal")
