"""A person presses Stop: it stops within 15 s, its memory is free, and it goes on later."""

from __future__ import annotations

import time

from faults import truth
from faults.kinds import Plain
from faults.world import NAME, Broken, World

WITHIN = 15.0  # seconds


class StopRequest(Plain):
    name = "stop-request"

    def play(self, world: World) -> None:
        world.begin()
        child, asked = world.child(), time.monotonic()
        world.workspace.stop(NAME)
        world.wait(lambda: not truth.lives(child), "the child is gone", WITHIN)
        if time.monotonic() - asked > WITHIN:
            raise Broken("the stop took longer than 15 s")
        world.settle()
        world.expect("stopped", "done")
        if world.run().error:
            raise Broken(f"a person asked for it, and it says {world.run().error}")
        world.finish()


FAULT = StopRequest()
