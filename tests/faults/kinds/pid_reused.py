"""Runner and child are gone, and a stranger has the child's pid: it is left alone."""

from __future__ import annotations

import subprocess

from faults.kinds import Plain
from faults.world import NAME, Broken, World
from jobs.queue import processes


class PidReused(Plain):
    name = "pid-reused"

    def play(self, world: World) -> None:
        world.begin()
        world.kill(world.runner(), world.child())
        stranger = subprocess.Popen(["sleep", "300"], start_new_session=True)
        try:
            found = processes.identify(stranger.pid)
            assert found is not None
            with world.store._database.write() as connection:
                connection.exec_driver_sql(
                    "UPDATE jobs SET pid = ?, ticks = ? WHERE id = ?",
                    (found.pid, found.ticks - world.drawn.randint(1, 9000), world.victim()),
                )
            if world.drawn.random() < 0.5:
                world.workspace.stop(NAME)
            world.settle()
            world.expect("interrupted", "stopped")
            if stranger.poll() is not None:
                raise Broken("a stranger's process was ended")
        finally:
            stranger.kill()
            stranger.wait()
        world.finish()


FAULT = PidReused()
