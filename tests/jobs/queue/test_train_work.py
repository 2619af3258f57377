"""The work of a training job, in this process on two-layer models."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from jobs.queue.executors.inline import InlineExecutor
from jobs.queue.work import train as train_work


class StopAfter:
    """An executor that asks the run to stop once it has told of `steps` steps."""

    def __init__(self, bench: Any, monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
        self.bench, self.monkeypatch, self.steps = bench, monkeypatch, steps

    def work(self) -> None:
        plain = train_work.train

        def stopping(plan: Any, reporter: Any) -> Any:
            told = reporter.metric

            def metric(step: int, values: Any) -> None:
                told(step, values)
                if step >= self.steps:
                    self.bench.workspace.stop("mine")
                    reporter._asked = float("-inf")  # ask again at once

            reporter.metric = metric
            return plain(plan, reporter)

        with self.monkeypatch.context() as patch:
            patch.setattr(train_work, "train", stopping)
            InlineExecutor(self.bench.store, self.bench.workspace.home).wake("cpu")


def test_a_run_is_trained_and_told(bench: Any, tiny: Any) -> None:
    bench.data()
    run = bench.train(tiny("llama"), options={"epochs": 1}, name="mine", seed=3)
    bench.work()
    done = bench.workspace.run("mine")
    assert (done.state, done.error) == ("done", None)
    assert done.step == done.steps == run.forecast["steps"]
    assert done.result["trainable_parameters"] == run.forecast["trainable_parameters"]
    assert (done.folder / "adapter" / "adapter_model.safetensors").is_file()
    assert done.result["adapter"] == str(done.folder / "adapter")
    losses = [p["loss"] for p in bench.workspace.metrics("mine") if "loss" in p]
    assert len(losses) == done.steps
    assert "versions" in json.loads((done.folder / "run.json").read_text())
    request = json.loads((done.folder / "request.json").read_text())
    assert (request["name"], request["data"], request["seed"]) == ("mine", "things", 3)
    # A run that is done resumes from nowhere: its optimizer is not kept.
    kept = {p.suffix for p in (done.folder / "checkpoints").rglob("*") if p.is_file()}
    assert kept == {".json", ".safetensors"}
    assert not list(done.folder.rglob("sums.json"))


def test_a_stopped_run_goes_on_from_its_newest_checkpoint(
    bench: Any, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.data()
    bench.train(tiny("llama"), options={"epochs": 1}, name="mine")
    whole = bench.workspace.run("mine").forecast["steps"]
    StopAfter(bench, monkeypatch, 3).work()
    stopped = bench.workspace.run("mine")
    assert (stopped.state, stopped.error) == ("stopped", None)
    assert 3 <= stopped.step < whole
    newest = bench.workspace.checkpoints("mine")[-1]
    assert newest.step == stopped.step

    plans: list[Any] = []
    plain = train_work.train

    def watched(plan: Any, reporter: Any) -> Any:
        plans.append(plan)
        return plain(plan, reporter)

    monkeypatch.setattr(train_work, "train", watched)
    bench.workspace.resume("mine")
    bench.work()
    assert plans[0].resume == newest.folder
    done = bench.workspace.run("mine")
    assert (done.state, done.step) == ("done", whole)
    steps = [p["step"] for p in bench.workspace.metrics("mine") if "loss" in p]
    assert steps == list(range(1, whole + 1))


def test_a_checkpoint_that_somebody_deleted_is_passed_over(
    bench: Any, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.data()
    bench.train(tiny("llama"), options={"epochs": 1}, name="mine")
    StopAfter(bench, monkeypatch, 2).work()
    run = bench.workspace.run("mine")
    assert run.step == 2
    shutil.rmtree(run.folder / "checkpoints" / "2")
    bench.workspace.resume("mine")
    bench.work()
    assert bench.workspace.run("mine").state == "done"


def test_a_damaged_checkpoint_is_passed_over_and_told(
    bench: Any, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.data()
    bench.train(tiny("llama"), options={"epochs": 1}, name="whole")
    bench.work()
    bench.train(tiny("llama"), options={"epochs": 1}, name="mine")
    StopAfter(bench, monkeypatch, 4).work()
    kept = bench.workspace.checkpoints("mine")
    state = kept[-1].folder / "state.pt"
    found = bytearray(state.read_bytes())
    found[len(found) // 2] ^= 1
    state.write_bytes(found)
    bench.workspace.resume("mine")
    bench.work()
    assert bench.workspace.run("mine").state == "done"
    (warning,) = [w for w in bench.workspace.warnings("mine") if "damaged" in w]
    assert warning == (
        f"The checkpoint of step {kept[-1].step} is damaged: "
        f"going on from step {kept[-2].step} instead."
    )
    curves = [
        {p["step"]: p["loss"] for p in bench.workspace.metrics(name) if "loss" in p}
        for name in ("whole", "mine")
    ]
    assert curves[0] == pytest.approx(curves[1])


def test_the_base_of_qlora_has_four_bits_and_that_of_lora_the_device_s(
    bench: Any, tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[Any] = []

    def refuse(plan: Any, reporter: Any) -> Any:
        plans.append(plan)
        raise MemoryError

    monkeypatch.setattr(train_work, "train", refuse)
    bench.data()
    for method in ("lora", "qlora"):
        bench.train(tiny("llama"), method, name=method)
    bench.work()
    assert [(p.precision, p.compute) for p in plans] == [
        ("float32", "float32"),
        ("4bit", "float32"),
    ]
    assert bench.workspace.run("lora").error["kind"] == "memory"
