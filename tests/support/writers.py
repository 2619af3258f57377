"""Processes that write events into one database at the same time, and the look afterwards."""

from __future__ import annotations

import multiprocessing
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.home import Home
from jobs.store import Store
from jobs.types import Columns


@dataclass(frozen=True)
class Written:
    """What came of it: events each process says it wrote, and what the database has of them."""

    told: tuple[int, ...]
    kept: tuple[int, ...]
    in_order: bool
    failed: tuple[str, ...]
    slowest: float  # seconds that one batch took, at most

    @property
    def whole(self) -> bool:
        return self.told == self.kept and self.in_order and not self.failed


def write_together(root: Path, processes: int, seconds: float, batch: int = 5) -> Written:
    """Let `processes` append batches to a job each for `seconds`, as fast as they can."""
    home = Home(root).make()
    store = Store.open(home)
    dataset = store.datasets.add("d", "d.csv", Columns("a", ("b",)), "{prompt}", {}, "f")
    jobs = []
    for number in range(processes):
        run = store.runs.add(
            f"r-{number}",
            dataset.id,
            "starter",
            "lora",
            "quick",
            {},
            0,
            "{prompt}",
            f"cpu:{number}",
        )
        jobs.append((store.jobs.newest(run.id).id, run.id))
    store.close()
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes) as pool:
        rows = [(str(root), job, run, seconds, batch) for job, run in jobs]
        answers: list[tuple[int, str, float]] = pool.starmap(_write, rows)
    kept, in_order = _look(home.database, [job for job, _ in jobs])
    return Written(
        tuple(count for count, _, _ in answers),
        tuple(kept),
        in_order,
        tuple(error for _, error, _ in answers if error),
        max(slow for _, _, slow in answers),
    )


def _write(root: str, job: int, run: int, seconds: float, batch: int) -> tuple[int, str, float]:
    store, count, slowest = Store.open(Home(Path(root))), 0, 0.0
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            items: list[tuple[str, dict[str, Any]]] = [
                ("metric", {"step": count + n, "values": {"loss": 1.0}}) for n in range(batch)
            ]
            began = time.monotonic()
            store.events.append(job, run, items)
            slowest = max(slowest, time.monotonic() - began)
            count += batch
    except Exception as error:  # noqa: BLE001 - told to who counts
        return count, f"{type(error).__name__}: {error}", slowest
    finally:
        store.close()
    return count, "", slowest


def _look(database: Path, jobs: list[int]) -> tuple[list[int], bool]:
    """Events of each job, and whether each job's steps come in the order of their ids."""
    kept, in_order = [], True
    with sqlite3.connect(database) as connection:
        for job in jobs:
            rows = connection.execute(
                "SELECT json_extract(data, '$.step') FROM events "
                "WHERE job_id = ? AND kind = 'metric' ORDER BY id",
                (job,),
            )
            steps = [step for (step,) in rows]
            kept.append(len(steps))
            in_order = in_order and steps == list(range(len(steps)))
    return kept, in_order
