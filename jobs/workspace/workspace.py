"""The service layer: the verbs that the pages, the command line and Python share."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jobs.card import loading_code
from jobs.data import (
    OnProgress,
    Preview,
    ReadAs,
    preview,
    read_examples,
    save_pasted,
    silent,
)
from jobs.data.templates import TEMPLATES, PromptTemplate
from jobs.errors import Unavailable
from jobs.evaluation import archive
from jobs.evaluation.votes import Duel, Tally, next_duel, tally
from jobs.home import Home
from jobs.models.source import resolve
from jobs.queue.executors import Executor
from jobs.queue.executors.local import LocalExecutor
from jobs.queue.machine import Machine
from jobs.queue.runner import ensure_runners
from jobs.queue.variants import BASE, BASE_4BIT, FEW_SHOT, precision_for
from jobs.store import Place, Store
from jobs.training.forecast import Forecast
from jobs.types import (
    Ask,
    Checkpoint,
    ComparisonInfo,
    ComparisonResult,
    DatasetInfo,
    DeviceInfo,
    Example,
    JobInfo,
    ModelInfo,
    RunInfo,
    VersionDifference,
)
from jobs.workspace import (
    checkup,
    comparing,
    disk,
    importing,
    models,
    queueing,
    samples,
    tidying,
    training,
    using,
    versions,
    voting,
)
from jobs.workspace.answers import (
    CheckUp,
    Lengths,
    MaskedExample,
    MethodChoice,
    ModelChoice,
    Reading,
    Sample,
    TrainRequest,
)
from jobs.workspace.disk import Removal
from jobs.workspace.imports import Import, Imports

STUDY = "study"  # the kind of job, as jobs/queue/work/ has it


class Workspace:
    """One home folder and all that can be done with it; cheap to open, safe to share by threads.

    Every verb answers at once (those that read a file take as long as reading it) and raises
    `AttuneError`, which says what happened and what to do. None of them imports torch.
    """

    def __init__(self, home: Home, store: Store, executor: Executor | None = None) -> None:
        self.home = home
        self._store = store
        self._executor = executor or LocalExecutor(store, home)
        self._machine = Machine(store)
        self._imports = Imports()
        self._bringing = threading.Lock()  # one sample at a time: people press twice
        self._results: dict[int, ComparisonResult] = {}

    @classmethod
    def open(cls, home: str | Path | None = None) -> Workspace:
        """Open a home folder, making it where it is missing, and wake runners that have work.

        What crashes left behind is removed.
        """
        place = Home.find(home).make()
        workspace = cls(place, Store.open(place))
        tidying.sweep(workspace._store, place)
        ensure_runners(workspace._store, place)
        return workspace

    # --- data -----------------------------------------------------------------------------------

    def preview(
        self,
        path: str | Path,
        *,
        prompt: str | None = None,
        completions: Sequence[str] = (),
        reading: ReadAs | None = None,
    ) -> Preview:
        """What is in a file, and how it would be read; nothing is kept."""
        return preview(Path(path), prompt=prompt, completions=tuple(completions), reading=reading)

    def add_dataset(
        self,
        path: str | Path,
        name: str,
        *,
        prompt: str | None = None,
        completions: Sequence[str] = (),
        test_file: str | Path | None = None,
        test_share: float = 0.1,
        template: str = "{prompt}",
        reading: ReadAs | None = None,
        progress: OnProgress = silent,
    ) -> DatasetInfo:
        """Import a file under a name, with a split that stays.

        `progress` is called often; what it raises ends the import, and nothing is kept.
        """
        made = importing.add(
            self._store,
            self.home,
            Path(path),
            name,
            prompt=prompt,
            completions=tuple(completions),
            test_file=Path(test_file) if test_file else None,
            test_share=test_share,
            template=template,
            reading=reading,
            progress=progress,
        )
        return self._study(made)

    def start_import(
        self,
        path: str | Path,
        name: str,
        *,
        prompt: str | None = None,
        completions: Sequence[str] = (),
        test_file: str | Path | None = None,
        test_share: float = 0.1,
        template: str = "{prompt}",
        reading: ReadAs | None = None,
    ) -> Import:
        """`add_dataset` in the background; `import_of` says how far it is."""

        def work(progress: OnProgress) -> DatasetInfo:
            return self.add_dataset(
                path,
                name,
                prompt=prompt,
                completions=completions,
                test_file=test_file,
                test_share=test_share,
                template=template,
                reading=reading,
                progress=progress,
            )

        return self._imports.start(name, work)

    def import_of(self, import_id: int) -> Import:
        """How far an import is, or how it ended."""
        return self._imports.get(import_id)

    def wait_for_import(self, import_id: int, seconds: float) -> Import:
        """How an import stands when it has ended, or after so many seconds."""
        return self._imports.wait(import_id, seconds)

    def cancel_import(self, import_id: int) -> Import:
        """Ask an import to end; nothing of it is kept."""
        return self._imports.cancel(import_id)

    def paste(self, text: str, folder: str | Path) -> Path:
        """Text that somebody pasted, as a file in a folder, under the ending that fits it."""
        return save_pasted(text, Path(folder))

    def datasets(self) -> list[DatasetInfo]:
        return self._store.datasets.list()

    def dataset(self, name: str) -> DatasetInfo:
        return self._store.datasets.get(name)

    def examples(
        self, name: str, split: str = "train", offset: int = 0, limit: int = 20
    ) -> list[Example]:
        """A page of a split's examples."""
        dataset = self.dataset(name)
        wanted = comparing.check_split(split, dataset.counts)
        return read_examples(self.home.dataset(dataset.id), wanted, offset, limit)

    def lengths(self, name: str, model: str = "starter") -> Lengths:
        """Tokens an example has for a model."""
        return training.lengths(self.home, self.dataset(name), self.model(model))

    def delete_dataset(self, name: str) -> None:
        """Delete a dataset that no run uses."""
        importing.delete(self._store, self.home, name)

    def versions(self, name: str) -> list[DatasetInfo]:
        """Every version of a dataset, the newest first; `name@2` names one of them anywhere."""
        return self._store.datasets.versions(name)

    def dataset_by_id(self, dataset_id: int) -> DatasetInfo:
        """A version of a dataset, whichever is current."""
        return self._store.datasets.by_id(dataset_id)

    def mend(self, name: str, code: str) -> DatasetInfo:
        """Mend what a finding tells of, in a new version; `undo` goes back."""
        return self._study(versions.mend(self._store, self.home, self.dataset(name), code))

    def edit_row(
        self, name: str, split: str, position: int, prompt: str, references: Sequence[str]
    ) -> DatasetInfo:
        """Write one row anew, in a new version; `position` counts from 0 within its split."""
        row = Example(prompt, tuple(references))
        return self._edited(name, split, position, row)

    def drop_row(self, name: str, split: str, position: int) -> DatasetInfo:
        """Drop one row, in a new version; `position` counts from 0 within its split."""
        return self._edited(name, split, position, None)

    def add_rows(self, name: str, rows: Sequence[Example]) -> DatasetInfo:
        """Add rows, in a new version; each goes to where its prompt stands, else to training."""
        return self._study(versions.add_rows(self._store, self.home, self.dataset(name), rows))

    def keep_example(self, name: str, prompt: str, completion: str) -> DatasetInfo:
        """Keep a prompt and the answer it should have had, in a new version of a dataset."""
        return self.add_rows(name, [Example(prompt, (completion,))])

    def undo(self, name: str) -> DatasetInfo:
        """Go back to the version that the current one was made from; nothing is deleted."""
        return versions.undo(self._store, self.dataset(name))

    def use_version(self, name: str, version: int) -> DatasetInfo:
        """Let a dataset's name mean another of its versions."""
        chosen = self.dataset(f"{self.dataset(name).name}@{version}")
        return self._store.datasets.make_current(chosen)

    def study_of(self, name: str) -> JobInfo | None:
        """The job that still looks for near duplicates in a large dataset, if there is one."""
        self._revive()
        wanted = self.dataset(name).id
        waiting = self._store.jobs.list(states=("running", "queued"))
        return next((j for j in waiting if j.payload.get("dataset_id") == wanted), None)

    def compare_versions(self, name: str, before: int, after: int) -> VersionDifference:
        """What was dropped, changed and added from one version of a dataset to another."""
        stem = self.dataset(name).name
        sides = (self.dataset(f"{stem}@{number}") for number in (before, after))
        return versions.difference(self.home, *sides)

    def templates(self) -> list[PromptTemplate]:
        """The library of prompt templates."""
        return list(TEMPLATES)

    def set_template(self, name: str, template: str) -> DatasetInfo:
        """Put another template around the prompts, in a new version."""
        return versions.set_template(self._store, self.home, self.dataset(name), template)

    def reading(
        self, data: str, model: str = "starter", template: str | None = None, limit: int = 2
    ) -> Reading:
        """The first prompts as the model reads them, in its own chat template where it has one."""
        dataset = self.dataset(data)
        return training.reading(self.home, dataset, self.model(model), template, limit)

    def _edited(self, name: str, split: str, position: int, row: Example | None) -> DatasetInfo:
        dataset = self.dataset(name)
        wanted = comparing.check_split(split, dataset.counts)
        made = versions.edit_row(self._store, self.home, dataset, wanted, position, row)
        return self._study(made)

    def _study(self, made: DatasetInfo) -> DatasetInfo:
        """Queue what takes long on large data: near duplicates, the tokens of every example."""
        if not made.studied:
            device = self._machine.assume()
            payload = {"dataset_id": made.id, "model": "starter"}
            self._store.jobs.submit(STUDY, device.name, payload=payload)
            self._executor.wake(device.name)
        return made

    # --- models, methods, machine ---------------------------------------------------------------

    def models(self) -> list[ModelChoice]:
        """The starter and a short list of small open models, with whether each fits here."""
        return models.choices(self._machine.guess())

    def model(self, spec: str) -> ModelInfo:
        """What a model is, without loading it."""
        return resolve(spec)

    def methods(self, model: str = "starter") -> list[MethodChoice]:
        """Every tuning method, with whether it can run here."""
        return training.method_choices(self.model(model), self._machine.guess())

    def device(self) -> DeviceInfo | None:
        """The device that work goes to; None until a probe has answered."""
        self._machine.probe_in_background()
        return self._machine.known()

    def probe(self) -> DeviceInfo:
        """The device that work goes to; waits for the probe, which takes some seconds once."""
        return self._machine.probe()

    def doctor(self, *, afresh: bool = False) -> list[CheckUp]:
        """The machine's check-up; `afresh` probes it again, for a driver that was mended."""
        device = self._machine.probe_again() if afresh else self._machine.probe()
        return checkup.check_up(self.home, device)

    # --- training -------------------------------------------------------------------------------

    def defaults(
        self, data: str, method: str, model: str = "starter", effort: str = "quick"
    ) -> dict[str, Any]:
        """Every option's value before the person changes any."""
        request = TrainRequest(data, method, model, effort=effort)
        return training.values_for(self.dataset(data), request, self.model(model))

    def forecast(
        self,
        data: str,
        method: str,
        model: str = "starter",
        effort: str = "quick",
        options: Mapping[str, Any] | None = None,
    ) -> Forecast:
        """What a run would cost, before anything starts."""
        request = TrainRequest(data, method, model, effort=effort, options=options or {})
        dataset, info = self.dataset(data), self.model(model)
        return training.forecast_for(self.home, dataset, request, info, self._machine.guess())

    def mask(
        self,
        data: str,
        method: str = "lora",
        model: str = "starter",
        effort: str = "quick",
        options: Mapping[str, Any] | None = None,
        limit: int = 3,
    ) -> list[MaskedExample]:
        """A few training examples token by token: read, learnt, cut."""
        request = TrainRequest(data, method, model, effort=effort, options=options or {})
        return training.mask(self.home, self.dataset(data), request, self.model(model), limit)

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

    def try_sample(self) -> RunInfo:
        """A quick LoRA run on the sample, and its comparison; pressed twice, it is still one."""
        with self._bringing:
            return samples.first_try(self)

    def add_sample(self, name: str) -> DatasetInfo:
        """A sample as a dataset, imported where it is not there yet."""
        with self._bringing:
            return samples.add(self, name)

    def samples(self) -> list[Sample]:
        return list(samples.samples())

    def runs(
        self, limit: int | None = None, offset: int = 0, *, ended: bool = False
    ) -> list[RunInfo]:
        """Runs, the newest first; with `ended` only those that neither wait nor run."""
        return self._store.runs.list(limit, offset, ended=ended)

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

    def checkpoints(self, name: str) -> list[Checkpoint]:
        """A run's checkpoints by step; training removes all but the best and the newest."""
        known = self._store.checkpoints.list(self.run(name).id)
        return [checkpoint for checkpoint in known if checkpoint.folder.is_dir()]

    def again(self, name: str) -> RunInfo:
        """Queue a run once more from its beginning, under a new name, with its comparison."""
        run = self.run(name)
        return self.train(
            run.dataset,
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
        """What `delete` would take away, and the comparisons that would stay without the run."""
        return disk.removal(self._store, self.home, self.run(name))

    def delete(self, name: str) -> None:
        """Delete a run and all that is kept of it alone: weights, curves, log, completions,
        exports, and the questions that it was asked.
        """
        self._store.runs.delete(name)
        tidying.sweep(self._store, self.home)

    def queue(self) -> list[JobInfo]:
        """What runs and what waits, in order."""
        self._revive()
        return self._store.jobs.list(states=("running", "queued"))

    def job_by_id(self, job_id: int) -> JobInfo:
        """A job of any kind."""
        return self._store.jobs.get(job_id)

    def memory(self, job: JobInfo) -> int | None:
        """Bytes of memory that a running job's process holds now; None where nobody can tell."""
        return using.memory(self._store, job)

    def stop_job(self, job_id: int) -> JobInfo:
        """Ask a job of any kind to stop; one that waits is stopped at once."""
        return queueing.stop(self._store, job_id)

    def resume_job(self, job_id: int) -> JobInfo:
        """Queue a job of any kind again that was stopped, failed or was interrupted."""
        return queueing.resume(self._store, self._executor, job_id)

    def move_job(self, job_id: int, to: Place) -> list[JobInfo]:
        """Put a waiting job "first", "up", "down" or "last"; the queue as it is then."""
        self._store.queue.move(job_id, to)
        return self.queue()

    def queue_paused(self) -> bool:
        """Whether nothing that waits begins."""
        return self._store.queue.paused()

    def pause_queue(self) -> None:
        """Let nothing new begin until `continue_queue`, also after a restart; what runs goes on."""
        self._store.queue.set_paused(True)

    def continue_queue(self) -> None:
        """Let what waits begin again."""
        queueing.go_on(self._store, self._executor)

    # --- comparing ------------------------------------------------------------------------------

    def compare(
        self,
        data: str,
        variants: Sequence[str],
        *,
        split: str = "test",
        limit: int | None = None,
        dtype: str = "auto",
        model: str | None = None,
    ) -> ComparisonInfo:
        """Queue a comparison; the same request again gives the one that exists."""
        device = self._machine.assume()
        precision_for(dtype, device)
        info = comparing.submit(
            self._store, self.dataset(data), variants, split, limit, dtype, model, device
        )
        self._executor.wake(device.name)
        return info

    def comparisons(self, limit: int | None = None, offset: int = 0) -> list[ComparisonInfo]:
        """Comparisons, the newest first."""
        return self._store.comparisons.list(limit, offset)

    def comparison(self, comparison_id: int) -> ComparisonInfo:
        return self._store.comparisons.get(comparison_id)

    def comparison_job(self, comparison_id: int) -> JobInfo:
        self._revive()
        return self._store.jobs.get(self.comparison(comparison_id).job_id)

    def comparison_of(self, run_name: str) -> ComparisonInfo | None:
        """The newest comparison that a run takes part in."""
        return comparing.comparison_with(self._store, self.run(run_name))

    def result(self, comparison_id: int) -> ComparisonResult | None:
        """A comparison's result, or None until it is scored."""
        path = self.home.comparison(self.comparison(comparison_id).id)
        if comparison_id not in self._results and path.is_file():
            while len(self._results) >= 8:  # a result of 600 prompts takes a few megabytes
                self._results.pop(next(iter(self._results)), None)
            self._results[comparison_id] = archive.load(path)
        return self._results.get(comparison_id)

    def duel(self, comparison_id: int, voter: str) -> Duel | None:
        """Two answers that this person has not judged yet; None when there are no more."""
        voter, result = voting.check_voter(voter), self._finished(comparison_id)
        return next_duel(result, self._store.votes.list(comparison_id), voter)

    def vote(
        self, comparison_id: int, voter: str, position: int, left: str, right: str, choice: str
    ) -> None:
        """Keep a vote (left, right, tie, bad) on the two answers of a duel."""
        voter, result = voting.check_voter(voter), self._finished(comparison_id)
        voting.vote(self._store, result, comparison_id, voter, position, left, right, choice)

    def undo_vote(self, comparison_id: int, voter: str) -> bool:
        """Take back a person's newest vote; False if there is none."""
        voter = voting.check_voter(voter)
        return self._store.votes.undo(self.comparison(comparison_id).id, voter) is not None

    def votes(self, comparison_id: int) -> tuple[Tally, ...]:
        """What people's votes amount to, a pair at a time."""
        found = self._store.votes.list(self.comparison(comparison_id).id)
        return tally(self._finished(comparison_id), found) if found else ()

    def _finished(self, comparison_id: int) -> ComparisonResult:
        result = self.result(comparison_id)
        if result is None:
            state = self.comparison(comparison_id).state
            raise Unavailable(f"Comparison {comparison_id} is {state}.", "Wait for its end.")
        return result

    def variants(self, model: str | None = None, data: str | None = None) -> list[str]:
        """What can be compared: the base in both precisions and with three examples in its prompt
        (other numbers of examples are `base+1` to `base+5`), and the runs that have an adapter."""
        names = [
            run.name
            for run in self.runs()
            if comparing.comparable(run)
            and model in (None, run.model)
            and data in (None, run.dataset)
        ]
        return [BASE, BASE_4BIT, FEW_SHOT, *names]

    def ask(
        self,
        variants: Sequence[str],
        prompt: str,
        *,
        model: str | None = None,
        template: str | None = None,
    ) -> int:
        """Put one prompt to every variant; `answers` has them as they come."""
        device = self._machine.assume()
        ask_id = using.ask(self._store, variants, prompt, model, template, device)
        self._executor.wake(device.name)
        return ask_id

    def answers(self, ask_id: int) -> Ask:
        self._revive()
        return self._store.asks.get(ask_id)

    # --- using ----------------------------------------------------------------------------------

    def export(self, name: str, to: str | Path) -> Path:
        """The adapter with its card (and the base if it is the starter) in a new folder."""
        return using.export_run(self._store, self.run(name), Path(to))

    def export_zip(self, name: str) -> Path:
        """The export as one file under the home folder, for a download."""
        return using.export_zip(self._store, self.home, self.run(name))

    def loading_code(self, name: str) -> str:
        """Python that answers a prompt from an unpacked export."""
        run = self.run(name)
        return loading_code(run, self.model(run.model))

    def _revive(self) -> None:
        """A runner that died is replaced when somebody looks, so that nobody waits for ever."""
        if isinstance(self._executor, LocalExecutor):
            ensure_runners(self._store, self.home)
