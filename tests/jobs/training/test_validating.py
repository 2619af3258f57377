"""Validation during a run: the best checkpoint, early stopping, learning by heart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from jobs.training import loop


def test_the_best_checkpoint_is_the_final_adapter(
    make_plan: Any, reporter: Any, weights_of: Any
) -> None:
    """The validation rows ask for the contrary, so that what is learnt soon makes them worse."""
    plan = make_plan(epochs=8.0)
    contrary = [replace(row, references=(row.prompt,)) for row in plan.validation]
    result = loop.train(replace(plan, validation=contrary), reporter)
    best, last = (
        plan.folder / "checkpoints" / str(step) / "adapter" for step in (result.best_step, 40)
    )
    assert result.best_step < result.steps == 40
    assert weights_of(best) == weights_of(result.adapter) != weights_of(last)


def test_a_resume_knows_the_best_checkpoint_of_before(
    make_plan: Any, new_reporter: Any, weights_of: Any
) -> None:
    """Trap 13: what comes after the stop is worse, and is not taken for the best."""
    plan = make_plan(epochs=8.0)
    contrary = [replace(row, references=(row.prompt,)) for row in plan.validation]
    plan = replace(plan, validation=contrary)
    first = new_reporter()
    first.stop = lambda r: len(r.curve()) >= 30
    part = loop.train(plan, first)
    assert part.best_step < part.step == 30
    best = weights_of(plan.folder / "checkpoints" / str(part.best_step) / "adapter")
    resumed = loop.train(replace(plan, resume=plan.folder / "checkpoints" / "30"), new_reporter())
    assert resumed.best_step == part.best_step
    assert weights_of(resumed.adapter) == best


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


def test_every_label_counts_the_same(make_plan: Any, reporter: Any) -> None:
    """Trap 8: the sum over all labels by their number, and not the mean of the rows' means."""
    import torch

    from jobs.training.setup import set_up
    from jobs.training.validation import validate

    training = set_up(make_plan(), reporter)
    rows = training.held_out
    labels = [len(row.completion_ids) for row in rows]
    with torch.no_grad():
        sums = [float(training.loss(training.collate([row]))) for row in rows]
    means = sum(own / count for own, count in zip(sums, labels, strict=True)) / len(rows)
    assert sum(sums) / sum(labels) != pytest.approx(means, rel=1e-4)
    assert validate(training) == pytest.approx(sum(sums) / sum(labels), rel=1e-5)


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
