"""Server, runner and child get SIGKILL at once."""

from faults.kinds import Plain
from faults.kinds.server_killed import serving
from faults.world import World


class PowerCut(Plain):
    name = "power-cut"
    weight = 1

    def play(self, world: World) -> None:
        server = serving(world)
        world.kill(server.pid, world.runner(), world.child())
        world.settle()
        world.expect("interrupted")
        world.finish()


FAULT = PowerCut()
