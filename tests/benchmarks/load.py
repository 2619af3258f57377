"""A home with very many runs and events: how fast its pages are, how they read, what they keep.

python tests/benchmarks/load.py make HOME [--runs 10000 --events 5000000]
python tests/benchmarks/load.py pages HOME     # 95th percentiles while a job trains on every core
python tests/benchmarks/load.py plans HOME     # how each question of the Runs page is answered
python tests/benchmarks/load.py memory HOME    # of the server, over 1,200 loads and 10,000 polls
python tests/benchmarks/load.py writers HOME --seconds 600   # eight processes, in a home of its own
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import event

sys.path.append(str(Path(__file__).parents[1] / "support"))
from visits import PAGES, calls, owner, serving, timed, training
from writers import write_together

from jobs.home import Home
from jobs.store import Store
from jobs.workspace import Workspace

GOAL = 0.3  # seconds, at the 95th percentile
OTHERS = {"/": "Start", "/data": "Data", "/train": "Train", "/compare": "Compare", "/use": "Use"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=sorted(WHAT))
    parser.add_argument("home", type=Path)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--loads", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=600)
    given = parser.parse_args()
    WHAT[given.what](given)


# --- a large home -------------------------------------------------------------------------------


def make(given: argparse.Namespace) -> None:
    """10,000 ended runs, each with its metrics; a queue of three; one comparison a hundred runs."""
    began = time.monotonic()
    store = Store.open(Home(given.home).make())
    rows = given.home / "load.csv"
    rows.write_text(
        "prompt,completion\n" + "".join(f"Thing {n}?,It is {n % 7}.\n" for n in range(390))
    )
    dataset = Workspace(Home(given.home), store).add_dataset(rows, "load", test_share=0.15)
    options = {"rank": 8, "epochs": 3, "learning_rate": 2e-4, "batch_size": 8}
    result = {"seconds": 80.0, "steps": 90, "step": 90, "best_step": 81, "validation_loss": 0.5}
    result |= {"trainable_parameters": 200_000, "total_parameters": 8_000_000, "peak_memory": 1e9}
    with store.transaction():
        for number in range(given.runs):
            run = store.runs.add(
                *(f"load-{number}", dataset.id, "starter", "lora", "quick", options, number),
                *("{prompt}", "cpu", {"steps": 90, "seconds": 80.0, "peak_memory": 1e9}),
            )
            if number < given.runs - 3:
                job = store.jobs.claim("cpu")
                assert job is not None
                store.jobs.finish(job.id, ("done", "stopped", "failed")[number % 3])
                store.runs.set_result(run.id, {**result, "adapter": str(run.folder / "adapter")})
            if number % 100 == 0:
                store.comparisons.add(
                    *(dataset.id, "starter", "test", None, ("base", run.name), {"dtype": "auto"}),
                    device="none",
                )
                compared = store.jobs.claim("none")
                assert compared is not None
                store.jobs.finish(compared.id, "done")
    _events(store, given.events, given.runs)
    store.close()
    size = given.home.joinpath("attune.db").stat().st_size
    print(
        f"{given.runs:,} runs, {given.events:,} events, {size / 1e6:,.0f} MB, "
        f"{time.monotonic() - began:.0f} s"
    )


def _events(store: Store, events: int, runs: int) -> None:
    """Rows straight into the table: through the store they would take an hour."""
    data = [
        json.dumps({"step": s, "values": {"loss": 2 / s, "grad_norm": 1.0}}) for s in range(1, 999)
    ]
    insert = (
        "INSERT INTO events (job_id, run_id, attempt, time, kind, data) VALUES (?, ?, 0, ?, ?, ?)"
    )
    each = events // runs
    raw = store._database.engine.raw_connection()
    jobs = dict(raw.execute("SELECT run_id, id FROM jobs WHERE run_id IS NOT NULL").fetchall())
    raw.execute("PRAGMA synchronous = OFF")
    raw.execute("BEGIN IMMEDIATE")
    for run_id, job_id in jobs.items():
        rows = (
            (
                job_id,
                run_id,
                1e9 + n,
                "log" if n % 50 == 0 else "metric",
                json.dumps({"text": f"line {n}"}) if n % 50 == 0 else data[n % len(data)],
            )
            for n in range(each)
        )
        raw.executemany(insert, rows)
    raw.execute("COMMIT")
    raw.close()


# --- pages --------------------------------------------------------------------------------------


def pages(given: argparse.Namespace) -> None:
    """What a person waits for: the document, and the handler that fills it."""
    middle = Store.open(Home(given.home)).runs.count() // 2
    with training(given.home), serving(given.home) as port:
        asked = calls(port)
        for name, parts in {
            "Runs": [("GET", "/runs", None), ("POST", "/gradio_api/run/predict", asked["/runs"])],
            "Runs, its last page": [
                ("GET", "/runs?page=9999", None),
                ("POST", "/gradio_api/run/predict?page=9999", asked["/runs"]),
            ],
            "Runs, a poll": [("POST", "/gradio_api/run/predict", asked["tick"])],
            "one run": [
                ("GET", f"/runs?run={middle}", None),
                ("POST", f"/gradio_api/run/predict?run={middle}", asked["/runs"]),
            ],
            **{
                name: [("GET", path, None), ("POST", "/gradio_api/run/predict", asked[path])]
                for path, name in OTHERS.items()
            },
        }.items():
            took = [timed(port, parts) for _ in range(given.loads)]
            ends = statistics.quantiles(took, n=100)
            good = "" if ends[94] < GOAL else "  ABOVE THE GOAL"
            print(
                f"{name}: median {1000 * ends[49]:.0f} ms, 95th percentile "
                f"{1000 * ends[94]:.0f} ms, slowest {1000 * max(took):.0f} ms{good}",
                flush=True,
            )


def memory(given: argparse.Namespace) -> None:
    """The server's own memory over 1,200 views of all pages, then 10,000 polls of one tab.

    Every view is a session of its own, as in browsers.
    """
    with serving(given.home) as port:
        process = psutil.Process(owner(port))
        asked = calls(port)
        poll = [("POST", "/gradio_api/run/predict", asked["tick"])]

        def tell(what: str) -> None:
            print(f"{what}: {process.memory_info().rss / 1e6:.0f} MB", flush=True)

        tell("at its start")
        for number in range(1, 1201):
            page = PAGES[number % len(PAGES)]
            timed(port, [("GET", page, None), ("POST", "/gradio_api/run/predict", asked[page])])
            if number % 200 == 0:
                tell(f"after {number:,} views")
        for number in range(1, 10_001):
            timed(port, poll, session="one tab")
            if number % 2500 == 0:
                tell(f"after {number:,} polls")


# --- plans and writers --------------------------------------------------------------------------


def plans(given: argparse.Namespace) -> None:
    """Every statement that the Runs page and the runner ask, with SQLite's plan for it."""
    store = Store.open(Home(given.home))
    workspace = Workspace(Home(given.home), store, executor=_Nobody())  # type: ignore[arg-type]
    seen: set[str] = set()

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement in seen or not statement.lstrip().upper().startswith(("SELECT", "UPDATE")):
            return
        seen.add(statement)
        plan = connection.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        print(" ".join(statement.split())[:150])
        for *_, step in plan.fetchall():
            print("    ", step)

    event.listen(store._database.engine, "before_cursor_execute", note)
    middle = workspace.count_runs() // 2
    name = workspace.run_by_id(middle).name
    for ask in (
        workspace.queue,
        workspace.queue_paused,
        lambda: workspace.runs(25, middle, ended=True),
        lambda: workspace.count_runs(ended=True),
        lambda: workspace.run_by_id(middle),
        lambda: workspace.comparison_of(name),
        lambda: workspace.metrics(name),
        lambda: workspace.warnings(name),
        lambda: workspace.log(name),
        lambda: workspace.comparisons(20),
    ):
        began = time.monotonic()
        ask()
        print(f"  = {1000 * (time.monotonic() - began):.1f} ms\n")


class _Nobody:
    """An executor that starts nothing."""

    def wake(self, device: str) -> None:
        return


def writers(given: argparse.Namespace) -> None:
    """Eight processes write events; what they say they wrote is what is there."""
    written = write_together(given.home, 8, given.seconds)
    print(f"{sum(written.told):,} events of 8 processes in {given.seconds:.0f} s")
    print(f"kept {sum(written.kept):,}, in order: {written.in_order}")
    print(f"failed: {written.failed or 'none'}, slowest batch {written.slowest:.2f} s")
    if not written.whole:
        raise SystemExit(1)


WHAT: dict[str, Callable[[argparse.Namespace], None]] = {
    "make": make,
    "pages": pages,
    "memory": memory,
    "plans": plans,
    "writers": writers,
}

if __name__ == "__main__":
    main()
