"""The child's loop hangs, or the whole process is held still."""

from __future__ import annotations

import os
import signal

from faults.kinds import Plain
from faults.world import World


class ChildHangs(Plain):
    name = "child-hangs"
    weight = 1

    def play(self, world: World) -> None:
        world.submit(wake=False)
        # Longer than the imports of a child take, which come before its first word.
        patience = "6" if world.template.light else "40"
        # For this runner alone: another scenario's, begun at this moment, keeps the usual one.
        words = ("jobs.queue.runner", "--home", str(world.root), "--device", "cpu")
        world.spawn(*words, ATTUNE_PATIENCE=patience)
        world.reach()
        if world.drawn.random() < 0.5:
            world.ask("hang")
        else:
            os.kill(world.child(), signal.SIGSTOP)
        world.settle()
        world.expect("interrupted", words="nothing at all")
        world.finish()


FAULT = ChildHangs()
