"""Server, runner and child get SIGTERM, as at a shutdown: checkpoint, then stop, and say so."""

import signal

from faults.kinds import Plain
from faults.kinds.server_killed import serving
from faults.world import Broken, World


class Shutdown(Plain):
    name = "shutdown"
    weight = 1

    def play(self, world: World) -> None:
        serves = world.drawn.random() < 0.3
        if serves:
            server = serving(world)
        else:
            world.begin()
        child, step = world.child(), world.run().step
        pids = [child, world.runner(), server.pid if serves else None]
        world.drawn.shuffle(pids)
        world.kill(*pids, number=signal.SIGTERM)
        world.settle()
        world.expect("stopped", "done", words="shut down")
        run = world.run()
        if run.state == "stopped":
            if not run.error:
                raise Broken("nobody asked for this stop, and it does not say so")
            kept = world.workspace.checkpoints(run.name)
            if step and (not kept or kept[-1].step < step):
                raise Broken(f"it stopped after step {step} and kept {[c.step for c in kept]}")
        world.finish()


FAULT = Shutdown()
