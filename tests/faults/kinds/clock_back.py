"""The clock is set back an hour, for the child and for the pages."""

from __future__ import annotations

import time

from faults.kinds import Plain
from faults.world import World
from jobs.store import Store
from jobs.workspace import Workspace


class ClockBack(Plain):
    name = "clock-back"

    def play(self, world: World) -> None:
        world.begin()
        world.ask("clock")
        world.store.close()
        world.store = Store.open(world.home, lambda: time.time() - 3600.0)
        world.workspace = Workspace(world.home, world.store)
        if world.drawn.random() < 0.5:
            world.kill(world.child())
        world.settle()
        world.expect("done", "interrupted")
        world.finish()


FAULT = ClockBack()
