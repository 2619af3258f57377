"""The work of a training job: from a stored run to its adapter."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from jobs.data.stored import StoredSplit
from jobs.home import Home
from jobs.methods import method as find_method
from jobs.methods.run_options import split
from jobs.queue.local_model import ensure_local
from jobs.queue.machine import Machine
from jobs.queue.reporter import StoreReporter
from jobs.queue.work import Ending, Stay
from jobs.store import Store
from jobs.training.checkpoint import newest_whole, shed
from jobs.training.loop import train
from jobs.training.plan import TrainingPlan
from jobs.types import JobInfo, Reporter, RunInfo, TrainingResult


class Train:
    """Trains the run that a job belongs to, from its last whole checkpoint where it has one."""

    kind = "train"

    def run(
        self, job: JobInfo, store: Store, home: Home, reporter: StoreReporter, stay: Stay
    ) -> Ending:
        assert job.run_id is not None
        run = store.runs.by_id(job.run_id)
        plan = _plan(run, store, home, reporter)
        _write_request(run)
        result = train(plan, reporter)
        store.runs.set_result(run.id, _as_row(result))
        return "stopped" if result.stopped else "done"

    def tidy(self, job: JobInfo, store: Store, home: Home) -> None:
        """Let go of the optimizer's state; called when *done* is written, so none resumes."""
        assert job.run_id is not None
        shed(store.runs.by_id(job.run_id).folder / "checkpoints")


work = Train()


def _plan(run: RunInfo, store: Store, home: Home, reporter: Reporter) -> TrainingPlan:
    dataset = home.dataset(run.dataset_id)
    method = find_method(run.method)
    training, own = split(method, run.options)
    device = Machine(store).named(run.device)
    return TrainingPlan(
        info=ensure_local(run.model, reporter),
        method=run.method,
        training=training,
        method_options=own,
        seed=run.seed,
        device=run.device,
        precision=method.precision_of_base or device.precision,
        compute=device.precision,
        template=run.template,
        train=StoredSplit(dataset, "train"),
        validation=StoredSplit(dataset, "validation"),
        folder=run.folder,
        resume=_resume(run, store, reporter),
    )


def _resume(run: RunInfo, store: Store, reporter: Reporter) -> Path | None:
    """The newest checkpoint that is as it was written; damaged ones are told of and forgotten."""
    # Rows of checkpoints that training removed for newer ones stay in the database.
    kept = [c for c in store.checkpoints.list(run.id) if c.folder.is_dir()]
    folder, wrong = newest_whole([c.folder for c in kept])
    for line in wrong:
        reporter.log(line)
    if wrong:
        damaged = ", ".join(str(c.step) for c in kept[len(kept) - len(wrong) :])
        instead = f"from step {folder.name}" if folder else "from the start"
        reporter.warn(f"The checkpoint of step {damaged} is damaged: going on {instead} instead.")
    return folder


def _write_request(run: RunInfo) -> None:
    """What was asked for, beside the weights, for whoever finds the folder without the database.

    `run.json` comes beside it at the end, with what came out.
    """
    told = {
        "name": run.name,
        "model": run.model,
        "data": run.dataset,
        "method": run.method,
        "effort": run.effort,
        "options": dict(run.options),
        "seed": run.seed,
        "template": run.template,
    }
    run.folder.mkdir(parents=True, exist_ok=True)
    path = run.folder / "request.json"
    path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _as_row(result: TrainingResult) -> dict[str, Any]:
    row = dataclasses.asdict(result)
    return {key: str(value) if isinstance(value, Path) else value for key, value in row.items()}
