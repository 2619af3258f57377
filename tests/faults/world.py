"""A home of its own with real processes, and the ways to break them."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from faults import truth
from faults.stage import HELD, HOLD, Stage
from jobs import AttuneError, RunInfo, Workspace
from jobs.home import Home
from jobs.queue import places
from jobs.queue.runner import ensure_runners
from jobs.store import Store
from jobs.store.filelock import held
from jobs.store.tables import runners

ROOT = Path(__file__).parents[2]
NAME = "victim"
PATIENCE = 120.0  # seconds until a world that does not settle is called broken


class Broken(AssertionError):
    """Something was lost, or is not what it is called."""


@dataclass(frozen=True)
class Template:
    """What every world of a kind begins with: a home with a dataset, a model, a curve."""

    home: Path
    model: Path
    light: bool
    options: dict[str, object]
    curve: tuple[tuple[int, float], ...] = ()
    weights: str = ""


class World:
    """One scenario's home; `close` leaves no process and no folder."""

    def __init__(self, root: Path, template: Template, seed: int, phase: str) -> None:
        self.template = template
        self.phase = phase
        self.drawn = random.Random(seed)
        self.root = root
        self.model = root.parent / f"{root.name}-model"
        self._after: list[Callable[[], None]] = []
        self._started: list[subprocess.Popen[bytes]] = []
        self.damaged_on_purpose = False
        self.missed = False  # it was done before anything could be broken
        self.notes: dict[str, float] = {}  # figures that are kept with the outcome

    def open(self) -> None:
        """Copy the template and open the home; faults that mount something do it before."""
        shutil.copytree(self.template.home, self.root, dirs_exist_ok=True)
        shutil.copytree(self.template.model, self.model, dirs_exist_ok=True)
        self.home = Home(self.root)
        self.stage = Stage(self.root)
        self.store = Store.open(self.home)
        self.workspace = Workspace(self.home, self.store)
        self.plan()

    def plan(self, phase: str | None = None, **more: object) -> None:
        """Where the next child lingers: at a random visit to the phase, the first one or later.

        It stays there until `release`, so that on a busy machine too the fault comes in time.
        """
        after = {"training": 20, "validating": 3, "checkpointing": 7}.get(phase or self.phase, 0)
        self.stage.reached.unlink(missing_ok=True)
        work = "light" if self.template.light else "real"
        plan = {"work": work, "phase": phase or self.phase, "after": self.drawn.randint(0, after)}
        self.stage.set(**(plan | more))
        self.stage.ask(HELD)

    # --- going on -------------------------------------------------------------------------------

    def submit(self, wake: bool = True) -> RunInfo:
        """Queue the victim and a job behind it."""
        if not wake:
            self.workspace._executor = _Nobody()
        run = self.workspace.train(
            "things", "lora", model=str(self.model), name=NAME, options=self.template.options
        )
        self.next = self.store.jobs.submit("nap", "cpu").id
        return run

    def begin(self) -> None:
        """Submit, wait for the phase, and let a random moment of it pass."""
        self.submit()
        self.reach()

    def reach(self) -> None:
        """Wait until the child is in the phase, and let a random moment of it pass."""
        self.wait(self.stage.reached.exists, f"the child is {self.phase}")
        time.sleep(self.drawn.uniform(0.0, HOLD))

    def ask(self, what: str) -> None:
        """Have the child do something while it lingers, and wait until it has begun."""
        self.stage.ask(what)
        taken = self.stage.folder / what
        self.wait(
            lambda: not taken.exists() or self.run().state == "done", f"the child hears {what}"
        )

    def release(self) -> None:
        """Let the child go on from where it lingers."""
        (self.stage.folder / HELD).unlink(missing_ok=True)

    def settle(self) -> None:
        """Look at the queue as an open page does, until nothing waits or runs."""
        self.release()

        def quiet() -> bool:
            ensure_runners(self.store, self.home, patience=1.0)
            return not self.store.jobs.list(states=("queued", "running"))

        self.wait(quiet, "the queue is done")

    def finish(self) -> None:
        """Resume the victim until it is done, then look whether everything is true."""
        self.settle()
        truth.check(self)
        for _ in range(3):
            if self.run().state == "done":
                break
            self.resume()
            self.settle()
            truth.check(self)
        self.expect("done")
        behind = self.store.jobs.get(self.next)
        if behind.error and behind.error["kind"] == "disk":  # it met the full disk too, and says so
            self.workspace.resume_job(self.next)
            self.settle()
        truth.check_whole(self)

    def resume(self) -> None:
        self.workspace.resume(NAME)

    def run(self) -> RunInfo:
        return self.workspace.run(NAME)

    def expect(self, *states: str, words: str = "") -> None:
        """That the victim is in one of these states, and says these words if it has an error.

        Where the suite came too late (the machine is busy), it is done, and has to be whole.
        """
        run = self.run()
        if run.state == "done" and "done" not in states:
            self.missed = True
            return
        if run.state not in states:
            raise Broken(f"the run is {run.state}, not {' or '.join(states)}: {run.error}")
        if words and run.error and words not in f"{run.error['what']} {run.error['cure']}":
            raise Broken(f"“{words}” is not said: {run.error['what']} {run.error['cure']}")

    def wait(self, question: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not question():
            if time.monotonic() > deadline:
                told = [(j.id, j.kind, j.state, j.phase) for j in self.store.jobs.list()]
                raise Broken(f"not within {seconds:.0f} s: {what}; jobs {told}\n{self.logs()}")
            time.sleep(0.05)

    # --- processes ------------------------------------------------------------------------------

    def child(self) -> int:
        """The pid of the victim's child."""
        pid = self.store.jobs.get(self.victim()).pid
        if pid is None:
            raise Broken("the child has written no pid")
        return pid

    def victim(self) -> int:
        return self.store.jobs.newest(self.run().id).id

    def runner(self) -> int | None:
        """The pid of the runner, if one has the place and lives."""
        with self.store._database.read() as connection:
            pid = connection.scalar(select(runners.c.pid).where(runners.c.device == "cpu"))
        return pid if held(places.runner_lock(self.home, "cpu")) else None

    def kill(self, *pids: int | None, number: int = signal.SIGKILL) -> None:
        """Signal processes and wait until those that were killed are gone."""
        for pid in pids:
            if pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        if number == signal.SIGKILL:
            self.wait(lambda: not any(truth.lives(p) for p in pids if p), "the killed are gone", 20)

    def spawn(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        """A process of this project on this home, in a session of its own."""
        with open(self.root / f"spawned-{len(self._started)}.log", "ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-u", "-m", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, **more},
            )
        self._started.append(process)
        return process

    def serve(self, port: int) -> subprocess.Popen[bytes]:
        """A real server on this home, answering."""
        words = ("ui", "--home", str(self.root), "--port", str(port), "--no-browser")
        return self.spawn("studio.cli", *words)

    def logs(self) -> str:
        """The ends of what the processes of this world had to say."""
        paths = [*self.root.glob("*.log"), *self.root.glob("jobs/*.log")]
        paths += self.root.glob("jobs/*/output.log")
        return "\n".join(f"--- {p.name}\n{p.read_text(errors='replace')[-1500:]}" for p in paths)

    # --- the end --------------------------------------------------------------------------------

    def afterwards(self, what: Callable[[], object]) -> None:
        """Have something undone when the world is closed."""
        self._after.append(lambda: what() and None)

    def close(self) -> None:
        """Leave no process, no mount and no folder."""
        for pid in truth.processes(self.root):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self._started:
            process.wait()
        if hasattr(self, "store"):
            self.store.close()
        for undo in reversed(self._after):
            undo()
        for folder in (self.root, self.model):
            shutil.rmtree(folder, ignore_errors=True)


class _Nobody:
    def wake(self, device: str) -> None:
        """The jobs wait for a server to find them."""


def try_verb(verb: Callable[[], object]) -> AttuneError:
    """The error of a verb that has to be refused."""
    try:
        verb()
    except AttuneError as error:
        if not error.what or not error.cure:
            raise Broken(f"the refusal says nothing: {error!r}") from error
        return error
    raise Broken("this had to be refused")
