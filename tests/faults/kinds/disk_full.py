"""The home's one volume fills up in mid-run, and has room again a while later."""

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


def mount(world: World, part: str = ".", mebibytes: int = MEBIBYTES) -> None:
    """A small volume where the home, or a folder of it, will be: ext4 in a file, or in memory."""
    place = world.root / part
    place.mkdir(parents=True, exist_ok=True)
    if world.drawn.random() > 0.5 or not _mount_file(world, place, mebibytes):
        words = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "none", str(place)]
        subprocess.run(words, check=True)
    world.afterwards(lambda: subprocess.run(["umount", "-l", str(place)], check=False))


def _mount_file(world: World, place: Path, mebibytes: int) -> bool:
    """Whether a file system in a file could be mounted there; containers often have no loop."""
    image = world.root.parent / f"{world.root.name}-{place.name}.ext4"
    world.afterwards(lambda: image.unlink(missing_ok=True))
    with image.open("wb") as file:
        file.truncate(mebibytes * 2**20)
    words = (
        ["mkfs.ext4", "-q", "-F", "-m", "0", "-E", f"root_owner={os.geteuid()}", str(image)],
        ["mount", "-o", "loop", str(image), str(place)],
    )
    try:
        return not any(
            subprocess.run(w, capture_output=True, check=False).returncode for w in words
        )
    except FileNotFoundError:
        return False


def fill(root: Path, leave: int = 0) -> Path:
    """Take all the room but so many bytes; the file that holds it."""
    ballast = root / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * 65536)
        os.fsync(file.fileno())
        file.truncate(max(0, file.tell() - leave))
    return ballast


class DiskFull(Plain):
    name = "disk-full"
    weight = 1

    def missing(self) -> str | None:
        return cannot_mount()

    def prepare(self, world: World) -> None:
        mount(world)

    def play(self, world: World) -> None:
        world.begin()
        ballast = fill(world.root)
        world.release()
        time.sleep(world.drawn.uniform(0.5, 6.0))
        ballast.unlink()
        world.settle()
        world.expect("done", "failed", "interrupted")
        error = world.run().error
        if error and error["kind"] not in ("disk", "interrupted"):
            raise Broken(f"a full disk is told as {error['kind']}: {error['what']}")
        world.finish()


FAULT = DiskFull()
