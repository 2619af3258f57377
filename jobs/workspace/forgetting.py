"""From a run to a queued look at what it forgot, and back to what was found."""

from __future__ import annotations

from jobs.errors import InputError
from jobs.evaluation.forgetting_file import asked as payload
from jobs.evaluation.forgetting_file import load, place
from jobs.evaluation.general import general_prompts, some
from jobs.models.source import resolve
from jobs.models.stamp import stamp
from jobs.store import Store
from jobs.types import DatasetInfo, DeviceInfo, JobInfo, RunInfo
from jobs.workspace.answers import Forgetting
from jobs.workspace.comparing import check_run, check_split, last_job

FORGET = "forget"  # the kind of job, as jobs/queue/work/ has it


def submit(
    store: Store,
    run: RunInfo,
    dataset: DatasetInfo | None,
    limit: int | None,
    device: DeviceInfo,
) -> JobInfo:
    """Queue a look at a run, or give the one that was asked for before and still holds; one that
    was stopped or failed goes on."""
    check_run(run)
    if limit is not None and limit < 1:
        raise InputError(f"A limit of {limit} leaves no prompts.", "Give at least 1.")
    if dataset is not None:
        check_split("test", dataset.counts)
        if dataset.id == run.dataset_id:
            raise InputError(
                f"“{run.name}” was trained on {dataset.name}: that is what it learnt.",
                "Compare it with the base there; choose another dataset to see what it forgot.",
            )
    asked = payload(None if dataset is None else dataset.id, limit)
    with store.transaction():
        known = next((job for job in _jobs(store, run) if job.payload == asked), None)
        if known is not None and known.state in ("queued", "running"):
            return known
        if known is not None and known.state != "done":
            return store.jobs.requeue(known.id)
        if known is not None and _holds(run, known):
            return known
        after = last_job(store, [run])
        return store.jobs.submit(FORGET, device.name, run_id=run.id, payload=asked, after=after)


def of_run(store: Store, run: RunInfo) -> list[Forgetting]:
    """Everything that was asked of a run, the newest first, each set of prompts once."""
    found: dict[str, Forgetting] = {}
    for job in _jobs(store, run):
        where = place(run.folder, job.payload)
        if where.name not in found:
            data = job.payload.get("data")
            result = load(where) if job.state == "done" else None
            found[where.name] = Forgetting(job, data, result, job.payload.get("limit"))
    return list(found.values())


def sentence(store: Store, run: RunInfo) -> str:
    """The newest look's sentence; "" where nobody has looked."""
    return next((look.found.sentence for look in of_run(store, run) if look.found), "")


def _jobs(store: Store, run: RunInfo) -> list[JobInfo]:
    jobs = [job for job in store.jobs.list(run_id=run.id) if job.kind == FORGET]
    return sorted(jobs, key=lambda job: -job.id)


def _holds(run: RunInfo, job: JobInfo) -> bool:
    """Whether what was found is of the weights and the prompts that there are now."""
    found = load(place(run.folder, job.payload))
    if found is None:
        return False
    settings = found.result.settings
    if settings.get("adapter") != stamp(run.folder / "adapter"):
        return False
    if "data" in job.payload:
        return True  # a version of a dataset never changes
    now = some(general_prompts(resolve(run.model)), job.payload.get("limit"))
    return bool(settings.get("prompts") == now.fingerprint)
