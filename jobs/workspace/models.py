"""The base models to offer: the starter, and a short list of small open ones."""

from __future__ import annotations

from jobs.models.catalog import ENTRIES, fits
from jobs.models.hub import cached
from jobs.models.source import resolve
from jobs.types import DeviceInfo
from jobs.workspace.answers import ModelChoice


def choices(device: DeviceInfo) -> list[ModelChoice]:
    """The starter first, then the list from small to large."""
    starter = resolve("starter")
    offered = [
        ModelChoice(
            spec="starter",
            title="Practice model",
            what="Comes with Attune; small enough to train in a minute or two. For a first try, "
            "and to see whether your data works, not for real use.",
            licence=starter.licence or "Apache-2.0",
            parameters=starter.parameters,
            bytes=starter.bytes,
            local=True,
        )
    ]
    for entry in ENTRIES:
        fit, reason = fits(entry, device)
        offered.append(
            ModelChoice(
                spec=entry.id,
                title=entry.title,
                what=entry.what,
                licence=entry.licence,
                parameters=entry.parameters,
                bytes=entry.bytes,
                local=cached(entry.id) is not None,
                fits=fit,
                reason=reason,
            )
        )
    return offered
