"""The work of a study: what the doctor finds out about a large dataset after it was stored."""

from __future__ import annotations

from jobs.data.doctor import study
from jobs.data.stored import StoredRows
from jobs.home import Home
from jobs.models.lengths import count_all
from jobs.models.source import resolve
from jobs.queue.reporter import StoreReporter
from jobs.queue.steady import Steady
from jobs.queue.work import Ending, Stay, Stopped
from jobs.store import Store
from jobs.types import JobInfo

PASSES = 4  # times that the studies read the rows, about; progress is told by it


class Study:
    """Near duplicates, leaks into the test and languages, where they were not looked for while the
    data was added; then the tokens of every example.
    """

    kind = "study"

    def run(
        self, job: JobInfo, store: Store, home: Home, reporter: StoreReporter, stay: Stay
    ) -> Ending:
        dataset = store.datasets.by_id(int(job.payload["dataset_id"]))
        folder = home.dataset(dataset.id)
        rows = sum(dataset.counts.values())
        if not dataset.studied:
            reporter.phase("Looking for near duplicates and leaks", PASSES * rows)
            found = study(StoredRows(folder), _Steps(reporter, PASSES * rows))
            store.datasets.add_findings(dataset.id, found)
        reporter.phase("Counting tokens", rows)
        count_all(folder, dataset, resolve(str(job.payload["model"])), _Steps(reporter, rows))
        return "done"


work = Study()


class _Steps:
    """Adds up the rows that were read, and looks for a stop request at each step.

    After a stop nothing of the study is kept: it begins anew.
    """

    def __init__(self, reporter: StoreReporter, total: int) -> None:
        self._reporter, self._total = reporter, total
        self._done, self._pace = 0, Steady()

    def __call__(self, rows: int) -> None:
        if self._reporter.stop_requested():
            raise Stopped
        self._done = min(self._total, self._done + rows)
        left = self._pace.left(self._done, self._total)
        self._reporter.progress(self._done, self._total, left)
