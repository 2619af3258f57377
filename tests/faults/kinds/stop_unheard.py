"""A person presses Stop while the child hears nothing: a long call into a library, a dead disk."""

from __future__ import annotations

from faults.kinds import Plain
from faults.kinds.stop_request import stop_and_look
from faults.world import Broken, World


class StopUnheard(Plain):
    name = "stop-unheard"
    weight = 1

    def play(self, world: World) -> None:
        world.begin()
        world.ask("hang")
        if world.run().state == "running":
            stop_and_look(world)
        world.settle()
        world.expect("stopped")
        if world.run().error:
            raise Broken(f"a person asked for it, and it says {world.run().error}")
        world.finish()


FAULT = StopUnheard()
