"""The work of a question: every variant answers one prompt; the model stays for the next one."""

from __future__ import annotations

from collections.abc import Mapping

from jobs.errors import AttuneError
from jobs.home import Home
from jobs.queue.reporter import StoreReporter
from jobs.queue.room import Room, as_row
from jobs.queue.work import Ending, Stay, Stopped
from jobs.store import Store
from jobs.types import JobInfo


class AskAll:
    """Answers questions until none comes for a while or other work waits."""

    kind = "ask"

    def run(
        self, job: JobInfo, store: Store, home: Home, reporter: StoreReporter, stay: Stay
    ) -> Ending:
        room = Room(store, home, job.device)
        following: JobInfo | None = job
        while following is not None:
            error: Mapping[str, str] | None = None
            ending: Ending = "done"
            try:
                asked = store.asks.get(int(following.payload["ask_id"]))
                ending = room.answer(asked, reporter)
            except Stopped:
                ending = "stopped"
            except AttuneError as refused:
                error = as_row(refused)
            following = stay(ending, error)
        room.close()
        return "done"


work = AskAll()
