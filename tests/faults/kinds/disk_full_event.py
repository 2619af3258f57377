"""The volume of the database fills up: events cannot be written for a while, weights can."""

from __future__ import annotations

import time

from faults import truth
from faults.kinds import Plain
from faults.kinds.disk_full import cannot_mount, fill, mount
from faults.world import Broken, World


class DiskFullEvent(Plain):
    name = "disk-full-event"

    def missing(self) -> str | None:
        return cannot_mount()

    def prepare(self, world: World) -> None:
        mount(world)
        mount(world, "runs")

    def play(self, world: World) -> None:
        world.begin()
        child, ballast = world.child(), fill(world.root)
        world.release()
        # Until the child itself was told that there is no room: until then it may write into what
        # the log beside the database had already.
        refused = world.stage.refused.exists
        world.wait(lambda: refused() or not truth.lives(child), "a write is refused", 30)
        time.sleep(world.drawn.uniform(0.0, 6.0))
        ballast.unlink()
        world.settle()
        world.expect("done", "failed", "interrupted")
        error = world.run().error
        if error and error["kind"] not in ("disk", "interrupted"):
            raise Broken(f"a full disk is told as {error['kind']}: {error['what']}")
        world.finish()


FAULT = DiskFullEvent()
