"""The child writes 10 MB to its output, and nobody reads."""

from faults.kinds import Plain
from faults.world import Broken, World


class Chatter(Plain):
    name = "chatter"
    weight = 1

    def play(self, world: World) -> None:
        world.begin()
        world.ask("chatter")
        log = world.home.job(world.victim()) / "output.log"
        world.settle()
        world.expect("done")
        if not world.missed and log.stat().st_size < 10_000_000:
            raise Broken("what the child wrote is not in its log")
        if len(world.workspace.log("victim")) > 1_000_000:
            raise Broken("the page is given all of it")
        world.finish()


FAULT = Chatter()
