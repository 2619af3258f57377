"""The loop over real methods and two-layer models: curves, stops, resumes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from jobs.training import checkpoint, loop
from jobs.types import Example

METHODS = ["lora", "qlora", "prompt-tuning", "full"]


@pytest.mark.parametrize(
    ("name", "architecture"),
    [
        *((name, architecture) for name in METHODS for architecture in ("llama", "t5")),
        ("p-tuning", "llama"),
        ("prefix-tuning", "llama"),
    ],
)
def test_a_run_learns_and_leaves_a_whole_folder(
    make_plan: Any, reporter: Any, name: str, architecture: str, weights_of: Any
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


def test_an_adapter_on_the_output_alone_learns(make_plan: Any, reporter: Any) -> None:
    """Trap 11: nothing that comes into the head asks for a gradient, and its logits are made
    again backwards."""
    loop.train(make_plan("lora", epochs=6.0, target_modules=("lm_head",)), reporter)
    losses = [loss for _, loss in reporter.curve()]
    assert losses[-1] < 0.99 * losses[0]
    assert not reporter.warnings


@pytest.mark.parametrize("stop_at", [1, 7, 9])
@pytest.mark.parametrize("name", ["lora", "prompt-tuning", "p-tuning", "full"])
def test_resume_is_not_restart(
    make_plan: Any, new_reporter: Any, name: str, stop_at: int, weights_of: Any
) -> None:
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


def test_the_same_seed_gives_the_same_weights(
    make_plan: Any, new_reporter: Any, weights_of: Any
) -> None:
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


@pytest.mark.parametrize(("precision", "rounding"), [("float32", 1e-4), ("bfloat16", 0.03)])
def test_gradient_accumulation_divides_by_the_windows_labels(
    make_plan: Any, reporter: Any, precision: str, rounding: float
) -> None:
    """Trap 7; over bfloat16 the pieces are added up beside the model."""
    from jobs.training.setup import set_up

    plan = make_plan(batch_size=2, gradient_accumulation=4, more={"precision": precision})
    training = set_up(plan, reporter)
    window = training.window(0)
    assert len({len(training.rows[i].completion_ids) for b in window for i in b}) > 1
    loop.gradients(training, window)
    parts = [m.grad.clone() for m in training.weights.masters]
    training.weights.clear()
    training.progress.rows_at_once = 8
    loop.gradients(training, [[i for batch in window for i in batch]])
    for part, master in zip(parts, training.weights.masters, strict=True):
        assert (part - master.grad).norm() <= rounding * master.grad.norm() + 1e-6


def test_trying_the_most_costly_batch_leaves_no_trace(
    make_plan: Any, new_reporter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, without = new_reporter(), new_reporter()
    loop.train(make_plan(folder="a", dropout=0.2), plain)
    monkeypatch.setattr(loop, "try_costliest", lambda _: None)
    loop.train(make_plan(folder="b", dropout=0.2), without)
    assert plain.curve() == without.curve()


def test_the_most_costly_batch_corrects_the_forecast_before_the_first_step(
    make_plan: Any, reporter: Any
) -> None:
    result = loop.train(make_plan(epochs=2.0), reporter)
    assert reporter.left[0] is not None
    assert reporter.left[0] > 0
    (told,) = [text for text in reporter.logs if text.startswith("The most costly batch was tried")]
    said = float(told.split("about ")[1].split(" MB")[0].replace(",", ""))
    assert said * 1e6 == pytest.approx(result.peak_memory, rel=0.1)


@pytest.mark.parametrize(("passes", "counts"), [([4.0, 1.0], 1.0), ([60.0], 60.0)])
def test_the_time_left_comes_from_a_pass_that_is_warm(
    make_plan: Any, reporter: Any, monkeypatch: pytest.MonkeyPatch, passes: Any, counts: float
) -> None:
    """A first pass asks for memory and compiles products: a short run began with half too much.
    A long one is not worth a second."""
    training, taken = loop.set_up(make_plan(), reporter), iter(passes)
    seen: list[list[int]] = []

    def tried(_: Any, batch: list[int]) -> float:
        seen.append(batch)
        return float(next(taken))

    monkeypatch.setattr(loop, "_tried", tried)
    loop.try_costliest(training)
    assert len(seen) == len(passes)
    tokens = sum(training.lengths[i] for i in seen[0])
    assert training.pace.probe == pytest.approx(counts / tokens)


def test_rows_that_do_not_fit_are_counted_and_said(make_plan: Any, reporter: Any) -> None:
    long = [Example("A" * 100, ("b",), 90), Example("A", ("b" * 100,), 91)]
    plan = make_plan(max_length=64, epochs=8.0)
    plan = replace(plan, train=[*plan.train, *long], validation=[*plan.validation, *long])
    loop.train(plan, reporter)
    for name, of in (("training", 42), ("validation", 10)):
        assert any(f"1 of {of} {name} prompts are longer" in w for w in reporter.warnings)
        assert any(f"1 of {of} {name} examples were left out" in w for w in reporter.warnings)


def test_few_steps_are_warned_of(make_plan: Any, reporter: Any) -> None:
    loop.train(make_plan(epochs=1.0), reporter)
    assert any("only 5 steps" in w for w in reporter.warnings)


@pytest.mark.parametrize(
    ("rows", "warned"),
    [(0, ()), (1, "1 validation example can"), (7, "7 validation examples can"), (8, ())],
)
def test_few_validation_rows_are_warned_of(
    make_plan: Any, reporter: Any, rows: int, warned: Any
) -> None:
    """They choose the checkpoint that is kept, by chance if they are very few."""
    plan = make_plan(epochs=1.0)
    (spare,) = plan.train[:1]
    held = [*plan.validation, *[spare] * 10][:rows]
    loop.set_up(replace(plan, validation=held), reporter)
    said = [w for w in reporter.warnings if "which checkpoint is the best" in w]
    assert bool(said) is bool(warned)
    assert all(w.startswith(f"Only {warned}") for w in said)


def test_few_validation_rows_are_warned_of_once_and_not_again_by_a_resume(
    make_plan: Any, new_reporter: Any
) -> None:
    plan = make_plan(epochs=1.0)
    plan = replace(plan, validation=[*plan.validation, *plan.train][:1])
    told = [new_reporter(), new_reporter()]
    done = loop.train(plan, told[0])
    loop.set_up(replace(plan, resume=plan.folder / "checkpoints" / str(done.step)), told[1])
    said = [[w for w in one.warnings if "which checkpoint is the best" in w] for one in told]
    assert [len(some) for some in said] == [1, 0]


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
