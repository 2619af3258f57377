"""What has to hold after any fault; a `Broken` says what does not."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jobs.queue import places
from jobs.store.filelock import held
from jobs.training import sums

if TYPE_CHECKING:
    from faults.world import World

LEAVING = 15.0  # seconds within which the last runner and child have to be gone
ENDING = 5.0  # seconds that a child has to be gone within, once its ending is written
ENDED_BADLY = ("failed", "interrupted")


def check(world: World) -> None:
    """The invariants, in whatever state the jobs ended."""
    _states_are_true(world)
    _nothing_acknowledged_is_lost(world)
    _nobody_is_left(world)
    _no_half_written_file_is_believed(world)
    _the_database_is_sound(world)


def check_whole(world: World) -> None:
    """That the run is what it would be had nothing happened, and the queue went on."""
    from faults.world import Broken

    found = curve(world)
    if not same(found, world.template.curve):
        raise Broken(f"another curve: {found} instead of {world.template.curve}")
    if digest(world) != world.template.weights:
        raise Broken("other weights than those of a run that nothing happened to")
    state = world.store.jobs.get(world.next).state
    if state != "done":
        raise Broken(f"the job behind it is {state}")
    if (world.run().folder / "adapter" / sums.NAME).exists():
        raise Broken("the adapter has a file that is no one's business")


def curve(world: World) -> tuple[tuple[int, float], ...]:
    """Step and loss, of training and of validation, of the victim."""
    points = world.workspace.metrics(world.run().name)
    found = [
        (p["step"], p[name]) for name in ("loss", "validation_loss") for p in points if name in p
    ]
    return tuple(found)


def same(found: tuple[tuple[int, float], ...], expected: tuple[tuple[int, float], ...]) -> bool:
    """Whether two curves have the same steps and losses (to a millionth: sums of floats)."""
    return len(found) == len(expected) and all(
        a[0] == b[0] and abs(a[1] - b[1]) <= 1e-6 * max(1.0, abs(b[1]))
        for a, b in zip(found, expected, strict=True)
    )


def digest(world: World) -> str:
    """Of the weights that came out."""
    path = world.run().folder / "adapter" / "adapter_model.safetensors"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _states_are_true(world: World) -> None:
    from faults.world import Broken

    def false() -> list[str]:
        return [
            f"job {job.id} says {job.state}"
            for job in world.store.jobs.list()
            if held(places.job_lock(world.home, job.id)) != (job.state == "running")
        ]

    deadline = time.monotonic() + ENDING
    while told := false():
        if time.monotonic() > deadline:
            raise Broken(f"the locks say otherwise: {told}")
        time.sleep(0.05)
    for job in world.store.jobs.list():
        error = job.error
        if job.state in ENDED_BADLY and not (error and error["what"] and error["cure"]):
            raise Broken(f"job {job.id} is {job.state} without a word")
        if error and error["kind"] == "bug":
            raise Broken(f"job {job.id} calls this a bug: {error['what']}\n{error['detail']}")
        if error and "Resume" in error["cure"] and job.kind != "train":
            raise Broken(f"job {job.id}, a {job.kind}, cannot be resumed")


def _nothing_acknowledged_is_lost(world: World) -> None:
    from faults.world import Broken

    seen: set[tuple[int, int, int]] = set()
    with world.store._database.read() as connection:
        query = "SELECT id, job_id, attempt, data FROM events WHERE kind = 'metric' ORDER BY id"
        last: dict[tuple[int, int], int] = {}
        for _, job, attempt, data in connection.exec_driver_sql(query):
            told = json.loads(data)
            step = told["step"]
            seen.add((job, attempt, step))
            if "loss" in told["values"]:
                before = last.get((job, attempt))
                if before is not None and step != before + 1:
                    raise Broken(f"job {job}, attempt {attempt}: step {step} after {before}")
                last[job, attempt] = step
    lost = world.stage.acknowledged() - seen
    if lost:
        raise Broken(f"events that were acknowledged are lost: {sorted(lost)}")


def _nobody_is_left(world: World) -> None:
    """The runner leaves when its queue is empty; nothing but what the suite started stays."""
    from faults.world import Broken

    own = {process.pid for process in world._started}
    began = time.monotonic()
    while left := processes(world.root) - own:
        if time.monotonic() > began + LEAVING:
            raise Broken(f"processes are left over: {[_command(pid) for pid in left]}")
        time.sleep(0.05)
    took = time.monotonic() - began
    world.notes["leaving"] = max(took, world.notes.get("leaving", 0.0))


def _no_half_written_file_is_believed(world: World) -> None:
    from faults.world import Broken

    run = world.run()
    if not world.damaged_on_purpose and run.state != "done":
        for checkpoint in world.workspace.checkpoints(run.name):
            wrong = sums.damage(checkpoint.folder)
            if wrong or not (checkpoint.folder / sums.NAME).exists():
                raise Broken(f"a checkpoint that is not whole has a row: {wrong}")
    if run.state == "done":
        for name in ("adapter_config.json", "adapter_model.safetensors"):
            if not (run.folder / "adapter" / name).stat().st_size:
                raise Broken(f"the run is done, and its {name} is empty")
    for path in run.folder.glob("*.json"):
        json.loads(path.read_text())


def _the_database_is_sound(world: World) -> None:
    from faults.world import Broken

    with sqlite3.connect(f"file:{world.home.database}?mode=ro", uri=True) as connection:
        whole = connection.execute("PRAGMA integrity_check").fetchall()
        orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    if whole != [("ok",)] or orphans:
        raise Broken(f"the database is damaged: {whole} {orphans}")


# --- processes ----------------------------------------------------------------------------------


def processes(root: Path) -> set[int]:
    """Every living process that has this home on its command line."""
    found = set()
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid() and str(root) in _command(int(name)).split():
            found.add(int(name))
    return {pid for pid in found if lives(pid)}


def memory(leader: int) -> int:
    """Bytes that the processes of a group hold; 0 when the last of them is gone."""
    page, total = os.sysconf("SC_PAGE_SIZE"), 0
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            if name.isdigit() and os.getpgid(int(name)) == leader and lives(int(name)):
                total += int(Path(f"/proc/{name}/statm").read_text().split()[1]) * page
    return total


def lives(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return text.rpartition(")")[2].split()[0] not in "ZX"


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""
