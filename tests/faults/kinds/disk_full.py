"""The volume fills up in mid-run, during a checkpoint or an event, and has room again later."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from pathlib import Path

from faults.kinds import Plain
from faults.world import Broken, World

MEBIBYTES = 320  # of the small volume: a run is not queued where 200 would not be left over


def cannot_mount() -> str | None:
    """Why nothing can be mounted here; None if it can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "mounting a small volume needs root"
    probe = Path(tempfile.mkdtemp(prefix="attune-mount-"))
    try:
        words = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(probe)]
        if subprocess.run(words, capture_output=True, check=False).returncode:
            return "mounting is not allowed here"
        subprocess.run(["umount", str(probe)], check=True)
    except FileNotFoundError:
        return "there is no mount command here"
    finally:
        probe.rmdir()
    return None


def mount(world: World, mebibytes: int = MEBIBYTES) -> None:
    """A small volume where the home will be."""
    world.root.mkdir(parents=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "none", str(world.root)]
    subprocess.run(words, check=True)
    world.afterwards(lambda: subprocess.run(["umount", "-l", str(world.root)], check=False))


def fill(root: Path) -> Path:
    """Take all the room that is left; the file that holds it."""
    ballast = root / "ballast"
    with open(ballast, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 65536)
    return ballast


class DiskFull(Plain):
    name = "disk-full"

    def missing(self) -> str | None:
        return cannot_mount()

    def prepare(self, world: World) -> None:
        mount(world)

    def play(self, world: World) -> None:
        world.begin()
        ballast = fill(world.root)
        time.sleep(world.drawn.uniform(0.5, 6.0))
        ballast.unlink()
        world.settle()
        world.expect("done", "failed", "interrupted")
        error = world.run().error
        if error and error["kind"] not in ("disk", "interrupted"):
            raise Broken(f"a full disk is told as {error['kind']}: {error['what']}")
        world.finish()


FAULT = DiskFull()
