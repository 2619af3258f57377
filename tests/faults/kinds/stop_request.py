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
        stop_and_look(world)
        world.settle()
        world.expect("stopped", "done")
        if world.run().error:
            raise Broken(f"a person asked for it, and it says {world.run().error}")
        world.finish()


def stop_and_look(world: World) -> None:
    """Stop the victim; its whole process group, and with it its memory, is gone in time."""
    child, asked = world.child(), time.monotonic()
    held = truth.memory(child)
    if world.run().state == "running" and not held:
        raise Broken("the child holds no memory that could be given back")
    world.workspace.stop(NAME)
    world.release()
    world.wait(lambda: not truth.memory(child), "its memory is free", WITHIN)
    took = time.monotonic() - asked
    if took > WITHIN:
        raise Broken(f"the stop took {took:.1f} s")
    world.notes["stop_seconds"] = round(took, 2)
    world.notes["freed_megabytes"] = round(held / 1e6)


FAULT = StopRequest()
