"""Every question that the store answers goes through an index, or walks on purpose and says so."""

import inspect

import pytest
from sqlalchemy import event

from jobs.types import Columns


@pytest.fixture
def filled(store, dataset, make_run):
    runs = [make_run(f"tone-{n}") for n in range(30)]
    for run in runs:
        job = store.jobs.newest(run.id)
        store.events.append(job.id, run.id, [("metric", {"step": 1, "values": {"loss": 1.0}})])
        variants = ["base", run.name]
        store.comparisons.add(dataset.id, "starter", "test", None, variants, {})
    store.asks.add("starter", ["base"], "hello", "{prompt}", {})
    store.facts.set("probe", {})
    store.jobs.request_stop(store.jobs.newest(make_run("unused").id).id)
    store.datasets.add("unused", "r.csv", Columns("p", ("c",)), "{prompt}", {"train": 1}, "f")
    return store


POLLED = {
    "queue": lambda s: s.jobs.list(states=("queued", "running")),
    "queue of a device": lambda s: s.jobs.list(states=("queued",), device="cpu", limit=1),
    "running on a device": lambda s: s.jobs.list(states=("running",), device="cpu", limit=1),
    "jobs of a run": lambda s: s.jobs.list(run_id=3),
    "job": lambda s: s.jobs.get(3),
    "newest job of a run": lambda s: s.jobs.newest(3),
    "busy devices": lambda s: s.jobs.busy_devices(),
    "stop requested": lambda s: s.jobs.stop_requested(3),
    "last child": lambda s: s.jobs.last_child("cpu"),
    "kinds waiting": lambda s: s.jobs.kinds_waiting("cpu"),
    "claim": lambda s: s.jobs.claim("cpu"),
    "claim of the same kind": lambda s: s.jobs.claim_same("ask", "cpu"),
    "submit": lambda s: s.jobs.submit("nap", "cpu", after=1),
    "runner's place": lambda s: s.runners.taken("cpu"),
    "leave": lambda s: s.runners.leave_if_idle("cpu"),
    "run": lambda s: s.runs.get("tone-3"),
    "newest runs": lambda s: s.runs.list(limit=20),
    "newest ended runs": lambda s: s.runs.list(20, 20, ended=True),
    "how many runs": lambda s: s.runs.count(),
    "how many ended runs": lambda s: s.runs.count(ended=True),
    "runs of a dataset": lambda s: s.runs.of_dataset(1),
    "free name": lambda s: s.runs.free_name("tone"),
    "may a run be deleted": lambda s: s.runs.deletable("unused"),
    "run by its number": lambda s: s.runs.by_id(3),
    "is there such a run": lambda s: s.runs.exists("tone-3"),
    "pressed before": lambda s: s.runs.just_queued(5.0),
    "runs by words": lambda s: s.runs.search("tone 3", limit=50),
    "runs of a model on data": lambda s: s.runs.search(data="letters", model="starter", limit=50),
    "process of a job": lambda s: s.jobs.child(3),
    "newest that ended early": lambda s: s.jobs.newest_in(("failed", "stopped"), 20),
    "is the queue paused": lambda s: s.queue.paused(),
    "events of a run": lambda s: s.events.after(3, run_id=3),
    "events of a job": lambda s: s.events.after(3, job_id=3),
    "events": lambda s: s.events.after(3),
    "curve": lambda s: s.events.metrics(3),
    "log": lambda s: s.events.log(3),
    "log of a job": lambda s: s.events.log(job_id=3),
    "warnings": lambda s: s.events.warnings(3),
    "checkpoints": lambda s: s.checkpoints.list(3),
    "newest checkpoint": lambda s: s.checkpoints.newest(3),
    "comparison": lambda s: s.comparisons.get(3),
    "how many comparisons": lambda s: s.comparisons.count(),
    "comparisons on data": lambda s: s.comparisons.of_dataset(1),
    "votes": lambda s: s.votes.list(3),
    "newest comparisons": lambda s: s.comparisons.list(limit=20),
    "comparisons of a run": lambda s: s.comparisons.of_run(3, limit=1),
    "the same comparison": lambda s: s.comparisons.find(
        1, "starter", "test", None, ["base", "tone-1"], {}
    ),
    "completions": lambda s: s.completions.get("key"),
    "ask": lambda s: s.asks.get(1),
    "newest asks": lambda s: s.asks.newest(10),
    "asked before": lambda s: s.asks.just_asked(["base"], "hello", {}, 5.0),
    "dataset": lambda s: s.datasets.get("letters"),
    "may a dataset be deleted": lambda s: s.datasets.deletable("unused"),
    "dataset by its number": lambda s: s.datasets.by_id(1),
    "is there such a dataset": lambda s: s.datasets.exists("letters"),
    "versions": lambda s: s.datasets.versions("letters"),
    "datasets": lambda s: s.datasets.list(),
    "imports that died": lambda s: s.datasets.abandoned(60.0),
    "fact": lambda s: s.facts.get("probe"),
    "time of a fact": lambda s: s.facts.time("probe"),
    "what there is": lambda s: [s.runs.ids(), s.jobs.ids(), s.datasets.ids(), s.comparisons.ids()],
}
# These walk a table on purpose: newest first, with a limit, in the order of its key.
WALKS = {
    "newest runs": "SCAN runs",
    "newest ended runs": "SCAN runs",
    "pressed before": "SCAN runs",
    "runs by words": "SCAN runs",
    "runs of a model on data": "SCAN runs",
    "newest comparisons": "SCAN comparisons",
    "newest asks": "SCAN asks",
    "datasets": "SCAN datasets",
    "imports that died": "SCAN datasets",  # at an opening, of what people brought by hand
}
# What is no question: it writes a row that its number, or its whole key, names.
WRITES = {
    *("datasets." + verb for verb in ("abandon", "add", "add_findings", "complete", "delete")),
    *("datasets." + verb for verb in ("make_current", "reserve", "reserve_version")),
    *("runs." + verb for verb in ("add", "delete", "set_result")),
    *("jobs." + verb for verb in ("finish", "progress", "request_stop", "requeue", "start")),
    *("queue.move", "queue.set_paused", "events.append", "checkpoints.add", "checkpoints.remove"),
    *("comparisons.add", "comparisons.set_verdict", "completions.put_many", "votes.put"),
    *("votes.hand_over", "votes.undo", "facts.set"),
    *("asks.add", "asks.clear", "asks.put", "asks.put_written"),
    *("runners.may_spawn", "runners.take"),
}
NOUNS = ("asks", "checkpoints", "comparisons", "completions", "datasets", "events", "facts")
NOUNS += ("jobs", "queue", "runners", "runs", "votes")


