"""Rows of prompt and completion: one version of a dataset, and how two of them differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Split = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Example:
    """A prompt and what may be answered to it; training learns `references[0]`."""

    prompt: str
    references: tuple[str, ...]
    row: int = 0  # 1-based row of the source file, header not counted; the first one if folded


@dataclass(frozen=True)
class Finding:
    """One thing the doctor noticed; `rows` are 1-based, at most the first 20 of `count`."""

    code: str
    severity: Literal["error", "warning", "note"]
    count: int
    sentence: str
    rows: tuple[int, ...] = ()
    why: str = ""  # what it does to the model
    mend: str = ""  # what the button says that mends it; empty where no press can

    @property
    def rank(self) -> int:
        """Where its severity stands in a list: 0 is the gravest."""
        return ("error", "warning", "note").index(self.severity)


@dataclass(frozen=True)
class Columns:
    """Which columns hold the prompt and the completions (several are several references)."""

    prompt: str
    completions: tuple[str, ...]
    shape: str = "pair"  # how they are one: a file each in jobs/data/shapes/


@dataclass(frozen=True)
class DatasetInfo:
    """One version of a dataset, with its fixed split; it never changes once it is stored."""

    id: int
    name: str
    created: float
    source: str  # name of the file it came from, without folders
    columns: Columns
    template: str  # text with {prompt} in it
    counts: Mapping[str, int]  # examples a split: {"train": 700, "validation": 80, "test": 120}
    fingerprint: str  # sha-256 over all rows and their split
    findings: tuple[Finding, ...] = ()
    bytes: int = 0
    version: int = 1
    current: bool = True  # whether its name alone means this version
    parent_id: int | None = None  # the version that this one was made from
    change: str = ""  # what made it: "Repeated rows left out"
    changes: Mapping[str, int] = field(default_factory=dict)  # rows dropped, changed, added
    studied: bool = False  # whether near duplicates and the like were looked for
    # Of the import that it began with: rows "read", and those left out by reason; the rest is kept.
    intake: Mapping[str, int] = field(default_factory=dict)

    @property
    def spec(self) -> str:
        """What names this version: `tickets`, or `tickets@2` where another one is the current."""
        return self.name if self.current else f"{self.name}@{self.version}"


@dataclass(frozen=True)
class ChangedRow:
    """A row in two versions of a dataset; `None` where it is missing."""

    split: Split
    before: Example | None
    after: Example | None


@dataclass(frozen=True)
class VersionDifference:
    """Two versions side by side: how many rows differ, and the first of them."""

    before: DatasetInfo
    after: DatasetInfo
    dropped: int
    changed: int
    added: int
    rows: tuple[ChangedRow, ...]
