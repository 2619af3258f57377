"""Every error a person can meet, each with what to do about it.

    AttuneError
    ├── InputError            what was asked cannot be done as asked; nothing was changed
    │   ├── NotFound          a name that nobody gave
    │   ├── AlreadyExists     a name that is taken
    │   ├── NeverBegan        a job whose forerunner did not come to its end
    │   └── Unavailable       this machine, or this state of things, does not allow it
    ├── DataError             the examples cannot be read or used
    │   ├── NoColumns         nobody can tell which columns hold what
    │   ├── BrokenLine        a line of a file cannot be read, and can be left out
    │   └── Misread           a text was perhaps read in the wrong way, which can be said
    ├── ModelError            the base model cannot be found, read or trusted
    ├── OutOfMemory           the device or the machine has too little memory
    ├── DiskFull              the volume has too little room
    ├── NumbersError          training went to NaN, or nothing moved
    └── Interrupted           the process ended before the work did

`kind` is the class that the page and the database use; anything else that reaches a process's
edge is recorded as kind "bug".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Excerpt:
    """What stands at the place that an error speaks of, shortened; `marked` is the place itself."""

    before: str
    marked: str = ""  # empty where only the line is known
    after: str = ""


class AttuneError(Exception):
    """One sentence that says what happened and why, and one that says what to do about it."""

    kind: ClassVar[str] = "bug"

    def __init__(self, what: str, cure: str, *, detail: str = "") -> None:
        super().__init__(what, cure)
        self.what = what
        self.cure = cure
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.what} {self.cure}".strip()


class InputError(AttuneError):
    """What was asked cannot be done as asked; nothing was changed."""

    kind = "input"


class NotFound(InputError):
    """No dataset, run, model or comparison has this name."""


class AlreadyExists(InputError):
    """The name is taken; names never overwrite."""


class NeverBegan(InputError):
    """A job did not begin, since the one that it waited for did not come to its end."""

    kind = "never-began"


class Unavailable(InputError):
    """This machine, or the state that something is in, does not allow it."""


class DataError(AttuneError):
    """The examples cannot be read or used; names the line or the row where there is one."""

    kind = "data"

    def __init__(
        self, what: str, cure: str, *, detail: str = "", excerpt: Excerpt | None = None
    ) -> None:
        super().__init__(what, cure, detail=detail)
        self.excerpt = excerpt


class NoColumns(DataError):
    """Which columns hold prompt and completion cannot be told; a person has to say."""


class BrokenLine(DataError):
    """One line of a file cannot be read; `ReadAs.leave_out` reads the others."""

    def __init__(
        self,
        what: str,
        cure: str,
        *,
        line: int,
        unit: str = "line",
        detail: str = "",
        excerpt: Excerpt | None = None,
    ) -> None:
        super().__init__(what, cure, detail=detail, excerpt=excerpt)
        self.line = line  # 1-based
        self.unit = unit  # what is counted: lines of a text, or rows of anything


class Misread(DataError):
    """A text cannot be read as was found out; a `ReadAs` may say it better."""


class ModelError(AttuneError):
    """The base model or adapter cannot be found, read or trusted."""

    kind = "model"


class OutOfMemory(AttuneError):
    """The device or the machine has too little memory for this work."""

    kind = "memory"


class DiskFull(AttuneError):
    """The volume that would be written to has too little room."""

    kind = "disk"


class NumbersError(AttuneError):
    """The loss is not a number, or weights and gradients do not move."""

    kind = "numbers"


class Interrupted(AttuneError):
    """The process ended before its work did: killed, crashed or switched off."""

    kind = "interrupted"
