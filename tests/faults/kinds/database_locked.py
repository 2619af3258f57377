"""A stranger (a backup, a viewer) keeps the database locked for a while."""

from __future__ import annotations

import os
import sqlite3
import time

from faults.kinds import Plain
from faults.world import World


class DatabaseLocked(Plain):
    name = "database-locked"
    weight = 1

    def play(self, world: World) -> None:
        world.begin()
        stranger = sqlite3.connect(world.home.database, isolation_level=None, timeout=30)
        stranger.execute("BEGIN IMMEDIATE")
        world.release()
        time.sleep(float(os.environ.get("ATTUNE_FAULTS_LOCKED", "20")))
        stranger.rollback()
        stranger.close()
        world.settle()
        world.expect("done")
        world.finish()


FAULT = DatabaseLocked()
