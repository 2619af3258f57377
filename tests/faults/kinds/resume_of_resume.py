"""The child is killed, resumed, killed again in another phase, and resumed again."""

from faults.kinds import Plain
from faults.stage import PHASES
from faults.world import World


class ResumeOfResume(Plain):
    name = "resume-of-resume"

    def play(self, world: World) -> None:
        world.begin()
        world.kill(world.child())
        world.settle()
        world.expect("interrupted")
        if world.missed:
            world.finish()
            return
        world.phase = world.drawn.choice(PHASES)
        world.plan(after=0)
        world.resume()
        world.wait(lambda: world.stage.reached.exists() or world.run().state == "done", "again")
        if world.run().state != "done":
            world.kill(world.child())
        world.finish()


FAULT = ResumeOfResume()
