"""The folder of the data or of the model is gone in mid-run: said in words; its return mends it."""

from __future__ import annotations

from faults.kinds import Plain
from faults.world import Broken, World


class FolderDeleted(Plain):
    name = "folder-deleted"

    def play(self, world: World) -> None:
        world.begin()
        data = world.home.dataset(world.run().dataset_id)
        folder = data if world.drawn.random() < 0.5 else world.model
        away = folder.with_name(folder.name + "-away")
        folder.rename(away)
        world.kill(world.child())
        world.settle()
        world.expect("interrupted", "failed")
        if world.drawn.random() < 0.7 and not world.missed:
            world.resume()
            world.settle()
            world.expect("failed")
            run = world.run()
            if run.error is None or run.error["kind"] not in ("data", "model"):
                raise Broken(f"a missing folder is told as {run.error}")
        away.rename(folder)
        world.finish()


FAULT = FolderDeleted()
