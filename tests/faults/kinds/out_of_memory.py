"""The kernel ends the child because its control group (version 1 or 2) is out of memory.

At times its runner is killed before, and the next one, which lives in another group, adopts it.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

from faults.kinds import Plain
from faults.world import World
from jobs.queue.runner import ensure_runners

GROUPS = Path("/sys/fs/cgroup")
LIMIT = 3 * 2**30
LIGHT_LIMIT = 400 * 2**20


def group_root() -> tuple[Path, str] | None:
    """Where groups can be made, and the file for the limit; None where there is no controller."""
    if (GROUPS / "memory" / "memory.limit_in_bytes").exists():
        return GROUPS / "memory", "memory.limit_in_bytes"
    with contextlib.suppress(OSError):
        if "memory" in (GROUPS / "cgroup.subtree_control").read_text().split():
            return GROUPS, "memory.max"
    return None


class OutOfMemory(Plain):
    name = "out-of-memory"
    weight = 1

    def missing(self) -> str | None:
        found = group_root()
        if found is None:
            return "no memory controller can be used here"
        probe = Path(tempfile.mktemp(prefix="attune-probe-", dir=found[0]))
        try:
            probe.mkdir()
            try:
                (probe / found[1]).write_text(str(LIMIT))
            finally:
                probe.rmdir()
        except OSError as error:
            return f"making a control group needs root and a writable tree ({error.strerror})"
        return None

    def play(self, world: World) -> None:
        found = group_root()
        assert found is not None
        root, limit = found
        group = root / f"attune-{os.getpid()}-{world.root.name}"
        group.mkdir()
        world.afterwards(lambda: _remove(group))
        (group / limit).write_text(str(LIGHT_LIMIT if world.template.light else LIMIT))
        world.submit(wake=False)
        # The runner joins the group before it starts the child, which inherits it.
        runner = world.spawn(
            "faults.grouped", str(group), "--home", str(world.root), "--device", "cpu"
        )
        world.afterwards(runner.wait)
        world.reach()
        if world.drawn.random() < 0.5:
            world.kill(runner.pid)

            def adopted() -> bool:
                ensure_runners(world.store, world.home, patience=1.0)  # as an open page does
                return world.runner() not in (None, runner.pid)

            world.wait(adopted, "another runner came")
        world.ask("eat")
        world.settle()
        world.expect("interrupted", words="ran out of memory")
        world.finish()


def _remove(group: Path) -> None:
    """A group is busy until the kernel is through with the last process that was killed in it."""
    for _ in range(100):
        with contextlib.suppress(OSError):
            group.rmdir()
            return
        time.sleep(0.1)


FAULT = OutOfMemory()
