"""The verbs of datasets: bringing, looking, mending, versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from jobs.data import OnProgress, Preview, ReadAs, preview, read_examples, save_pasted, silent
from jobs.data.places import place_of
from jobs.data.templates import TEMPLATES, PromptTemplate
from jobs.models.lengths import counted_at_once
from jobs.types import DatasetInfo, Example, JobInfo, Split, VersionDifference
from jobs.workspace import comparing, disk, fitting, hub_data, importing, showing, versions
from jobs.workspace.answers import FetchedData, Lengths, Reading
from jobs.workspace.disk import DatasetRemoval
from jobs.workspace.imports import Import
from jobs.workspace.verbs.machine import MachineVerbs

STUDY = "study"  # the kind of job, as jobs/queue/work/ has it


class DataVerbs(MachineVerbs):
    """What can be done with datasets."""

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
        test_share: float | None = None,
        template: str = "{prompt}",
        reading: ReadAs | None = None,
        source: str | None = None,
        progress: OnProgress = silent,
    ) -> DatasetInfo:
        """Import a file under a name, with a split that stays.

        A test share of None is a tenth, and more of a small file, so that a comparison can tell.
        `source` says where it came from, where that is not the file's name. `progress` is called
        often; what it raises ends the import, and nothing is kept.
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
            source=source,
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
        test_share: float | None = None,
        template: str = "{prompt}",
        reading: ReadAs | None = None,
        source: str | None = None,
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
                source=source,
                progress=progress,
            )

        return self._imports.start(name, work)

    def fetch_data(
        self, name: str, part: str | None = None, progress: OnProgress = silent
    ) -> FetchedData:
        """A part of a data set of the Hub as a file, to be looked at and added like any other."""
        return hub_data.fetch(name, part, self.home.uploads, progress)

    def start_fetch(self, name: str, part: str | None = None) -> Import:
        """`fetch_data` in the background; `import_of` says how far it is."""
        return self._imports.start(name, lambda told: self.fetch_data(name, part, told))

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
        return fitting.lengths(self.home, self.dataset(name), self.model(model))

    def dataset_removal(self, name: str) -> DatasetRemoval:
        """What `delete_dataset` would take away; where that would refuse, so does this."""
        dataset = self._store.datasets.deletable(name)
        return disk.dataset_removal(self._store, self.home, dataset)

    def delete_dataset(self, name: str) -> None:
        """Delete a dataset that no run uses."""
        importing.delete(self._store, self.home, name)

    def versions(self, name: str) -> list[DatasetInfo]:
        """Every version of a dataset, the newest first; `name@2` names one of them anywhere."""
        return self._store.datasets.versions(name)

    def dataset_by_id(self, dataset_id: int) -> DatasetInfo:
        """A version of a dataset, whichever is current."""
        return self._store.datasets.by_id(dataset_id)

    def start_change(self, name: str, work: Callable[[OnProgress], DatasetInfo]) -> Import:
        """A verb that makes a version, in the background; `import_of` says how far it is.

        `work` calls the verb and hands on the `progress` that it is given.
        """
        return self._imports.start(name, work, what="change")

    def mend(
        self, name: str, code: str, model: str = "starter", *, progress: OnProgress = silent
    ) -> DatasetInfo:
        """Mend what a finding tells of, in a new version; `undo` goes back.

        `model` is the one that rows are too long for, where that is what is mended. What
        `progress` raises ends it, and nothing is kept; so it is with the verbs below.
        """
        dataset = self.dataset(name)
        if code != fitting.TOO_LONG:
            return self._study(versions.mend(self._store, self.home, dataset, code, progress))
        info = self.model(model)
        return self._study(versions.leave_out_long(self._store, self.home, dataset, info, progress))

    def place_of(self, name: str, row: int, split: str | None = None) -> tuple[Split, int]:
        """Split and position (from 0) of a row, by the number it has in its file."""
        dataset = self.dataset(name)
        wanted = None if split is None else comparing.check_split(split, dataset.counts)
        return place_of(self.home.dataset(dataset.id), row, wanted)

    def edit_row(
        self,
        name: str,
        split: str,
        position: int,
        prompt: str,
        references: Sequence[str],
        *,
        progress: OnProgress = silent,
    ) -> DatasetInfo:
        """Write one row anew, in a new version; `position` counts from 0 within its split."""
        row = Example(prompt, tuple(references))
        return self._edited(name, split, position, row, progress)

    def drop_row(
        self, name: str, split: str, position: int, *, progress: OnProgress = silent
    ) -> DatasetInfo:
        """Drop one row, in a new version; `position` counts from 0 within its split."""
        return self._edited(name, split, position, None, progress)

    def add_rows(
        self, name: str, rows: Sequence[Example], *, progress: OnProgress = silent
    ) -> DatasetInfo:
        """Add rows, in a new version; each goes to where its prompt stands, else to training."""
        dataset = self.dataset(name)
        return self._study(versions.add_rows(self._store, self.home, dataset, rows, progress))

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
        mine = (j for j in waiting if j.kind == STUDY and j.payload.get("dataset_id") == wanted)
        return next(mine, None)

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
        made = versions.set_template(self._store, self.home, self.dataset(name), template)
        return self._study(made)

    def reading(
        self, data: str, model: str = "starter", template: str | None = None, limit: int = 2
    ) -> Reading:
        """The first prompts as the model reads them, in its own chat template where it has one."""
        dataset = self.dataset(data)
        return showing.reading(self._at_hand, dataset, self.model(model), template, limit)

    def reading_of(
        self, prompts: Sequence[str], model: str = "starter", template: str = "{prompt}"
    ) -> Reading:
        """Some prompts of a file, not yet a dataset, as a model would read them."""
        return showing.reading_of(self._at_hand, prompts, self.model(model), template)

    def _edited(
        self, name: str, split: str, position: int, row: Example | None, progress: OnProgress
    ) -> DatasetInfo:
        dataset = self.dataset(name)
        wanted = comparing.check_split(split, dataset.counts)
        made = versions.edit_row(self._store, self.home, dataset, wanted, position, row, progress)
        return self._study(made)

    def _study(self, made: DatasetInfo) -> DatasetInfo:
        """Queue what takes long on large data: near duplicates, the tokens of every example."""
        if not counted_at_once(made):
            device = self._machine.assume()
            payload = {"dataset_id": made.id, "model": "starter"}
            self._store.jobs.submit(STUDY, device.name, payload=payload)
            self._executor.wake(device.name)
        return made
