"""The volume has too little room for an import, or fills up in the middle of one: one sentence,
and nothing half-made is left.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from faults.kinds import Plain
from faults.kinds.disk_full import cannot_mount, fill, mount
from faults.world import Broken, World, try_verb

ROWS = 60_000


class DiskFullImport(Plain):
    name = "disk-full-import"
    phases = ("before", "during")
    weight = 1

    def missing(self) -> str | None:
        return cannot_mount()

    def prepare(self, world: World) -> None:
        mount(world)

    def play(self, world: World) -> None:
        rows = world.root.parent / f"{world.root.name}.csv"
        world.afterwards(lambda: rows.unlink(missing_ok=True))
        with rows.open("w", newline="") as file:
            drawn = ((f"{n} {world.drawn.randbytes(150).hex()}", str(n)) for n in range(ROWS))
            csv.writer(file).writerows([("prompt", "completion"), *drawn])
        before = sorted(p.name for p in world.home.datasets.iterdir())
        ballast = world.root / "ballast"
        bring = {"before": self._before, "during": self._during}[world.phase]
        refused = try_verb(bring(world, rows))
        if refused.kind != "disk":
            raise Broken(f"a full disk is told as {refused.kind}: {refused}")
        ballast.unlink()
        left = sorted(p.name for p in world.home.datasets.iterdir())
        if left != before or any(p.is_file() for p in world.home.temporary.rglob("*")):
            raise Broken(f"the import left something behind: {left}")
        if [d.name for d in world.workspace.datasets()] != ["things"]:
            raise Broken("half a dataset is offered")
        world.submit()
        world.finish()

    def _before(self, world: World, rows: Path) -> Callable[[], object]:
        """Little room is left: it is refused before a byte is written."""
        fill(world.root, leave=world.drawn.randrange(60 * 2**20))

        def bring() -> None:
            def told(_: object) -> None:
                raise Broken("the import began, though there was no room for it")

            world.workspace.add_dataset(rows, "large", progress=told)

        return bring

    def _during(self, world: World, rows: Path) -> Callable[[], object]:
        """Somebody else takes all the room between two batches, or all but some."""
        after, seen = world.drawn.randrange(6), [0]
        leave = world.drawn.choice((0, world.drawn.randrange(2**20), world.drawn.randrange(2**26)))

        def told(_: object) -> None:
            seen[0] += 1
            if seen[0] == after + 1:
                fill(world.root, leave=leave)

        return lambda: world.workspace.add_dataset(rows, "large", progress=told)


FAULT = DiskFullImport()
