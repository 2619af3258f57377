"""A run that cannot go on says why, and leaves its last good checkpoint."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobs.errors import DataError, DiskFull, NumbersError, OutOfMemory
from jobs.training import checkpoint, loop
from jobs.training.weights import TrainedWeights
from jobs.types import Example


class Fails:
    """Stands before the loss and runs out of memory when more than `rows` come at once."""

    def __init__(self, loss: Any, rows: int, after: int = 0) -> None:
        self.loss, self.rows, self.calls, self.after = loss, rows, 0, after

    def __call__(self, batch: Any) -> Any:
        self.calls += 1
        if len(batch) > self.rows and self.calls > self.after:
            raise RuntimeError(
                "[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: "
                "can't allocate memory: you tried to allocate 9 bytes."
            )
        return self.loss(batch)


def test_out_of_memory_halves_the_batch_and_goes_on(
    make_plan: Any, new_reporter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, broken = new_reporter(), new_reporter()
    loop.train(make_plan(folder="a"), whole)
    real = loop.set_up

    def failing(*args: Any) -> Any:
        training = real(*args)
        training.loss = Fails(training.loss, 3, after=3)
        return training

    monkeypatch.setattr(loop, "set_up", failing)
    freed: list[None] = []
    monkeypatch.setattr(loop.allocator, "give_back", lambda: freed.append(None))
    result = loop.train(make_plan(folder="b"), broken)
    assert not result.stopped
    assert len(freed) == 2  # what the whole batch took must not stand in the way of its half
    memory = [w for w in broken.warnings if "Memory ran out" in w]
    assert len(memory) == 2
    assert "8 examples at a time: going on with 4" in memory[0]
    assert [v for _, v in broken.curve()] == pytest.approx([v for _, v in whole.curve()], rel=1e-4)


def test_one_row_too_many_is_an_error_with_a_cure(
    make_plan: Any, reporter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = loop.set_up

    def failing(*args: Any) -> Any:
        training = real(*args)
        training.loss = Fails(training.loss, 0)
        return training

    monkeypatch.setattr(loop, "set_up", failing)
    with pytest.raises(OutOfMemory, match="max_length"):
        loop.train(make_plan(), reporter)
    assert "Training" not in reporter.phases  # it showed before the first step


def test_the_row_that_is_too_long_is_one_of_the_step(make_plan: Any, reporter: Any) -> None:
    """A longer one of another step went through."""
    training = loop.set_up(make_plan(), reporter)
    shortest = min(range(len(training.rows)), key=lambda i: training.lengths[i])
    assert training.lengths[shortest] < max(training.lengths)
    training.loss = Fails(training.loss, 0)
    training.progress.rows_at_once = 1
    with pytest.raises(OutOfMemory, match=f"example of {training.lengths[shortest]} tokens"):
        loop.gradients(training, [[shortest]])


def test_a_loss_that_is_no_number_stops_the_run(
    make_plan: Any, reporter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = loop.set_up

    def failing(*args: Any) -> Any:
        training = real(*args)
        inner = training.loss
        training.loss = lambda b: inner(b) * (float("nan") if training.progress.step == 6 else 1)
        return training

    monkeypatch.setattr(loop, "set_up", failing)
    plan = make_plan()
    with pytest.raises(NumbersError, match=r"step 7.*step 6 is kept.*lower learning rate"):
        loop.train(plan, reporter)
    progress, tensors = checkpoint.read(plan.folder / "checkpoints" / "6")
    assert progress.step == 6
    assert all(t.isfinite().all() for t in tensors["weights"].values())


def test_weights_that_do_not_move_are_an_error(
    make_plan: Any, reporter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap 11: gradients that never arrive leave a run that looks successful."""
    monkeypatch.setattr(loop.schedule, "learning_rate", lambda *_: 0.0)
    with pytest.raises(NumbersError, match="has moved"):
        loop.train(make_plan(), reporter)


def test_matrices_that_do_not_move_are_told_of(
    make_plan: Any, reporter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trap 11: gradients reach a part of the model alone."""
    collect = TrainedWeights.collect

    def deaf(weights: TrainedWeights) -> None:
        collect(weights)
        for name, master in zip(weights.names, weights.masters, strict=True):
            if ".layers.0." in name:
                master.grad = None

    monkeypatch.setattr(TrainedWeights, "collect", deaf)
    loop.train(make_plan(), reporter)
    assert any(w.startswith("14 of 28 trained matrices did not move") for w in reporter.warnings)


def test_a_full_disk_leaves_the_last_checkpoint(
    make_plan: Any, reporter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make_plan()
    real = checkpoint.room_for

    def full(folder: Path, size: int) -> None:
        if len(reporter.checkpoints) == 3 and size:
            size = 10**18
        real(folder, size)

    monkeypatch.setattr(checkpoint, "room_for", full)
    with pytest.raises(DiskFull, match="Resume"):
        loop.train(plan, reporter)
    kept = checkpoint.steps(plan.folder / "checkpoints")
    assert kept[-1] == reporter.checkpoints[-1][0]
    assert not list((plan.folder / "checkpoints").glob(".*"))


def test_no_row_that_fits_is_an_error(make_plan: Any, reporter: Any) -> None:
    plan = make_plan(max_length=16)
    with pytest.raises(DataError, match="16 tokens"):
        loop.train(replace(plan, train=[Example("A", ("b" * 100,), 1)]), reporter)


def test_a_best_checkpoint_that_was_damaged_is_not_handed_out(
    make_plan: Any, new_reporter: Any
) -> None:
    """The last weights are taken instead, and it is said."""
    plan = make_plan(epochs=6.0)
    whole = new_reporter()
    loop.train(plan, whole)
    again = new_reporter()
    plan = replace(plan, folder=plan.folder / "again")

    def spoil(step: int, folder: Any, loss: float | None) -> None:
        told(step, folder, loss)
        for path in folder.parent.glob("*/adapter/adapter_model.safetensors"):
            path.write_bytes(path.read_bytes()[:-1])

    told, again.checkpoint = again.checkpoint, spoil
    result = loop.train(plan, again)
    assert result.best_step == result.step == 30
    assert any("damaged" in warning for warning in again.warnings)
    assert not (result.adapter / "sums.json").exists()
    from safetensors.torch import load_file

    assert load_file(result.adapter / "adapter_model.safetensors")
