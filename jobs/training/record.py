"""What a training tells: points of its curves, its result, and `run.json` beside the adapter."""

from __future__ import annotations

import dataclasses
import json
from importlib.metadata import version
from pathlib import Path

from jobs.methods import keeps_whole_model
from jobs.training import memory
from jobs.training.setup import Training
from jobs.types import TrainingResult

POINTS = 1000  # of a curve, at most


def point(training: Training, rate: float, norm: float, tokens: int, seconds: float) -> None:
    """Progress at every step, a metric at as many as a curve can show."""
    progress, steps = training.progress, training.steps
    training.pace.add(tokens, seconds)
    training.reporter.progress(progress.step, steps, left(training))
    every = -(-steps // POINTS)
    if progress.step % every and progress.step != steps:
        return
    values = {
        "loss": progress.take_point(),
        "learning_rate": rate,
        "grad_norm": norm,
        "seconds": training.seconds(),
        "tokens_per_second": tokens / max(seconds, 1e-9),
    }
    training.reporter.metric(progress.step, values)


def left(training: Training) -> float | None:
    """Seconds to the end of the run, whatever phase it is in; None while nothing was tried."""
    progress = training.progress
    per_step = sum(training.lengths) / training.steps_per_epoch
    checks = sum(step >= progress.step and not progress.checked(step) for step in training.checks)
    return training.pace.left(per_step * (training.steps - progress.step), checks)


def result(training: Training, stopped: bool, adapter: Path) -> TrainingResult:
    progress, trained = training.progress, len(training.weights)
    beside = 0 if keeps_whole_model(training.plan.method) else trained  # the base's own weights
    return TrainingResult(
        steps=training.steps,
        step=progress.step,
        seconds=training.seconds(),
        trainable_parameters=trained,
        total_parameters=training.plan.info.parameters + beside,
        peak_memory=memory.peak(training.plan.device),
        best_step=progress.best_step,
        validation_loss=progress.best_loss,
        stopped=stopped,
        adapter=adapter,
        rows=len(training.rows),
    )


def write(training: Training, outcome: TrainingResult) -> None:
    """`run.json`: what was trained, on what and with which releases, for people and for exports."""
    plan = training.plan
    facts = {
        "model": plan.info.spec,
        "revision": plan.info.revision,
        "method": plan.method,
        "training": dataclasses.asdict(plan.training),
        "method_options": dataclasses.asdict(plan.method_options),
        "seed": plan.seed,
        "precision": plan.precision,
        "rendering": training.renderer.describe(),
        "result": {**dataclasses.asdict(outcome), "adapter": outcome.adapter.name},
        "checks": training.progress.checks,
        "versions": {name: version(name) for name in ("torch", "transformers", "peft")},
    }
    path = plan.folder / "run.json"
    half = path.with_suffix(".half")
    half.write_text(json.dumps(facts, indent=2, ensure_ascii=False), encoding="utf-8")
    half.replace(path)
