"""The home folder: where everything that Attune keeps is kept."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from jobs.errors import InputError


@dataclass(frozen=True)
class Home:
    """Paths under one home folder; nothing else in the project spells them."""

    root: Path

    @classmethod
    def find(cls, given: str | Path | None = None) -> Home:
        """The folder that was given, or `$ATTUNE_HOME`, or the platform's user data folder."""
        chosen = given or os.environ.get("ATTUNE_HOME") or user_data_path("attune")
        return cls(Path(chosen).expanduser().resolve())

    @property
    def database(self) -> Path:
        return self.root / "attune.db"

    @property
    def datasets(self) -> Path:
        return self.root / "datasets"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def jobs(self) -> Path:
        """A folder a job: its lock and the output of its process."""
        return self.root / "jobs"

    @property
    def comparisons(self) -> Path:
        """A file a finished comparison: its prompts, completions, scores and verdict."""
        return self.root / "comparisons"

    @property
    def exports(self) -> Path:
        return self.root / "exports"

    @property
    def temporary(self) -> Path:
        """Uploads and half-written things; on the home's own volume, so that a rename is atomic."""
        return self.root / "tmp"

    @property
    def uploads(self) -> Path:
        """What browsers sent and nobody has imported yet; the only files that pages can name."""
        return self.temporary / "uploads"

    @property
    def login(self) -> Path:
        """The studio's password, hashed, and who is signed in."""
        return self.root / "login"

    def dataset(self, dataset_id: int) -> Path:
        return self.datasets / str(dataset_id)

    def run(self, run_id: int) -> Path:
        return self.runs / str(run_id)

    def comparison(self, comparison_id: int) -> Path:
        return self.comparisons / f"{comparison_id}.json"

    def job(self, job_id: int) -> Path:
        return self.jobs / str(job_id)

    def make(self) -> Home:
        """Create the folders that are missing, readable by their owner alone.

        A place where none can be made is an `InputError`; a full disk stays the `OSError` it is.
        """
        parts = (self.datasets, self.runs, self.jobs, self.comparisons, self.exports)
        try:
            for folder in (self.root, *parts, self.temporary, self.uploads, self.login):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
            raise InputError(
                f"“{self.root}” cannot be a home folder: {error.strerror}.",
                "Choose another folder with --home or $ATTUNE_HOME.",
            ) from error
        return self
