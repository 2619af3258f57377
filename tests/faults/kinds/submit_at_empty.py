"""Jobs are submitted at the moment when the runner finds its queue empty and leaves."""

from __future__ import annotations

import time

from faults.kinds import Plain
from faults.world import Broken, World
from jobs.queue.runner import ensure_runner


class SubmitAtEmpty(Plain):
    name = "submit-at-empty"
    phases = ("any",)

    def play(self, world: World) -> None:
        world.plan("any")
        world.submit()
        jobs = [world.next]
        for _ in range(4):
            world.wait(lambda: world.store.jobs.get(jobs[-1]).state == "done", "the last is done")
            time.sleep(world.drawn.choice((0.0, 0.02, 0.1, 0.2, 0.25, 0.3, 0.4)))
            jobs.append(world.store.jobs.submit("nap", "cpu").id)
            ensure_runner(world.store, world.home, "cpu")  # once, and nobody polls afterwards
            deadline = time.monotonic() + 60.0
            while world.store.jobs.get(jobs[-1]).state != "done":
                if time.monotonic() > deadline:
                    raise Broken("nobody came for a job that was submitted as the runner left")
                time.sleep(0.02)
        world.finish()


FAULT = SubmitAtEmpty()
