"""What a delete and a crash leave behind: nothing."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from jobs.store.filelock import acquire
from jobs.workspace import Workspace, tidying


def rows(bench: Any, table: str) -> int:
    with bench.store._database.read() as connection:
        found: int = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
        return found


@pytest.mark.slow
def test_a_deleted_run_takes_all_that_is_its_own(bench: Any, tiny: Any) -> None:
    bench.data()
    for seed, name in enumerate(("mine", "other")):
        bench.train(tiny("llama"), name=name, seed=seed)
    bench.workspace.compare("things", ["base", "mine", "other"], limit=2)
    asks = [bench.workspace.ask(v, "Hello") for v in (["base", "mine"], ["other"])]
    bench.work()
    assert rows(bench, "completions") == 6
    bench.workspace.export_zip("mine")
    home = bench.workspace.home
    job = bench.workspace.job("mine").id
    asked = bench.workspace.answers(asks[0]).job_id
    (home.jobs / str(job)).mkdir(exist_ok=True)
    run = bench.workspace.run("mine")
    bench.workspace.delete("mine")
    assert rows(bench, "completions") == 4  # the base's and the other's
    assert rows(bench, "asks") == 1
    assert rows(bench, "answers") == 1
    assert bench.workspace.answers(asks[1]).state == "done"
    for folder in (run.folder, home.exports / str(run.id), home.job(job), home.job(asked)):
        assert not folder.exists()
    assert bench.workspace.run("other").folder.is_dir()
    assert len(bench.workspace.comparisons()) == 1


def test_a_question_that_waits_for_the_run_is_left_to_say_so(bench: Any, tiny: Any) -> None:
    bench.data()
    run = bench.train(tiny("llama"), name="mine")
    (run.folder / "adapter").mkdir(parents=True)
    (run.folder / "adapter" / "adapter_config.json").write_text("{}")
    ask = bench.workspace.ask(["mine"], "Hello")
    bench.workspace.stop("mine")
    bench.workspace.delete("mine")
    assert bench.workspace.answers(ask).state == "queued"


def test_an_import_that_died_is_swept_and_one_that_lives_is_not(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = bench.workspace.home
    monkeypatch.setattr(tidying, "STARTING", -1.0)
    dead, alive = (bench.store.datasets.reserve(name) for name in ("dead", "alive"))
    for number in (dead, alive):
        home.dataset(number).mkdir()
        (home.dataset(number) / "rows").write_text("half")
    lock = acquire(tidying._import_lock(home, alive))
    assert lock is not None
    (home.jobs / "99").mkdir()
    (home.comparison(99)).write_text("{}")
    (home.comparisons / "99.1234.part").write_text("{")
    (home.jobs / "runner-cpu.log").write_text("")
    Workspace.open(home.root)
    assert not home.dataset(dead).exists()
    assert home.dataset(alive).is_dir()
    assert bench.store.datasets.ids() == [alive]
    assert not (home.jobs / "99").exists()
    assert not list(home.comparisons.iterdir())
    assert (home.jobs / "runner-cpu.log").exists()
    lock.release()
    Workspace.open(home.root)
    assert not home.dataset(alive).exists()


def test_an_import_holds_its_lock_and_leaves_none(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "STARTING", -1.0)
    from jobs.workspace import importing

    plain, seen = importing.import_dataset, []

    def watched(*given: Any, **more: Any) -> Any:
        tidying.sweep(bench.store, bench.workspace.home)  # another process opens the home
        seen.extend(bench.store.datasets.ids())
        return plain(*given, **more)

    monkeypatch.setattr(importing, "import_dataset", watched)
    dataset = bench.data()
    assert seen == [dataset.id]
    assert not list(bench.workspace.home.temporary.glob("import-*"))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="a crash is made by fork")
def test_a_crash_in_the_middle_of_an_import_leaves_nothing_in_the_end(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobs.workspace import importing

    monkeypatch.setattr(importing, "import_dataset", lambda *a, **b: os._exit(9))
    bench.store.close()
    pid = os.fork()
    if pid == 0:
        bench.data()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    assert len(bench.store.datasets.ids()) == 1
    monkeypatch.setattr(tidying, "STARTING", -1.0)
    tidying.sweep(bench.store, bench.workspace.home)
    assert bench.store.datasets.ids() == []
    assert not list(bench.workspace.home.temporary.glob("import-*"))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="a crash is made by fork")
def test_rows_that_a_crash_left_half_written_go(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They lie in a folder beside the one that the dataset would have had."""
    from jobs import whole

    monkeypatch.setattr(tidying, "STARTING", -1.0)
    home = bench.workspace.home

    def crash(*_: Any) -> None:
        tidying.sweep(bench.store, home)  # another process opens the home: this one still lives
        os._exit(9 if any(home.datasets.iterdir()) else 8)

    assert ended(bench, crash, whole.os, "rename", bench.data) == 9
    assert len(list(home.datasets.iterdir())) == 1
    tidying.sweep(bench.store, home)
    assert not list(home.datasets.iterdir())


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="a crash is made by fork")
def test_an_export_that_a_crash_left_half_made_goes(bench: Any, tiny: Any) -> None:
    bench.data()
    run = bench.train(tiny("llama"), name="mine")
    bench.end(run)
    (run.folder / "adapter").mkdir(parents=True)
    (run.folder / "adapter" / "adapter_config.json").write_text("{}")
    home = bench.workspace.home

    def crash(*_: Any) -> None:
        tidying.sweep(bench.store, home)
        found = [path.name for path in home.temporary.rglob("*.json")]
        os._exit(9 if "adapter_config.json" in found else 8)

    assert ended(bench, crash, zipfile.ZipFile, "write", bench.workspace.export_zip, "mine") == 9
    tidying.sweep(bench.store, home)
    assert [path for path in home.temporary.rglob("*") if path.is_file()] == []
    assert not any((home.exports).rglob("*.*"))


def ended(bench: Any, crash: Any, where: Any, name: str, verb: Any, *given: Any) -> int:
    """How a process ended that did this and crashed where this function would have been called."""
    bench.store.close()
    pid = os.fork()
    if pid == 0:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(where, name, crash)
            verb(*given)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
