"""The newest checkpoint is cut short or has a flipped bit: the one before it is used."""

from __future__ import annotations

from faults.kinds import Plain
from faults.world import NAME, Broken, World


class CheckpointDamaged(Plain):
    name = "checkpoint-damaged"
    phases = ("training", "validating", "checkpointing", "finishing")
    weight = 3

    def play(self, world: World) -> None:
        world.begin()
        world.kill(world.child())
        world.settle()
        world.expect("interrupted")
        kept = world.workspace.checkpoints(NAME)
        if kept and not world.missed:
            world.damaged_on_purpose = True
            files = sorted(p for p in kept[-1].folder.rglob("*") if p.is_file())
            self._damage(world, world.drawn.choice(files))
        world.finish()
        if (
            kept
            and not world.missed
            and not any("damaged" in w for w in world.workspace.warnings(NAME))
        ):
            raise Broken("nobody was told that a checkpoint is damaged")

    def _damage(self, world: World, path) -> None:
        found = bytearray(path.read_bytes())
        if world.drawn.random() < 0.5:
            path.write_bytes(found[: world.drawn.randrange(len(found))])
        else:
            place = world.drawn.randrange(len(found))
            found[place] ^= 1 << world.drawn.randrange(8)
            path.write_bytes(found)


FAULT = CheckpointDamaged()
