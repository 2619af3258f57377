"""What runs take of the disk is what lies there."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from jobs.errors import DiskFull, Unavailable
from jobs.home import Home
from jobs.workspace import training
from jobs.workspace.disk import size


def test_a_folder_takes_what_its_files_take(tmp_path: Path) -> None:
    assert size(tmp_path / "never") == 0
    for name, length in (("a", 10), ("deep/b", 200), ("deep/er/c", 3000), ("empty", 0)):
        path = tmp_path / "run" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * length)
    assert size(tmp_path / "run") == 3210


def test_links_are_not_followed(tmp_path: Path) -> None:
    big = tmp_path / "big"
    big.mkdir()
    (big / "file").write_bytes(b"x" * 10_000)
    run = tmp_path / "run"
    run.mkdir()
    (run / "link").symlink_to(big)
    (run / "round").symlink_to(run)
    assert size(run) < 1000


def test_room_is_looked_for_where_runs_lie(tmp_path: Path, monkeypatch) -> None:
    """`runs` may be a link to a larger disk: the home's own volume says nothing then."""
    home = Home(tmp_path / "home").make()
    room = {home.root: 10**12, home.runs: 10**6}
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 0, room[path]))
    with pytest.raises(DiskFull, match=str(home.runs)):
        training.check_disk(home, 10**7)


def test_rows_that_versions_share_count_once(bench: Any) -> None:
    bench.data()
    workspace = bench.workspace
    first = workspace.dataset_removal("things")
    assert (first.versions, first.rows, first.comparisons) == (1, 48, 0)
    workspace.set_template("things", "Say: {prompt}")
    both = workspace.dataset_removal("things")
    assert both.versions == 2
    assert both.bytes < 1.5 * first.bytes


def test_what_cannot_be_deleted_is_refused_before_it_is_told_what_goes(
    bench: Any, tiny: Any
) -> None:
    """Whoever asks what goes hears the refusal of the delete itself, and in its words."""
    bench.data()
    workspace = bench.workspace
    run = bench.train(tiny("llama"), name="first")

    def refused(verb: Any, name: str) -> str:
        with pytest.raises(Unavailable) as error:
            verb(name)
        return str(error.value)

    def both() -> tuple[str, str]:
        told = refused(workspace.removal, "first"), refused(workspace.dataset_removal, "things")
        deletes = refused(workspace.delete, "first"), refused(workspace.delete_dataset, "things")
        assert told == deletes
        return told

    assert both()[0].startswith("The run “first” is queued.")
    bench.end(run)
    asked = workspace.compare("things", ["first", "base"])
    assert all("“first”" in said for said in both())
    workspace.stop_job(asked.job_id)
    assert workspace.removal("first").comparisons == (workspace.comparison(asked.id),)
    assert refused(workspace.dataset_removal, "things").startswith("The dataset “things” is used")
    workspace.delete("first")
    assert workspace.dataset_removal("things").comparisons == 1
