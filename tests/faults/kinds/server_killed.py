"""The server, which started the runner, gets SIGKILL: nothing else notices."""

from __future__ import annotations

import socket
import subprocess

from faults.kinds import Plain
from faults.world import Broken, World


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def serving(world: World) -> subprocess.Popen[bytes]:
    """A server that found the jobs waiting and started their runner; the child is in the phase."""
    world.submit(wake=False)
    server = world.serve(free_port())
    world.reach()
    return server


class ServerKilled(Plain):
    name = "server-killed"
    weight = 1

    def play(self, world: World) -> None:
        server = serving(world)
        runner = world.runner()
        world.kill(server.pid)
        if runner is None or world.runner() != runner:
            raise Broken("the runner went with the server")
        world.settle()
        world.expect("done")
        world.finish()


FAULT = ServerKilled()
