"""The check sums of a folder, in a file beside what they are of: a flipped bit is noticed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

NAME = "sums.json"


def write(folder: Path) -> None:
    """Write down the SHA-256 of every file that lies below `folder` now."""
    found = {str(p.relative_to(folder)): _sum(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    (folder / NAME).write_text(json.dumps(found, indent=1), encoding="utf-8")


def damage(folder: Path) -> str | None:
    """What is wrong with a folder, for a log; None if all is as it was written.

    One without sums is of an earlier release and taken as it is.
    """
    if not folder.is_dir():
        return f"{folder} is not there"
    try:
        known = json.loads((folder / NAME).read_text(encoding="utf-8"))
        for name, expected in known.items():
            if _sum(folder / name) != expected:
                return f"{folder / name} is not what was written"
    except FileNotFoundError as error:
        return None if error.filename == str(folder / NAME) else f"{error.filename} is missing"
    except (OSError, ValueError, AttributeError) as error:
        return f"{folder} cannot be read: {error}"
    return None


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
