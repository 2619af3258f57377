"""What a finished run is good for: its log, and its export."""

from __future__ import annotations

from pathlib import Path

import psutil

from jobs.errors import Unavailable
from jobs.export import export, zip_folder
from jobs.home import Home
from jobs.methods import method as find_method
from jobs.methods.method import SoftPrompting
from jobs.methods.soft_prompt import SoftPrompt
from jobs.methods.soft_prompt import read as read_soft_prompt
from jobs.models.secrets import redact
from jobs.models.source import resolve
from jobs.queue import processes
from jobs.store import Store
from jobs.types import JobInfo, RunInfo
from jobs.whole import writing
from jobs.workspace import forgetting
from jobs.workspace.helped import on_card
from jobs.workspace.tidying import in_the_making

LOG_END = 200_000  # characters of a process's output that are shown


def log(store: Store, home: Home, run: RunInfo) -> str:
    """What a run reported, then the end of what its processes printed."""
    parts = [store.events.log(run_id=run.id)]
    for job in sorted(store.jobs.list(run_id=run.id), key=lambda job: job.id):
        output = home.job(job.id) / "output.log"
        if job.kind == "train" and output.is_file():
            parts.append(redact(_end_of(output)))  # libraries print what they like
    return "\n".join(part.rstrip() for part in parts if part.strip())


def warnings(store: Store, run: RunInfo) -> list[str]:
    """The sentences of a run's warnings, each once, in the order in which they came."""
    return store.events.warnings(run_id=run.id)


def soft_prompt(run: RunInfo) -> SoftPrompt | None:
    """What was looked at when training ended; None where the method makes no soft prompt."""
    if not isinstance(find_method(run.method), SoftPrompting):
        return None
    found = read_soft_prompt(run.folder)
    if found is not None:
        return found
    if run.state in ("queued", "running"):
        raise Unavailable("Its soft prompt is not trained yet.", "Wait for the end of training.")
    if (run.folder / "adapter").is_dir():
        raise Unavailable(
            "This run was trained before Attune looked inside of soft prompts.",
            "Train it again: with the same seed it comes out the same.",
        )
    raise Unavailable(f"Run “{run.name}” has no soft prompt: it is {run.state}.", "Resume it.")


def export_run(store: Store, home: Home, run: RunInfo, to: Path) -> Path:
    """The export of a run in a new folder."""
    dataset = store.datasets.by_id(run.dataset_id)
    said = on_card(store, home, run), forgetting.sentence(store, run)
    return export(run, resolve(run.model), dataset, said, to)


def export_zip(store: Store, home: Home, run: RunInfo) -> Path:
    """The export of a run as one file under the home's exports; made anew each time."""
    archive = home.exports / str(run.id) / f"{run.name}.zip"
    with writing(home.root, "Make the home folder writable."), in_the_making(home) as scratch:
        packed = zip_folder(export_run(store, home, run, scratch / run.name))
        archive.parent.mkdir(parents=True, exist_ok=True)
        return packed.replace(archive)


def memory(store: Store, job: JobInfo) -> int | None:
    """Resident bytes of the process that runs a job; a pid that was given again is not asked."""
    child = store.jobs.child(job.id) if job.state == "running" else None
    if child is None:
        return None
    known = processes.Identity(child.pid, child.ticks, child.boot_id)
    try:
        held: int = psutil.Process(child.pid).memory_info().rss
    except psutil.Error:
        return None
    return held if processes.identify(child.pid) == known else None


def _end_of(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LOG_END))
        return file.read().decode("utf-8", errors="replace")