class Noting:
    """A store, or a noun of it, that notes which verbs are used."""

    def __init__(self, of, used, name=""):
        self._of, self._used, self._name = of, used, name

    def __getattr__(self, name):
        found = getattr(self._of, name)
        if not self._name:
            return Noting(found, self._used, name)
        self._used.add(f"{self._name}.{name}")
        return found


def test_no_question_of_the_store_is_forgotten(filled):
    assert {n for n, found in vars(filled).items() if hasattr(found, "_database")} == {*NOUNS}
    used = set()
    for ask in POLLED.values():
        ask(Noting(filled, used))
    verbs = {
        f"{noun}.{name}"
        for noun in NOUNS
        for name, _ in inspect.getmembers(getattr(filled, noun), inspect.ismethod)
        if not name.startswith("_")
    }
    assert verbs - WRITES == used, "a verb is asked here or is among those that write"


@pytest.mark.parametrize("name", POLLED)
def test_what_is_polled_uses_an_index(filled, name):
    database = filled._database
    asked = []

    def note(connection, cursor, statement, parameters, context, executemany):
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE")):
            asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    POLLED[name](filled)
    event.remove(database.engine, "before_cursor_execute", note)
    assert asked
    for statement, parameters in asked:
        with database.read() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        for *_, step in plan:
            walk = step.startswith("SCAN") and step != "SCAN CONSTANT ROW"
            assert not walk or "INDEX" in step or step == WALKS.get(name), (statement, step)
            if name in WALKS:
                assert "TEMP B-TREE" not in step, (statement, step)
