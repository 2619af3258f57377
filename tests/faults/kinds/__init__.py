"""The faults, a file each: add a file with a `FAULT`, and it is drawn with the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faults.stage import PHASES

if TYPE_CHECKING:
    from faults.world import World


class Plain:
    """What most faults have in common: every phase, nothing needed, nothing to prepare."""

    phases: tuple[str, ...] = PHASES
    weight = 2

    def missing(self) -> str | None:
        return None

    def prepare(self, world: World) -> None:
        """Nothing has to be there before the home."""
