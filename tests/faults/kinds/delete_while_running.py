"""Delete while it runs: refused, with the way, and nothing has changed."""

from faults.kinds import Plain
from faults.world import NAME, Broken, World, try_verb


class DeleteWhileRunning(Plain):
    name = "delete-while-running"
    weight = 1

    def play(self, world: World) -> None:
        world.begin()
        refused = try_verb(lambda: world.workspace.delete(NAME))
        if "Stop it first" not in refused.cure:
            raise Broken(f"the way out is not named: {refused}")
        refused = try_verb(lambda: world.workspace.delete_dataset("things"))
        if NAME not in refused.what:
            raise Broken(f"whose data it is is not said: {refused}")
        world.settle()
        world.expect("done")
        world.finish()


FAULT = DeleteWhileRunning()
