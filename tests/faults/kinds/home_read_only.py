"""The home's volume comes back read-only: one sentence; nothing changes; writable, it goes on."""

from __future__ import annotations

import subprocess
import sys

from faults.kinds import Plain
from faults.kinds.disk_full import cannot_mount, mount
from faults.world import Broken, World


class HomeReadOnly(Plain):
    name = "home-read-only"
    weight = 1

    def missing(self) -> str | None:
        return cannot_mount()

    def prepare(self, world: World) -> None:
        mount(world)

    def play(self, world: World) -> None:
        world.begin()
        # Nothing that writes may be open, or the kernel refuses: this is the boot after a cut.
        world.kill(world.runner(), world.child())
        world.store.close()
        self._mount(world, "ro")
        try:
            for words in (("runs",), ("queue",), ("train", "--data", "things", "--method", "lora")):
                self._refused(world, *words)
        finally:
            self._mount(world, "rw")
        world.settle()
        world.expect("interrupted")
        world.finish()

    def _refused(self, world: World, *words: str) -> None:
        command = [sys.executable, "-P", "-m", "studio.cli", "--home", str(world.root), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        if words != ("train",) and done.returncode == 0 and words[0] != "train":
            return  # what only reads may be answered
        told = done.stderr.strip()
        if done.returncode != 2 or "Traceback" in told or "--home" not in told:
            raise Broken(f"attune {words[0]} on a read-only home: {done.returncode} {told}")

    def _mount(self, world: World, how: str) -> None:
        words = ["mount", "-o", f"remount,{how}", str(world.root)]
        world.wait(
            lambda: subprocess.run(words, capture_output=True, check=False).returncode == 0, how, 20
        )


FAULT = HomeReadOnly()
