"""The runner gets SIGKILL: its child goes on and the next runner adopts it."""

from faults.kinds import Plain
from faults.world import Broken, World


class RunnerKilled(Plain):
    name = "runner-killed"

    def play(self, world: World) -> None:
        world.begin()
        child = world.child()
        world.kill(world.runner())
        world.settle()
        world.expect("done")
        if world.store.jobs.get(world.victim()).pid != child:
            raise Broken("another child was started though the first one lived")
        world.finish()


FAULT = RunnerKilled()
