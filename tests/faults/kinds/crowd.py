"""Two servers and three command lines on one home: each job is done once, one at a time."""

from __future__ import annotations

import itertools
import subprocess
import sys

from faults.kinds import Plain
from faults.kinds.server_killed import free_port
from faults.world import Broken, World

LINES = 3


class Crowd(Plain):
    name = "crowd"
    weight = 1

    def play(self, world: World) -> None:
        world.submit(wake=False)
        for _ in range(2):
            world.serve(free_port())
        lines = [
            subprocess.Popen(
                [sys.executable, "-P", "-m", "studio.cli", "--home", str(world.root), *words],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for words in (("queue",), ("queue", "continue"), ("queue", "stop", "999999"))
        ]
        world.reach()
        naps = [world.store.jobs.submit("nap", "cpu").id for _ in range(LINES)]
        for line in lines:
            _, error = line.communicate(timeout=120)
            if line.returncode not in (0, 2) or "Traceback" in error:
                raise Broken(f"a command line failed: {error}")
        world.settle()
        world.expect("done")
        world.finish()
        trail = (world.stage.folder / "trail.txt").read_text().split()
        if sorted(map(int, trail)) != sorted([world.next, *naps]):
            raise Broken(f"jobs were done twice or never: {trail}")
        ended = sorted(world.store.jobs.list(), key=lambda job: job.started or 0.0)
        for first, then in itertools.pairwise(ended):
            if (first.ended or 0.0) > (then.started or 0.0):
                raise Broken(f"jobs {first.id} and {then.id} were at work at once")


FAULT = Crowd()
