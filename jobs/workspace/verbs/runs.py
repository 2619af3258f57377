"""The verbs of runs: forecasting, training, following, exporting."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobs.card import loading_code
from jobs.errors import Unavailable
from jobs.methods.soft_prompt import SoftPrompt
from jobs.training.forecast import Forecast
from jobs.types import Checkpoint, DatasetInfo, JobInfo, ModelInfo, RunInfo
from jobs.workspace import comparing, disk, showing, tidying, training, using
from jobs.workspace.answers import MaskedExample, TrainRequest
from jobs.workspace.disk import Removal
from jobs.workspace.verbs.data import DataVerbs
from jobs.workspace.verbs.queue import QueueVerbs


class RunVerbs(DataVerbs, QueueVerbs):
    """What can be done with runs."""

    def defaults(
        self, data: str, method: str, model: str = "starter", effort: str = "quick"
    ) -> dict[str, Any]:
        """Every option's value before the person changes any."""
        dataset, info, request = self._asked(data, method, model, effort)
        return training.values_for(dataset, request, info)

    def forecast(
        self,
        data: str,
        method: str,
        model: str = "starter",
        effort: str = "quick",
        options: Mapping[str, Any] | None = None,
    ) -> Forecast:
        """What a run would cost, before anything starts.

        Until a probe has answered, which is begun here, by a modest guess of what the machine does.
        """
        dataset, info, request = self._asked(data, method, model, effort, options)
        device = self.device() or self._machine.guess()
        return training.forecast_for(self.home, dataset, request, info, device)

    def trained_before(
        self,
        data: str,
        method: str,
        model: str = "starter",
        effort: str = "quick",
        options: Mapping[str, Any] | None = None,
    ) -> RunInfo | None:
        """The newest run that went through the very same training: what it took is no guess."""
        dataset, info, request = self._asked(data, method, model, effort, options)
        device = self._machine.guess()
        return training.trained_before(self._store, dataset, request, info, device)

    def mask(
        self,
        data: str,
        method: str = "lora",
        model: str = "starter",
        effort: str = "quick",
        options: Mapping[str, Any] | None = None,
        limit: int = 3,
        longest: int = 0,
    ) -> list[MaskedExample]:
        """The first training examples token by token, and some of those that lose most."""
        dataset, info, request = self._asked(data, method, model, effort, options)
        return showing.mask(self.home, self._at_hand, dataset, request, info, limit, longest)

    def train(
        self,
        data: str,
        method: str,
        *,
        model: str = "starter",
        name: str | None = None,
        effort: str = "quick",
        options: Mapping[str, Any] | None = None,
        seed: int = 0,
        compare: bool = False,
    ) -> RunInfo:
        """Queue a run, and behind it, where `compare` says so, its comparison with its base."""
        request = TrainRequest(data, method, model, name, effort, options or {}, seed)
        device = self._machine.assume()
        run = training.submit(self._store, self.home, request, device, compare=compare)
        self._executor.wake(device.name)
        return run

    def runs(
        self, limit: int | None = None, offset: int = 0, *, ended: bool = False
    ) -> list[RunInfo]:
        """Runs, the newest first; with `ended` only those that neither wait nor run."""
        return self._store.runs.list(limit, offset, ended=ended)

    def find_runs(self, words: str = "", limit: int = 50) -> list[RunInfo]:
        """The newest runs that can answer and have all these words in their name."""
        return comparing.answering(self._store, words, None, None, limit)

    def count_runs(self, *, ended: bool = False) -> int:
        """How many `runs` would give without a limit."""
        return self._store.runs.count(ended=ended)

    def run(self, name: str) -> RunInfo:
        return self._store.runs.get(name)

    def run_by_id(self, run_id: int) -> RunInfo:
        return self._store.runs.by_id(run_id)

    def job(self, run_name: str) -> JobInfo:
        """A run's newest training job."""
        self._revive()
        return self._store.jobs.newest(self.run(run_name).id)

    def metrics(self, name: str) -> list[dict[str, Any]]:
        """The points of a run's curves, in the order of their steps."""
        return self._store.events.metrics(self.run(name).id)

    def log(self, name: str) -> str:
        """Everything that a run said, and what its process printed."""
        return using.log(self._store, self.home, self.run(name))

    def warnings(self, name: str) -> list[str]:
        """What a run warned of, each sentence once."""
        return using.warnings(self._store, self.run(name))

    def soft_prompt(self, name: str) -> SoftPrompt | None:
        """What a run's soft prompt came to lie near; None where its method makes none."""
        return using.soft_prompt(self.run(name))

    def checkpoints(self, name: str) -> list[Checkpoint]:
        """A run's checkpoints by step; training removes all but the best and the newest."""
        known = self._store.checkpoints.list(self.run(name).id)
        return [checkpoint for checkpoint in known if checkpoint.folder.is_dir()]

    def again(self, name: str) -> RunInfo:
        """Queue a run once more from its beginning, on the same version of the data, under a new
        name, with its comparison.
        """
        run = self.run(name)
        return self.train(
            self.dataset_by_id(run.dataset_id).spec,
            run.method,
            model=run.model,
            effort=run.effort,
            options=run.options,
            seed=run.seed,
            compare=True,
        )

    def stop(self, name: str) -> RunInfo:
        """Ask a run to stop at its next step; it keeps a checkpoint to resume from."""
        if (state := self.run(name).state) not in ("queued", "running"):
            raise Unavailable(
                f"Run “{name}” is {state}: there is nothing to stop.",
                "Only a run that waits or trains can be stopped.",
            )
        self._store.jobs.request_stop(self.job(name).id)
        return self.run(name)

    def resume(self, name: str) -> RunInfo:
        """Queue a run again, from its last whole checkpoint."""
        run = self.run(name)
        if run.state not in ("stopped", "failed", "interrupted"):
            raise Unavailable(
                f"Run “{name}” is {run.state}: there is nothing to resume.",
                "Start another one where you want to train on.",
            )
        self._store.jobs.requeue(self.job(name).id)
        self._executor.wake(run.device)
        return self.run(name)

    def taken(self, run: RunInfo) -> int:
        """Bytes that a run takes of the disk, with what was packed of it for a download."""
        return disk.taken(self.home, run)

    def removal(self, name: str) -> Removal:
        """What `delete` would take away, and the comparisons that would stay without the run.

        Where `delete` would refuse, this does, in the same words.
        """
        return disk.removal(self._store, self.home, self._store.runs.deletable(name))

    def delete(self, name: str) -> None:
        """Delete a run and all that is kept of it alone: weights, curves, log, completions,
        exports, and the questions that it was asked.
        """
        self._store.runs.delete(name)
        tidying.sweep(self._store, self.home)

    def export(self, name: str, to: str | Path) -> Path:
        """The adapter with its card (and the base if it is the starter) in a new folder."""
        return using.export_run(self._store, self.home, self.run(name), Path(to))

    def export_zip(self, name: str) -> Path:
        """The export as one file under the home folder, for a download."""
        return using.export_zip(self._store, self.home, self.run(name))

    def loading_code(self, name: str) -> str:
        """Python that answers a prompt from an unpacked export."""
        run = self.run(name)
        return loading_code(run, self.model(run.model))

    def _asked(
        self,
        data: str,
        method: str,
        model: str,
        effort: str,
        options: Mapping[str, Any] | None = None,
    ) -> tuple[DatasetInfo, ModelInfo, TrainRequest]:
        """What a form asks about: its data, its model, and the run that would be made of them."""
        request = TrainRequest(data, method, model, effort=effort, options=options or {})
        return self.dataset(data), self.model(model), request
