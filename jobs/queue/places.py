"""Where the queue keeps its locks and logs below the home folder."""

from __future__ import annotations

import re
from pathlib import Path

from jobs.home import Home


def job_lock(home: Home, job_id: int) -> Path:
    """Held by the child that works on this job."""
    return home.job(job_id) / "lock"


def job_log(home: Home, job_id: int) -> Path:
    """What the job's process wrote to its standard output and error."""
    return home.job(job_id) / "output.log"


def device_lock(home: Home, device: str) -> Path:
    """Held by the child on a device, also by one that stays after its job."""
    return home.jobs / f"device-{_slug(device)}.lock"


def runner_lock(home: Home, device: str) -> Path:
    """Held by the runner of a device."""
    return home.jobs / f"runner-{_slug(device)}.lock"


def runner_log(home: Home, device: str) -> Path:
    """What the runner of a device had to say."""
    return home.jobs / f"runner-{_slug(device)}.log"


def _slug(device: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", device)
