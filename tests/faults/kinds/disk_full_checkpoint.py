"""The volume of the runs fills up while a checkpoint is being written, or just before one.

The database lies on another volume and has room, so it is the weights alone that cannot be kept.
"""

from __future__ import annotations

from faults.kinds import Plain
from faults.kinds.disk_full import cannot_mount, fill, mount
from faults.world import NAME, Broken, World
from jobs.training import sums

LEFT = 300_000  # bytes, at most: less than a checkpoint, more than some of its files


class DiskFullCheckpoint(Plain):
    name = "disk-full-checkpoint"

    def missing(self) -> str | None:
        return cannot_mount()

    def prepare(self, world: World) -> None:
        mount(world, "runs")

    def play(self, world: World) -> None:
        world.begin()
        before = world.workspace.checkpoints(NAME)
        ballast = fill(world.home.runs, leave=world.drawn.randrange(LEFT))
        world.settle()
        world.expect("failed", words="Free some room")
        run, kept = world.run(), world.workspace.checkpoints(NAME)
        if run.state == "failed" and (run.error is None or run.error["kind"] != "disk"):
            raise Broken(f"a full disk is told as {run.error}")
        if len(kept) < len(before) or any(sums.damage(c.folder) for c in kept):
            raise Broken(f"of the checkpoints {before} these survived: {kept}")
        if list(run.folder.glob("**/.*.half")):
            raise Broken("half a checkpoint still takes room on a full disk")
        if world.store.jobs.get(world.next).state != "done":
            raise Broken("the job behind it, which needs no room there, was not done")
        ballast.unlink()
        world.finish()


FAULT = DiskFullCheckpoint()
