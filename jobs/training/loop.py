"""The training loop: set up, try the most costly batch, then step, validate and save until the end.

- `set_up`: rows, model, optimizer, place in the run
- `step`: one window of batches, one update
- `check`: loss on the validation rows, best so far, checkpoint
- `finish`: the best checkpoint's adapter becomes the run's
"""

from __future__ import annotations

import math
import shutil
import time
from pathlib import Path

import torch

from jobs.errors import NumbersError, OutOfMemory
from jobs.models import allocator
from jobs.training import batches, checkpoint, memory, record, schedule, sums
from jobs.training.inside import look_inside
from jobs.training.plan import TrainingPlan
from jobs.training.setup import Training, random_state, set_random_state, set_up
from jobs.training.validation import validate
from jobs.types import Reporter, TrainingResult

WARMED_UP = 5.0  # seconds of a first pass, from which on little of it can be setting up


def train(plan: TrainingPlan, reporter: Reporter) -> TrainingResult:
    """Train one run from its start, or from `plan.resume`, to its end or to a stop request."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    checkpoint.room_for(plan.folder, 0)
    training = set_up(plan, reporter)
    try_costliest(training)
    reporter.phase("Training", training.steps)
    reporter.progress(training.progress.step, training.steps, record.left(training))
    stopped = run(training)
    if stopped:
        adapter = save(training) / "adapter"
        reporter.log(f"Stopped after step {training.progress.step}.")
    else:
        adapter = finish(training)
    result = record.result(training, stopped, adapter)
    look_inside(training, adapter)
    record.write(training, result)
    return result


def run(training: Training) -> bool:
    """Take all steps that are left; True if a stop request ended it before."""
    progress, reporter = training.progress, training.reporter
    while True:
        if reporter.stop_requested():
            return True
        if progress.step in training.checks and not progress.checked(progress.step):
            if not check(training):
                return True
            if enough(training):
                return False
            continue
        if progress.step >= training.steps:
            return False
        step(training)
        due = time.monotonic() - training.saved > training.plan.checkpoint_seconds
        if due and progress.step not in training.checks:  # a check saves by itself
            save(training)


def step(training: Training) -> None:
    """One optimizer step and its point on the curves."""
    progress, options = training.progress, training.plan.training
    began = time.monotonic()
    window = training.window(progress.step)
    loss, labels = gradients(training, window)
    limit = options.max_grad_norm or math.inf
    norm = float(torch.nn.utils.clip_grad_norm_(training.weights.masters, limit))
    if not (math.isfinite(loss) and math.isfinite(norm)):
        raise _not_a_number(progress.step + 1, options.learning_rate, training.checkpoints)
    rate = schedule.learning_rate(
        progress.step + 1,
        training.steps,
        options.learning_rate,
        options.warmup_share,
        options.schedule,
    )
    for group in training.optimizer.param_groups:
        group["lr"] = rate
    training.optimizer.step()
    training.weights.publish()
    training.weights.clear()
    progress.step += 1
    progress.add(loss, labels)
    tokens = sum(training.lengths[i] for batch in window for i in batch)
    record.point(training, rate, norm, tokens, time.monotonic() - began)


def gradients(training: Training, window: batches.Window) -> tuple[float, int]:
    """Gradients of the mean loss over all labels of the window; the loss's sum and the labels.

    Each piece's sum is divided by the labels of the whole window, not by its own: unequal
    lengths would otherwise weigh tokens by the company they keep. Where memory runs out, the
    pieces become half as large, twice as many, and the same step is taken again.
    """
    rows = training.rows
    labels = sum(len(rows[i].completion_ids) for batch in window for i in batch)
    while True:
        try:
            return _backward(training, window, labels), labels
        except (RuntimeError, MemoryError) as error:
            if not memory.is_exhausted(error):
                raise
        training.weights.clear()
        make_room(training, max(training.lengths[i] for batch in window for i in batch))


def _backward(training: Training, window: batches.Window, labels: int) -> float:
    total = torch.zeros((), device=training.plan.device)
    for batch in window:
        for piece in batches.split(batch, training.progress.rows_at_once):
            loss = training.loss(training.collate([training.rows[i] for i in piece]))
            (loss / labels).backward()
            training.weights.collect()
            total += loss.detach()
    return float(total)


def make_room(training: Training, longest: int) -> None:
    """Halve how many rows go through the model at a time; at one row, the longest of which had so
    many tokens, there is nothing to halve."""
    at_once = training.progress.rows_at_once
    if at_once <= 1:
        raise OutOfMemory(
            f"A single example of {longest:,} tokens needs more memory than there is.",
            "Lower the option max_length, or choose a smaller model or QLoRA.",
        )
    if training.plan.device.startswith("cuda"):
        torch.cuda.empty_cache()
    else:
        allocator.give_back()
    training.progress.rows_at_once = at_once // 2
    training.reporter.warn(
        f"Memory ran out with {at_once} examples at a time: going on with {at_once // 2} at a "
        "time. What is learnt stays the same; it takes a little longer."
    )


def try_costliest(training: Training) -> None:
    """Put the most costly batch through the model and throw its gradients away.

    Too little memory shows in the first seconds and not after an hour, and what it took stands in
    for the forecast from then on: the second time, for a short first pass is mostly setting up
    (memory asked for, products compiled). The random state is put back, so the curve does not know
    of it.
    """
    before = random_state(training.plan.device)
    lengths = training.lengths
    every = (batch for window in training.epoch(0) for batch in window)
    costliest = max(every, key=lambda b: len(b) * max(batches.padded(lengths[i]) for i in b))
    seconds = _tried(training, costliest)
    if seconds < WARMED_UP:
        seconds = _tried(training, costliest)
    set_random_state(before, training.plan.device)
    training.pace.probe = seconds / sum(lengths[i] for i in costliest)
    moments = 8 * len(training.weights)  # the optimizer's, which come with its first step
    peak = (memory.peak(training.plan.device) + moments) / 1e6
    training.reporter.log(
        f"The most costly batch was tried: {seconds:.1f} s; the run will take about {peak:,.0f} MB."
    )


def _tried(training: Training, batch: list[int]) -> float:
    """Seconds of one pass whose gradients are thrown away."""
    began = time.monotonic()
    gradients(training, [batch])
    training.weights.clear()
    return time.monotonic() - began


def check(training: Training) -> bool:
    """Validate, note the best, save; False if a stop request came in between."""
    progress, reporter = training.progress, training.reporter
    began = time.monotonic()
    loss = validate(training)
    if loss is None:
        return False
    training.pace.check = time.monotonic() - began
    progress.look(loss)
    reporter.metric(progress.step, {"validation_loss": loss, "seconds": training.seconds()})
    if progress.rising() and not progress.warned_rising:
        progress.warned_rising = True
        reporter.warn(
            "The loss on the validation examples rises while the training loss falls: the model "
            "begins to learn its examples by heart. The weights of step "
            f"{progress.best_step:,}, where it was lowest, are the ones that are kept."
        )
    if progress.step:
        save(training)
    reporter.phase("Training", training.steps)
    reporter.progress(progress.step, training.steps, record.left(training))
    return True


def enough(training: Training) -> bool:
    """Whether early stopping was asked for and its patience is over."""
    patience = training.plan.training.early_stopping
    if not patience or len(training.progress.since_best()) < patience:
        return False
    training.reporter.log(
        f"Stopped early: the validation loss was lowest after step {training.progress.best_step}."
    )
    return True


def save(training: Training) -> Path:
    """Write a checkpoint of this step, tell of it, and only then remove older ones."""
    progress, plan = training.progress, training.plan
    folder = training.checkpoints / str(progress.step)
    if training.saved_step == progress.step:
        return folder
    checkpoint.room_for(plan.folder, checkpoint.size_of(len(training.weights)))
    tensors = {
        "weights": training.weights.state(),
        "optimizer": training.optimizer.state_dict(),
        "random": random_state(plan.device),
    }
    folder = checkpoint.write(
        training.checkpoints, training.stand(), tensors, training.save_adapter
    )
    training.saved, training.saved_step = time.monotonic(), progress.step
    training.reporter.checkpoint(progress.step, folder, dict(progress.checks).get(progress.step))
    checkpoint.prune(training.checkpoints, {progress.best_step})
    return folder


def finish(training: Training) -> Path:
    """Make sure that something was learnt, and let the best adapter be the run's."""
    training.reporter.phase("Saving")
    still = training.weights.still()
    if len(still) == len(training.weights.masters):
        raise NumbersError(
            "Not one of the trained weights has moved.",
            "Raise the learning rate; if that does not help, choose another method or model.",
        )
    if still and training.progress.step > 2:
        training.reporter.warn(
            f"{len(still)} of {len(training.weights.masters)} trained matrices did not move: "
            "a part of what was to learn has learnt nothing."
        )
    best = _best(training)
    checkpoint.room_for(training.plan.folder, checkpoint.size_of(len(training.weights)))

    def fill(folder: Path) -> None:
        if best is not None:
            shutil.copytree(best, folder, dirs_exist_ok=True)
        else:
            training.save_adapter(folder)

    if best is None:
        training.progress.best_step = training.progress.step
    return checkpoint.place(training.plan.folder / "adapter", fill)


def _best(training: Training) -> Path | None:
    """The adapter of the best checkpoint; None where the last step's is the one to take."""
    if training.progress.best_loss is None:
        return None
    folder = training.checkpoints / str(training.progress.best_step)
    wrong = sums.damage(folder)
    if wrong is None:
        return folder / "adapter"
    training.reporter.log(wrong)
    training.reporter.warn(
        f"The checkpoint of step {training.progress.best_step:,}, the best one, is damaged: the "
        f"weights of the last step, {training.progress.step:,}, are the ones that are kept."
    )
    return None


def _not_a_number(step: int, rate: float, checkpoints: Path) -> NumbersError:
    kept = checkpoint.steps(checkpoints)
    stands = f" The checkpoint of step {kept[-1]} is kept." if kept else ""
    return NumbersError(
        f"The loss stopped being a number at step {step}.{stands}",
        f"Start a new run with a lower learning rate, such as {rate / 5:.1g}.",
    )
