"""The volume fills up during an import: one sentence, and nothing half-made is left."""

from __future__ import annotations

import csv

from faults.kinds import Plain
from faults.kinds.disk_full import cannot_mount, fill, mount
from faults.world import Broken, World, try_verb


class DiskFullImport(Plain):
    name = "disk-full-import"
    phases = ("any",)
    weight = 1

    def missing(self) -> str | None:
        return cannot_mount()

    def prepare(self, world: World) -> None:
        mount(world)

    def play(self, world: World) -> None:
        rows = world.root.parent / f"{world.root.name}.csv"
        world.afterwards(lambda: rows.unlink(missing_ok=True))
        with rows.open("w", newline="") as file:
            drawn = ((f"{n} {world.drawn.randbytes(150).hex()}", str(n)) for n in range(20_000))
            csv.writer(file).writerows([("prompt", "completion"), *drawn])
        ballast = fill(world.root)
        with ballast.open("r+b") as file:
            file.truncate(max(0, ballast.stat().st_size - world.drawn.randrange(3 * 2**20)))
        before = sorted(p.name for p in world.home.datasets.iterdir())
        refused = try_verb(lambda: world.workspace.add_dataset(rows, "large"))
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


FAULT = DiskFullImport()
