"""A training made ready: rows encoded, model loaded and adapted, optimizer and place in the run."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import nn

from jobs.data import Renderer
from jobs.data.words import count_of
from jobs.errors import ModelError
from jobs.methods import method
from jobs.methods.method import Method, SoftPrompting
from jobs.models import allocator
from jobs.models.load import load_base
from jobs.models.source import end_ids
from jobs.models.tokenizer import load_tokenizer
from jobs.training import attention, checkpoint, decoder_layer, low_rank, norms, schedule
from jobs.training.batches import (
    Collator,
    Window,
    padded,
    steps_per_epoch,
    total_steps,
    windows,
)
from jobs.training.encode import Encoded, Encoding, encode
from jobs.training.loss import LabelLoss
from jobs.training.overlong import nothing_fits, overlong
from jobs.training.plan import TrainingPlan
from jobs.training.progress import Pace, Progress
from jobs.training.weights import TrainedWeights
from jobs.types import Reporter

FEW_STEPS = 20
FEW_HELD_OUT = 8  # validation rows below which a best checkpoint says little


@dataclass
class Training:
    """Everything that lives while a run trains."""

    plan: TrainingPlan
    reporter: Reporter
    method: Method
    renderer: Renderer
    model: nn.Module
    rows: tuple[Encoded, ...]
    held_out: tuple[Encoded, ...]
    collate: Collator
    loss: LabelLoss
    weights: TrainedWeights
    optimizer: torch.optim.Optimizer
    steps: int
    checks: frozenset[int]
    progress: Progress
    start: torch.Tensor | None  # of a soft prompt: what this seed and these options always give
    pace: Pace = field(default_factory=Pace)
    began: float = field(default_factory=time.monotonic)
    saved: float = field(default_factory=time.monotonic)  # when the last checkpoint was written
    saved_step: int = -1
    _epoch: tuple[int, list[Window]] = (-1, [])

    @property
    def checkpoints(self) -> Path:
        return self.plan.folder / "checkpoints"

    @cached_property
    def lengths(self) -> list[int]:
        """Tokens that the model reads for each training row, soft prompt counted."""
        return [row.length + self.plan.virtual_tokens for row in self.rows]

    def epoch(self, number: int) -> list[Window]:
        """The steps of one epoch."""
        if self._epoch[0] != number:
            options = self.plan.training
            steps = windows(
                self.lengths,
                options.batch_size,
                options.gradient_accumulation,
                self.plan.seed,
                number,
            )
            self._epoch = (number, steps)
        return self._epoch[1]

    def window(self, step: int) -> Window:
        """The batches of the step after `step`."""
        epoch, place = divmod(step, self.steps_per_epoch)
        return self.epoch(epoch)[place]

    @property
    def steps_per_epoch(self) -> int:
        options = self.plan.training
        return steps_per_epoch(len(self.rows), options.batch_size, options.gradient_accumulation)

    def seconds(self) -> float:
        """Time trained in all, earlier stretches of a resumed run included."""
        return self.progress.seconds + time.monotonic() - self.began

    def stand(self) -> Progress:
        """Progress as a checkpoint keeps it."""
        return replace(self.progress, seconds=self.seconds())

    def save_adapter(self, folder: Path) -> None:
        with self.weights.in_full():
            self.method.save(self.model, folder)


def read_rows(plan: TrainingPlan, reporter: Reporter) -> tuple[Renderer, Encoding, Encoding]:
    """Encode training and validation examples and say what did not fit."""
    reporter.phase(f"Reading {len(plan.train):,} examples", len(plan.train))
    renderer = Renderer(
        load_tokenizer(plan.info), plan.template, plan.info.kind, end_ids(plan.info)
    )
    size = (plan.max_length, plan.virtual_tokens, plan.info.kind, plan.leads)
    encoded = encode(renderer, plan.train, *size)
    held_out = encode(renderer, plan.validation, *size)
    if not encoded.rows:
        raise nothing_fits(plan.info, plan.max_length)
    for which, part, of in (
        ("training", encoded, len(plan.train)),
        ("validation", held_out, len(plan.validation)),
    ):
        cut, gone = len(part.shortened), len(part.dropped)
        for sentence in overlong(which, plan.max_length, of=of, shortened=cut, dropped=gone):
            reporter.warn(sentence)
    return renderer, encoded, held_out


def set_up(plan: TrainingPlan, reporter: Reporter) -> Training:
    """Make a training ready to take its next step, from the start or from a checkpoint."""
    began = time.monotonic()
    renderer, encoded, held_out = read_rows(plan, reporter)
    reporter.phase("Loading the model")
    how = method(plan.method)
    base = load_base(plan.info, plan.precision, plan.device, compute=plan.compute)
    compute = base.get_input_embeddings().weight.dtype
    model = how.attach(base, load_tokenizer(plan.info), plan.method_options, plan.seed)
    weights = TrainedWeights(model, compute)
    _fuse(base, model)
    collate = _collator(plan, renderer, base)
    rows = encoded.rows
    options = plan.training
    steps = total_steps(
        len(rows), options.batch_size, options.gradient_accumulation, options.epochs
    )
    training = Training(
        plan=plan,
        reporter=reporter,
        method=how,
        renderer=renderer,
        model=model,
        rows=rows,
        held_out=_held_out(held_out.rows, steps, plan),
        collate=collate,
        loss=LabelLoss(model, collate([min(rows, key=lambda row: row.length)])),
        weights=weights,
        optimizer=_optimizer(weights, plan),
        steps=steps,
        checks=schedule.checks(steps) | {0} if held_out.rows else frozenset(),
        progress=Progress(rows_at_once=plan.rows_at_once or options.batch_size),
        start=how.soft_prompt(model) if isinstance(how, SoftPrompting) else None,
        began=began,
    )
    torch.manual_seed(plan.seed)
    if plan.resume is None:
        checkpoint.drop_after(training.checkpoints, -1)  # of an attempt that begins anew
    else:
        _resume(training, plan.resume)
    model.train()
    if plan.device == "cpu":
        allocator.keep()
    _say(training)
    return training


def _fuse(base: Any, model: Any) -> None:
    """Let the layers of a base and of what is attached to it go ways of our own.

    Of the ways through a LoRA layer the widest that serves a batch wins, asked anew for each:
    `packed.Stack`, all layers without padding (`LabelLoss` takes it where each has compiled passes
    and all of them gave what the model gives); else a whole decoder layer (`decoder_layer`; on a
    processor, without mask or cache, up to its `longest`), by compiled passes where they are there;
    else one linear layer (`low_rank`, all that a GPU takes); else PEFT's own.
    """
    attention.use(base)
    low_rank.fuse(model)
    norms.fuse(base)
    decoder_layer.fuse(base)


def _collator(plan: TrainingPlan, renderer: Renderer, base: Any) -> Collator:
    start = None
    if plan.info.kind == "encoder-decoder":
        start = base.config.decoder_start_token_id
        if start is None:
            raise ModelError(
                f"The model “{plan.info.title}” does not say how its decoder begins.",
                "Add decoder_start_token_id to its config.json, or choose another model.",
            )
    return Collator(renderer.pad_id, plan.device, plan.virtual_tokens, start, plan.info.max_length)


def _held_out(rows: tuple[Encoded, ...], steps: int, plan: TrainingPlan) -> tuple[Encoded, ...]:
    per_step = plan.training.batch_size * plan.training.gradient_accumulation
    count = schedule.validation_rows(len(rows), steps, per_step)
    return tuple(random.Random(plan.seed).sample(rows, count)) if count < len(rows) else rows


def _optimizer(weights: TrainedWeights, plan: TrainingPlan) -> torch.optim.Optimizer:
    """AdamW in one kernel over all weights; the learning rate is set anew at each step."""
    options = plan.training
    return torch.optim.AdamW(
        weights.masters, lr=options.learning_rate, weight_decay=options.weight_decay, fused=True
    )


def _resume(training: Training, folder: Path) -> None:
    """Bring back weights, optimizer, random states and place: resuming is not starting again."""
    progress, tensors = checkpoint.read(folder)
    bound = training.plan.rows_at_once
    if bound is not None:
        progress.rows_at_once = min(bound, progress.rows_at_once)
    try:
        training.weights.load(tensors["weights"])
    except (KeyError, RuntimeError) as error:
        raise ModelError(
            f"The checkpoint of step {progress.step} does not belong to this run's options.",
            "Start a new run with the options that you want.",
            detail=str(error),
        ) from error
    training.optimizer.load_state_dict(tensors["optimizer"])
    training.progress = progress
    set_random_state(tensors["random"], training.plan.device)
    checkpoint.drop_after(training.checkpoints, progress.step)
    training.reporter.log(f"Going on from step {progress.step} of {training.steps}.")


def random_state(device: str) -> dict[str, torch.Tensor]:
    """The generators that dropout draws from."""
    state = {"cpu": torch.get_rng_state()}
    if device.startswith("cuda"):
        state["cuda"] = torch.cuda.get_rng_state(device)
    return state


def set_random_state(state: dict[str, torch.Tensor], device: str) -> None:
    torch.set_rng_state(state["cpu"])
    if "cuda" in state and device.startswith("cuda"):
        torch.cuda.set_rng_state(state["cuda"], device)


def _say(training: Training) -> None:
    plan, reporter = training.plan, training.reporter
    reporter.log(
        f"{len(training.rows):,} training rows, {len(training.held_out):,} validation rows, "
        f"{training.steps:,} steps; {len(training.weights):,} weights are trained; the longest row "
        f"has {max(training.lengths):,} tokens ({padded(max(training.lengths)):,} with padding)."
    )
    if training.steps < FEW_STEPS and plan.resume is None:
        reporter.warn(
            f"This run has only {training.steps} steps: too few to learn much. Add examples, "
            "raise the number of epochs, or make batches smaller."
        )
    if 0 < len(training.held_out) < FEW_HELD_OUT and plan.resume is None:
        reporter.warn(
            f"Only {count_of(len(training.held_out), 'validation example')} can tell which "
            "checkpoint is the best: which one is kept is partly chance. Bring more examples to "
            "be surer."
        )
