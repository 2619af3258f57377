"""What went wrong between this machine and the Hub, as a person would say it."""

from __future__ import annotations

import errno

from jobs.errors import AttuneError, DiskFull, NotFound, Unavailable
from jobs.models.secrets import redact


def explain(name: str, error: Exception, *, noun: str, instead: str) -> AttuneError:
    """The error of ours for one of huggingface_hub's or of the system's.

    `noun` is what was asked for ("model", "data set"); `instead` what a person without a network
    can do, as the end of a sentence.
    """
    from huggingface_hub import errors

    if isinstance(error, errors.DryRunError) and isinstance(error.__cause__, Exception):
        error = error.__cause__  # what the Hub said
    detail = redact(f"{type(error).__name__}: {error}")
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, errors.GatedRepoError) or status == 403:
        return Unavailable(
            f"“{name}” is only given to people who have accepted its terms on the Hub.",
            "Accept them on its page there, set HF_TOKEN to your token, and try again.",
            detail=detail,
        )
    if isinstance(error, errors.RepositoryNotFoundError | errors.HFValidationError):
        return NotFound(
            f"The Hub has no {noun} “{name}”, or it is private.",
            f"Check the name for typing errors; for a private {noun} set HF_TOKEN to your token.",
            detail=detail,
        )
    if status == 401:
        return Unavailable(
            "The Hub does not accept your token.",
            "Make a new one on the Hub and set HF_TOKEN to it, or take the old one away.",
            detail=detail,
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return no_room(name, detail)
    if isinstance(error, PermissionError):
        return Unavailable(
            "The folder in which files of the Hub are kept cannot be written to.",
            "Allow it, or set HF_HOME to a folder of yours.",
            detail=detail,
        )
    return Unavailable(
        f"“{name}” is not on this machine, and the Hub cannot be reached.",
        f"Check the network and try again, {instead}.",
        detail=detail,
    )


def no_room(name: str, detail: str) -> DiskFull:
    """The volume of the Hub's cache is full, or would be."""
    return DiskFull(
        f"There is too little room on the disk to fetch “{name}”.",
        "Free some room, or set HF_HOME to a folder on a larger disk.",
        detail=detail,
    )
