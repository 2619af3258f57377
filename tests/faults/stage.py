"""What the suite and the child agree on, as files below the home: where to linger, what to do.

The child's side is called from its work; it lingers for a moment where the suite wants to strike
(a two-layer model would be through in milliseconds) and does what the suite asks there.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

PHASES = ("loading", "training", "validating", "checkpointing", "finishing")
HOLD = 0.4  # seconds
HELD = "hold"  # while this file is there the child lingers on
MEBIBYTE = 2**20


class Stage:
    """The folder `stage/` of a home."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "stage"
        self.reached = self.folder / "reached"
        self.ledger = self.folder / "ledger.txt"
        # Where there may be room when the database's volume has none.
        self.refused = root / "runs" / "refused"

    def set(self, **plan: Any) -> None:
        """The suite: what the next child is to do (`work`, `phase`, `after`, `once`)."""
        self.folder.mkdir(exist_ok=True)
        half = self.folder / "plan.half"
        half.write_text(json.dumps(plan))
        half.replace(self.folder / "plan.json")

    def plan(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.folder / "plan.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    def ask(self, what: str) -> None:
        """The suite: have the child do something while it lingers."""
        (self.folder / what).touch()

    def acknowledged(self) -> set[tuple[int, int, int]]:
        """Job, attempt and step of every metric that a child saw committed."""
        try:
            lines = self.ledger.read_text().splitlines()
        except FileNotFoundError:
            return set()
        # A line may be cut, and the next one hang on it: its writer was killed, or had no room.
        whole = [line.removesuffix(" .").split() for line in lines if line.endswith(" .")]
        found = [[int(number) for number in line] for line in whole if len(line) == 3]
        return {(job, attempt, step) for job, attempt, step in found}


class Linger:
    """The child's side of a stage, for one attempt."""

    def __init__(self, stage: Stage, store: Any) -> None:
        self._stage = stage
        self._store = store
        self._plan = stage.plan()
        self._seen = 0

    def at(self, phase: str) -> None:
        """Linger here if it is where the suite wants to strike, the first time only."""
        if phase != self._plan.get("phase") or self._stage.reached.exists():
            return
        self._seen += 1
        if self._seen <= self._plan.get("after", 0):
            return
        self._stage.reached.write_text(phase)
        until = time.monotonic() + self._plan.get("hold", HOLD)
        while time.monotonic() < until or (self._stage.folder / HELD).exists():
            self.obey()
            time.sleep(0.02)

    def obey(self) -> None:
        """Do what the suite asks for."""
        if self._taken("hang"):
            while True:
                time.sleep(60)
        if self._taken("eat"):
            eaten = []
            while True:
                eaten.append(os.urandom(16 * MEBIBYTE))
        if self._taken("chatter"):
            for _ in range(10):
                sys.stdout.write("x" * 1_000_000 + "\n")
            sys.stdout.flush()
        if self._taken("clock"):
            for noun in vars(self._store).values():
                if hasattr(noun, "_clock"):
                    noun._clock = _an_hour_ago
            self._store.clock = _an_hour_ago

    def _taken(self, what: str) -> bool:
        try:
            (self._stage.folder / what).unlink()
        except FileNotFoundError:
            return False
        return True


def _an_hour_ago() -> float:
    return time.time() - 3600.0
