"""The kinds of work: a file `<kind>.py` here that has `work`, with `kind` and `run`.

`$ATTUNE_WORK_MODULES`, names of modules with commas between them, adds kinds for tests: each of
them has `works`, a tuple. It reaches runner and child because they inherit the environment.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
from collections.abc import Mapping
from typing import Literal, Protocol, runtime_checkable

from jobs.errors import InputError
from jobs.home import Home
from jobs.queue.reporter import StoreReporter
from jobs.store import Store
from jobs.types import JobInfo

Ending = Literal["done", "stopped"]


class Stopped(Exception):
    """A stop was asked for in the middle of something that has no other way to end early."""


class Stay(Protocol):
    """Ends the job at hand and waits for the next one, for work that keeps a model loaded."""

    def __call__(
        self, state: Ending = "done", error: Mapping[str, str] | None = None
    ) -> JobInfo | None:
        """Write the ending of the job at hand, then wait for the next job of its kind.

        With `error` (kind, what, cure, detail) the job at hand has failed. The reporter tells of
        the next job from here on. None: nothing came, or another kind waits for the device; what
        is loaded should be let go of and `run` return, its answer counts no more.
        """


class Work(Protocol):
    """One kind of work, done in a child process."""

    @property
    def kind(self) -> str:
        """As in `jobs.kind`; the name of its file."""

    def run(
        self, job: JobInfo, store: Store, home: Home, reporter: StoreReporter, stay: Stay
    ) -> Ending:
        """Do it; "stopped" if it ended early because `reporter.stop_requested()`.

        `Stopped` says the same from deep within. An `AttuneError` fails the job with its words,
        anything else as a bug.
        """


@runtime_checkable
class Tidy(Protocol):
    """Work that has something to put away when the row says *done*; before that it may resume."""

    def tidy(self, job: JobInfo, store: Store, home: Home) -> None:
        """Remove what only a resume would need; a crash in the middle of it costs only room."""


def find_work(kind: str, modules: str | None = None) -> Work:
    """The work of a kind; imports its file alone."""
    if modules is None:
        modules = os.environ.get("ATTUNE_WORK_MODULES", "")
    for name in filter(None, modules.split(",")):
        works: tuple[Work, ...] = importlib.import_module(name.strip()).works
        for work in works:
            if work.kind == kind:
                return work
    name = f"{__name__}.{kind}"
    if not re.fullmatch("[a-z][a-z_]*", kind) or importlib.util.find_spec(name) is None:
        raise InputError(f"There is no work of the kind “{kind}”.", "Update Attune.")
    found: Work = importlib.import_module(name).work
    return found
