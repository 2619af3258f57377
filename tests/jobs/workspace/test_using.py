"""What a run said, and what is left of it."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.errors import Unavailable
from jobs.workspace import using


@pytest.fixture
def run(bench: Any, tiny: Any) -> Any:
    bench.data(template="Say it: {prompt}")
    return bench.train(tiny("llama"), name="baseline")


def test_the_log_is_what_it_reported_and_what_its_process_printed(bench: Any, run: Any) -> None:
    assert bench.workspace.log("baseline") == ""
    job = bench.workspace.job("baseline")
    lines = [
        ("log", {"text": "One."}),
        ("warning", {"sentence": "Slow."}),
        ("log", {"text": "Two."}),
    ]
    bench.store.events.append(job.id, run.id, lines)
    folder = bench.workspace.home.job(job.id)
    folder.mkdir(parents=True)
    long = "x" * using.LOG_END
    (folder / "output.log").write_bytes(b"beginning\xff" + long.encode() + "猫\n".encode())
    log = bench.workspace.log("baseline")
    assert log.startswith("One.\nTwo.\n")
    assert log.endswith("x猫")
    assert "beginning" not in log
    assert len(log) < using.LOG_END + 100


def test_warnings_are_told_once_in_their_order(bench: Any, run: Any) -> None:
    job = bench.workspace.job("baseline")
    told = [("warning", {"sentence": s}) for s in ("Slow.", "Hot.", "Slow.")]
    bench.store.events.append(job.id, run.id, told)
    assert bench.workspace.warnings("baseline") == ["Slow.", "Hot."]


def test_inside_a_soft_prompt_where_there_is_one(bench: Any, tiny: Any) -> None:
    bench.data()
    bench.train(tiny("llama"), name="matrices")
    run = bench.train(tiny("llama"), "prompt-tuning", name="vectors")
    with pytest.raises(Unavailable, match="not trained yet"):
        bench.workspace.soft_prompt("vectors")
    bench.work()
    found = bench.workspace.soft_prompt("vectors")
    assert found is not None
    assert len(found.tokens) == run.options["virtual_tokens"]
    assert bench.workspace.soft_prompt("matrices") is None
    (run.folder / "soft_prompt.json").unlink()  # as a run of an earlier release has it
    with pytest.raises(Unavailable, match="before Attune looked inside") as old:
        bench.workspace.soft_prompt("vectors")
    assert "Train it again" in old.value.cure


def test_checkpoints_are_those_that_lie_on_the_disk(bench: Any, run: Any) -> None:
    """Training removes older ones; their rows alone are nothing to resume from."""
    for step in (10, 20):
        folder = run.folder / "checkpoints" / str(step)
        folder.mkdir(parents=True)
        bench.store.checkpoints.add(run.id, step, folder, 1.0 / step)
    assert [c.step for c in bench.workspace.checkpoints("baseline")] == [10, 20]
    (run.folder / "checkpoints" / "10").rmdir()
    assert [c.step for c in bench.workspace.checkpoints("baseline")] == [20]


def test_nothing_to_export_yet(bench: Any, run: Any, tmp_path: Any) -> None:
    with pytest.raises(Unavailable, match="nothing to export yet: it is queued"):
        bench.workspace.export("baseline", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_a_deleted_run_exported_goes_with_it(bench: Any, run: Any) -> None:
    bench.end(run)
    kept = bench.workspace.home.exports / str(run.id)
    kept.mkdir()
    (kept / "baseline.zip").write_bytes(b"PK")
    bench.workspace.delete("baseline")
    assert not kept.exists()
