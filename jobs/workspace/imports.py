"""Imports and changes that go on while their page is looked at, and that can be cancelled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from jobs.data.progress import OnProgress, Progress
from jobs.errors import AttuneError, Interrupted, NotFound, Unavailable
from jobs.types import DatasetInfo
from jobs.workspace.answers import FetchedData

KEPT = 50  # ended imports whose outcome can still be asked for


@dataclass(frozen=True)
class Import:
    """A file on its way to a dataset, or a dataset to its next version."""

    id: int
    name: str
    what: str = "import"  # or "change"
    state: Literal["running", "done", "failed", "stopped"] = "running"
    phase: str = ""
    share: float = 0.0  # of all the work, from 0 to 1
    rows: int = 0  # read so far
    seconds: float = 0.0  # since it began
    dataset: DatasetInfo | None = None
    fetched: FetchedData | None = None  # where it was a fetch
    error: AttuneError | None = None

    @property
    def seconds_left(self) -> float | None:
        """By the pace so far; None while there is too little to go by."""
        return self.seconds / self.share - self.seconds if self.share > 0.02 else None


class Cancelled(Interrupted):
    """Somebody pressed Cancel; nothing of it is left."""


class Imports:
    """A thread for each of them; they end with their process, and leave nothing half-made."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[int, Import] = {}
        self._cancelled: set[int] = set()
        self._next = 1

    def start(
        self,
        name: str,
        work: Callable[[OnProgress], DatasetInfo | FetchedData],
        *,
        what: str = "import",
    ) -> Import:
        """Begin; `work` gets what it has to tell its progress to.

        A dataset has one change at a time: the second would begin from what the first leaves.
        """
        with self._lock:
            known = self._known.values()
            if any((i.name, i.what, i.state) == (name, "change", "running") for i in known):
                raise Unavailable(
                    f"“{name}” is being changed already.", "Wait until that is done, or cancel it."
                )
            made = Import(self._next, name, what, phase="Beginning")
            self._next += 1
            ended = [each.id for each in self._known.values() if each.state != "running"]
            for old in ended[:-KEPT]:
                del self._known[old]
            self._known[made.id] = made
        threading.Thread(
            target=self._run, args=(made.id, work), name=f"import-{made.id}", daemon=True
        ).start()
        return made

    def get(self, import_id: int) -> Import:
        """How it stands."""
        with self._lock:
            if import_id not in self._known:
                raise NotFound(
                    "That import is not known any more.", "Look whether the dataset is in the list."
                )
            return self._known[import_id]

    def wait(self, import_id: int, seconds: float) -> Import:
        """How it stands when it has ended, or after so many seconds."""
        until = self._clock() + seconds
        while (found := self.get(import_id)).state == "running" and self._clock() < until:
            time.sleep(0.02)
        return found

    def cancel(self, import_id: int) -> Import:
        """Ask it to end; it does within a batch of rows."""
        found = self.get(import_id)
        with self._lock:
            self._cancelled.add(import_id)
        return found

    def _run(self, import_id: int, work: Callable[[OnProgress], DatasetInfo | FetchedData]) -> None:
        began, what = self._clock(), self.get(import_id).what

        def told(progress: Progress) -> None:
            if import_id in self._cancelled:
                raise Cancelled(f"The {what} was cancelled.", "Nothing of it was kept.")
            self._set(
                import_id,
                phase=progress.phase,
                share=progress.share,
                rows=progress.rows,
                seconds=self._clock() - began,
            )

        try:
            made = work(told)
        except Cancelled as error:
            self._set(import_id, state="stopped", error=error)
        except AttuneError as error:
            self._set(import_id, state="failed", error=error)
        except Exception as error:  # noqa: BLE001 - the edge of this thread: it would never be heard of
            bug = AttuneError(
                f"The {what} ended with an error that was not foreseen.",
                "Nothing was kept. Please report it with the words below.",
                detail=f"{type(error).__name__}: {error}",
            )
            self._set(import_id, state="failed", error=bug)
        else:
            kind = "fetched" if isinstance(made, FetchedData) else "dataset"
            self._set(import_id, state="done", share=1.0, **{kind: made})

    def _set(self, import_id: int, **changes: object) -> None:
        with self._lock:
            self._known[import_id] = replace(self._known[import_id], **changes)  # type: ignore[arg-type]
