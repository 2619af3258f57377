"""The child gets SIGKILL."""

from faults.kinds import Plain
from faults.world import World


class ChildKilled(Plain):
    name = "child-killed"

    def play(self, world: World) -> None:
        world.begin()
        world.kill(world.child())
        world.settle()
        world.expect("interrupted", words="SIGKILL")
        world.finish()


FAULT = ChildKilled()
