"""The service layer: the verbs that the pages, the command line and Python share."""

from __future__ import annotations

from pathlib import Path

from jobs.home import Home
from jobs.queue.runner import ensure_runners
from jobs.store import Store
from jobs.workspace import tidying
from jobs.workspace.verbs.questions import QuestionVerbs
from jobs.workspace.verbs.samples import SampleVerbs


class Workspace(QuestionVerbs, SampleVerbs):
    """One home folder and all that can be done with it; cheap to open, safe to share by threads.

    Every verb answers at once (those that read a file take as long as reading it) and raises
    `AttuneError`, which says what happened and what to do. None of them imports torch.
    """

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
