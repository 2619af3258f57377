"""The loop over real methods and two-layer models: curves, stops, resumes, failures."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jobs.errors import DataError, DiskFull, NumbersError, OutOfMemory
from jobs.training import checkpoint, loop
from jobs.types import Example

METHODS = ["lora", "qlora", "prompt-tuning", "full"]


def weights_of(folder: Path) -> bytes:
    """What a run or a checkpoint keeps of its weights, an adapter or a whole model."""
    (file,) = folder.glob("*.safetensors")
    return file.read_bytes()


@pytest.mark.parametrize(
    ("name", "architecture"),
    [
        *((name, architecture) for name in METHODS for architecture in ("llama", "t5")),
        ("p-tuning", "llama"),
        ("prefix-tuning", "llama"),
    ],
)
def test_a_run_learns_and_leaves_a_whole_folder(
    make_plan: Any, reporter: Any, name: str, architecture: str
) -> None:
    plan = make_plan(name, architecture, epochs=6.0)
    result = loop.train(plan, reporter)
    losses = [loss for _, loss in reporter.curve()]
    checks = reporter.curve("validation_loss")
    assert result.step == result.steps == len(losses) == 30
    assert checks[0][0] == 0
    assert checks[-1][0] == 30
    assert 6 <= len(checks) <= 11
    assert result.validation_loss == min(loss for step, loss in checks if step)
    assert result.validation_loss < checks[0][1]
    assert weights_of(plan.folder / "adapter")
    stored = json.loads((plan.folder / "run.json").read_text())
    assert stored["method"] == name
    before = [step for step, _, _ in reporter.checkpoints][-2]
    kept = set(checkpoint.steps(plan.folder / "checkpoints"))
    assert kept == {30, before, result.best_step}
    assert reporter.phases[:3] == ["Reading 40 examples", "Loading the model", "Training"]
    assert reporter.phases[-1] == "Saving"
    assert result.peak_memory > 50e6
    assert not reporter.warnings


def test_the_best_checkpoint_is_the_final_adapter(make_plan: Any, reporter: Any) -> None:
    """The validation rows ask for the contrary, so that what is learnt soon makes them worse."""
    plan = make_plan(epochs=8.0)
    contrary = [replace(row, references=(row.prompt,)) for row in plan.validation]
    result = loop.train(replace(plan, validation=contrary), reporter)
    best, last = (
        plan.folder / "checkpoints" / str(step) / "adapter" for step in (result.best_step, 40)
    )
    assert result.best_step < result.steps == 40
    assert weights_of(best) == weights_of(result.adapter) != weights_of(last)


@pytest.mark.parametrize("stop_at", [1, 7, 9])
@pytest.mark.parametrize("name", ["lora", "prompt-tuning", "p-tuning", "full"])
def test_resume_is_not_restart(make_plan: Any, new_reporter: Any, name: str, stop_at: int) -> None:
    """Trap 13: dropout, order, moments and schedule come back; the curves are bit-equal."""
    more = {"dropout": 0.1} if name == "lora" else {}
    whole, first, second = new_reporter(), new_reporter(), new_reporter()
    full = loop.train(make_plan(name, folder="whole", epochs=3.0, **more), whole)
    plan = make_plan(name, folder="parts", epochs=3.0, **more)
    first.stop = lambda r: len(r.curve()) >= stop_at
    part = loop.train(plan, first)
    assert part.stopped
    assert part.step == stop_at
    resumed = loop.train(replace(plan, resume=plan.folder / "checkpoints" / str(stop_at)), second)
    assert not resumed.stopped
    for curve in ("loss", "validation_loss", "grad_norm", "learning_rate"):
        assert first.curve(curve) + second.curve(curve) == whole.curve(curve)
    assert weights_of(resumed.adapter) == weights_of(full.adapter)
    assert resumed.seconds > part.seconds


def test_a_stop_is_honoured_inside_validation(make_plan: Any, new_reporter: Any) -> None:
    whole, first, second = new_reporter(), new_reporter(), new_reporter()
    loop.train(make_plan(folder="whole"), whole)
    plan = make_plan(folder="parts")
    # Ask in the middle of the second check, that is after the first step that is checked.
    first.stop = lambda r: bool(r.curve()) and r.phases[-1].startswith("Checking")
    part = loop.train(plan, first)
    assert part.stopped
    assert len(first.curve("validation_loss")) == 1
    loop.train(replace(plan, resume=plan.folder / "checkpoints" / str(part.step)), second)
    joined = first.curve("validation_loss") + second.curve("validation_loss")
    assert joined == whole.curve("validation_loss")


def test_the_same_seed_gives_the_same_weights(make_plan: Any, new_reporter: Any) -> None:
    a = loop.train(make_plan(folder="a", dropout=0.1), new_reporter())
    b = loop.train(make_plan(folder="b", dropout=0.1), new_reporter())
    assert weights_of(a.adapter) == weights_of(b.adapter)


@pytest.mark.parametrize("architecture", ["llama", "t5"])
def test_accumulation_equals_a_large_batch(
    make_plan: Any, new_reporter: Any, architecture: str
) -> None:
    """Trap 7: one batch of 8, and 8 rows in two, four or eight pieces, give the same gradients."""
    curves = []
    for pieces in (8, 4, 3, 1):
        reporter = new_reporter()
        more = {"rows_at_once": pieces}
        loop.train(make_plan("lora", architecture, folder=str(pieces), more=more), reporter)
        curves.append([value for _, value in reporter.curve()])
    for curve in curves[1:]:
        assert curve == pytest.approx(curves[0], rel=1e-4)


def test_gradient_accumulation_divides_by_the_windows_labels(make_plan: Any, reporter: Any) -> None:
    import torch

    from jobs.training.setup import set_up

    plan = make_plan(batch_size=2, gradient_accumulation=4)
    training = set_up(plan, reporter)
    window = training.window(0)
    assert len({len(training.rows[i].completion_ids) for b in window for i in b}) > 1
    loop.gradients(training, window)
    parts = [m.grad.clone() for m in training.weights.masters]
    training.weights.clear()
    training.progress.rows_at_once = 8
    loop.gradients(training, [[i for batch in window for i in batch]])
    for part, master in zip(parts, training.weights.masters, strict=True):
        torch.testing.assert_close(part, master.grad, rtol=1e-4, atol=1e-6)


def test_validation_does_not_depend_on_the_batch_size(make_plan: Any, reporter: Any) -> None:
    """Every row counts by its labels; dropout is off meanwhile and on again afterwards."""
    from jobs.training.setup import set_up
    from jobs.training.validation import validate

    training = set_up(make_plan(dropout=0.5), reporter)
    for parameter in training.weights.parameters:
        parameter.data += 0.05  # dropout in front of a lora_B of zeros would change nothing
    losses = []
    for rows in (1, 3, 8, 100):
        training.progress.rows_at_once = rows
        losses.append(validate(training))
    assert losses == pytest.approx([losses[0]] * 4, rel=1e-5)
    assert training.model.training


def test_trying_the_longest_batch_leaves_no_trace(
    make_plan: Any, new_reporter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, without = new_reporter(), new_reporter()
    loop.train(make_plan(folder="a", dropout=0.2), plain)
    monkeypatch.setattr(loop, "try_longest", lambda _: None)
    loop.train(make_plan(folder="b", dropout=0.2), without)
    assert plain.curve() == without.curve()


def test_the_longest_batch_corrects_the_forecast_before_the_first_step(
    make_plan: Any, reporter: Any
) -> None:
    result = loop.train(make_plan(epochs=2.0), reporter)
    assert reporter.left[0] is not None
    assert reporter.left[0] > 0
    (told,) = [text for text in reporter.logs if text.startswith("The longest batch was tried")]
    said = float(told.split("about ")[1].split(" MB")[0].replace(",", ""))
    assert said * 1e6 == pytest.approx(result.peak_memory, rel=0.1)


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
    result = loop.train(make_plan(folder="b"), broken)
    assert not result.stopped
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


def test_rows_that_do_not_fit_are_counted_and_said(make_plan: Any, reporter: Any) -> None:
    long = [Example("A" * 100, ("b",), 90), Example("A", ("b" * 100,), 91)]
    plan = make_plan(max_length=64, epochs=8.0)
    loop.train(replace(plan, train=[*plan.train, *long]), reporter)
    assert any("1 of 42 training prompts are longer" in w for w in reporter.warnings)
    assert any("1 of 42 training examples were left out" in w for w in reporter.warnings)


def test_no_row_that_fits_is_an_error(make_plan: Any, reporter: Any) -> None:
    plan = make_plan(max_length=16)
    with pytest.raises(DataError, match="16 tokens"):
        loop.train(replace(plan, train=[Example("A", ("b" * 100,), 1)]), reporter)


def test_few_steps_are_warned_of(make_plan: Any, reporter: Any) -> None:
    loop.train(make_plan(epochs=1.0), reporter)
    assert any("only 5 steps" in w for w in reporter.warnings)


def scripted(losses: list[float]) -> Callable[[Any], float]:
    """Validations that come out as told; training loss falls by its own."""
    told = iter(losses)
    return lambda _: next(told)


def test_learning_by_heart_is_warned_of_once(
    make_plan: Any, reporter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "validate", scripted([5, 4, 3, 2, 2.1, 2.2, 2.3, 2.4, 2.5]))
    loop.train(make_plan(epochs=6.0, learning_rate=2e-2), reporter)
    said = [w for w in reporter.warnings if "by heart" in w]
    assert len(said) == 1
    assert "step 11," in said[0]


def test_early_stopping_ends_the_run(
    make_plan: Any, reporter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "validate", scripted([5, 4, 3, 3.1, 2, 2.1, 2.2, 0, 0]))
    result = loop.train(make_plan(epochs=6.0, early_stopping=2), reporter)
    assert not result.stopped
    assert result.best_step == 15
    assert result.step == 22


def test_without_validation_rows_the_last_step_counts(make_plan: Any, reporter: Any) -> None:
    result = loop.train(replace(make_plan(), validation=[]), reporter)
    assert result.validation_loss is None
    assert result.best_step == result.steps
    assert (result.adapter / "adapter_config.json").exists()


def test_a_run_that_begins_anew_does_not_keep_what_an_earlier_one_left(
    make_plan: Any, new_reporter: Any
) -> None:
    plan = make_plan(more={"checkpoint_seconds": 0.0, "validation": []})
    loop.train(plan, new_reporter())
    other = replace(plan, seed=4)
    loop.train(other, new_reporter())
    fresh = loop.train(replace(other, folder=plan.folder / "fresh"), new_reporter())
    name = "adapter/adapter_model.safetensors"
    step = f"checkpoints/{fresh.step}"
    assert (plan.folder / step / name).read_bytes() == (
        plan.folder / "fresh" / step / name
    ).read_bytes()


def test_a_step_is_saved_and_told_once(make_plan: Any, reporter: Any) -> None:
    reporter.stop = lambda r: len(r.curve("validation_loss")) >= 3
    loop.train(make_plan(more={"checkpoint_seconds": 0.0}), reporter)
    told = [step for step, _, _ in reporter.checkpoints]
    assert len(told) == len(set(told))
    assert reporter.checkpoints[-1][2] is not None


def test_checkpoints_by_time(make_plan: Any, reporter: Any) -> None:
    plan = replace(make_plan(), validation=[], checkpoint_seconds=0.0)
    loop.train(plan, reporter)
    assert [step for step, _, _ in reporter.checkpoints] == list(range(1, 11))
    assert checkpoint.steps(plan.folder / "checkpoints") == [9, 10]


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
