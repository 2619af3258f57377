"""The child's side: training that lingers where the suite wants to strike, and its light double.

Found through `$ATTUNE_WORK_MODULES`; the plan of the stage says which of the two a home has.
"""

from __future__ import annotations

import contextlib
import json
import random
import time
from pathlib import Path
from typing import Any

from faults.stage import Linger, Stage
from jobs.errors import AttuneError
from jobs.queue.local_model import ensure_local
from jobs.training import checkpoint, sums

STEPS = 24
CHECKS = (0, 6, 12, 18, 24)
PHASES = {"Reading": "loading", "Loading": "loading", "Checking": "validating"}


class Staged:
    """The child's reporter with a stop at the phases, and a ledger of what was committed."""

    def __init__(self, reporter: Any, linger: Linger, stage: Stage, job: Any) -> None:
        self._reporter = reporter
        self._linger = linger
        self._training = False
        flush, ledger = reporter.flush, stage.ledger

        def flush_and_note() -> None:
            told = [data["step"] for kind, data in list(reporter._pending) if kind == "metric"]
            try:
                flush()
            except AttuneError:
                stage.refused.touch()
                raise
            # A full disk has no room for the ledger either: what is not in it is not looked for.
            with contextlib.suppress(OSError), open(ledger, "a") as file:
                file.writelines(f"{job.id} {job.attempt} {step} .\n" for step in told)

        reporter.flush = flush_and_note

    def phase(self, sentence: str, total: int = 0) -> None:
        self._reporter.phase(sentence, total)
        self._training = sentence == "Training"
        if sentence == "Saving":
            self._linger.at("finishing")
        self._linger.at(PHASES.get(sentence.split()[0], ""))

    def stop_requested(self) -> bool:
        time.sleep(0.005)
        if self._training:
            self._linger.at("training")
        self._linger.obey()
        return bool(self._reporter.stop_requested())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reporter, name)


def linger_while_saving(linger: Linger) -> None:
    """A stop before the first file, one before their sums, and one before they have their name."""
    sync, write, place = checkpoint._sync, sums.write, checkpoint.place
    synced: set[Path] = set()

    def slow_sync(path: Path) -> None:
        sync(path)
        half = next((p for p in (path, *path.parents) if p.name.endswith(".half")), None)
        if half is not None and half.parent.name == "checkpoints" and half not in synced:
            synced.add(half)
            linger.at("checkpointing")

    def slow_sums(folder: Path) -> None:
        linger.at("checkpointing")
        write(folder)

    def slow_place(final: Path, fill: Any) -> Path:
        if final.parent.name == "checkpoints":
            linger.at("checkpointing")
        return place(final, fill)

    checkpoint._sync, sums.write, checkpoint.place = slow_sync, slow_sums, slow_place


class Train:
    """The real training, or the light one."""

    kind = "train"

    def run(self, job: Any, store: Any, home: Any, reporter: Any, stay: Any) -> Any:
        stage = Stage(home.root)
        linger = Linger(stage, store)
        linger_while_saving(linger)
        staged = Staged(reporter, linger, stage, job)
        if stage.plan().get("work") == "light":
            ending = Light(store, home, staged).train(store.runs.by_id(job.run_id))
        else:
            from jobs.queue.work.train import work

            ending = work.run(job, store, home, staged, stay)  # type: ignore[arg-type]
        if ending == "done":
            linger.at("finishing")  # the result is kept, the ending not yet written
        return ending

    def tidy(self, job: Any, store: Any, home: Any) -> None:
        checkpoint.shed(home.run(job.run_id) / "checkpoints")


class Light:
    """A loop that has all that a training has but the model: phases, checks, checkpoints."""

    def __init__(self, store: Any, home: Any, reporter: Any) -> None:
        self._store, self._home, self._reporter = store, home, reporter
        self._step, self._weight, self._drawn = 0, 1.0, random.Random(0)
        self._checked: set[int] = set()

    def train(self, run: Any) -> str:
        from jobs.data import load_examples  # the job behind it does without

        reporter, root = self._reporter, run.folder / "checkpoints"
        reporter.phase("Reading 40 examples", 40)
        rows = len(load_examples(self._home.dataset(run.dataset_id), "train"))
        ensure_local(run.model, reporter)
        reporter.phase("Loading the model")
        run.folder.mkdir(parents=True, exist_ok=True)
        kept = [c.folder for c in self._store.checkpoints.list(run.id) if c.folder.is_dir()]
        found, wrong = checkpoint.newest_whole(kept)
        for _ in wrong:
            reporter.warn("A checkpoint is damaged.")
        self._resume(found)
        checkpoint.drop_after(root, self._step if found else -1)
        reporter.phase("Training", STEPS)
        while self._step < STEPS or self._step not in self._checked:
            if reporter.stop_requested():
                self._save(run, root)
                return "stopped"
            if self._step in CHECKS and self._step not in self._checked:
                self._check(run, root)
                continue
            self._step += 1
            self._weight *= 1 - self._drawn.random() / rows
            reporter.progress(self._step, STEPS, 1.0)
            reporter.metric(self._step, {"loss": self._weight, "seconds": 1.0})
        reporter.phase("Saving")
        checkpoint.place(run.folder / "adapter", self._fill)
        told = {"steps": STEPS, "step": self._step, "validation_loss": self._weight}
        self._store.runs.set_result(run.id, told)
        return "done"

    def _check(self, run: Any, root: Path) -> None:
        self._reporter.phase("Checking on the validation examples", 8)
        for row in range(8):
            self._reporter.stop_requested()
            self._reporter.progress(row + 1, 8)
        self._checked.add(self._step)
        self._reporter.metric(self._step, {"validation_loss": self._weight})
        self._save(run, root)
        self._reporter.phase("Training", STEPS)

    def _save(self, run: Any, root: Path) -> None:
        if not self._step:
            return
        checkpoint.room_for(run.folder, 2**20)

        def fill(folder: Path) -> None:
            (folder / "adapter").mkdir()
            self._fill(folder / "adapter")
            state = [self._step, self._weight, self._drawn.getstate(), sorted(self._checked)]
            (folder / "state.pt").write_text(json.dumps(state))
            sums.write(folder)

        if not (root / str(self._step)).exists():
            checkpoint.place(root / str(self._step), fill)
        self._reporter.checkpoint(self._step, root / str(self._step), self._weight)
        checkpoint.prune(root, set())

    def _fill(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        drawn = random.Random(self._weight)
        (folder / "adapter_config.json").write_text("{}")
        (folder / "adapter_model.safetensors").write_bytes(drawn.randbytes(200_000))

    def _resume(self, folder: Path | None) -> None:
        if folder is None:
            return
        step, weight, state, checked = json.loads((folder / "state.pt").read_text())
        self._step, self._weight, self._checked = step, weight, set(checked)
        self._drawn.setstate((state[0], tuple(state[1]), state[2]))
        self._reporter.log(f"Going on from step {step}.")


class Nap:
    """A job that waits behind the victim."""

    kind = "nap"

    def run(self, job: Any, store: Any, home: Any, reporter: Any, stay: Any) -> str:
        reporter.phase("Napping", 3)
        for step in range(3):
            if reporter.stop_requested():
                return "stopped"
            time.sleep(job.payload.get("seconds", 0.03) / 3)
            reporter.progress(step + 1, 3)
        with open(home.root / "stage" / "trail.txt", "a") as file:
            file.write(f"{job.id}\n")
        return "done"


works = (Train(), Nap())
