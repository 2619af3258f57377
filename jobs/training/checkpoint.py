"""Checkpoints: written beside, synced, renamed; read back whole; pruned to the newest and best.

- `checkpoints/<step>/adapter/`: what the method saves, usable by itself
- `checkpoints/<step>/state.pt`: weights, optimizer, random states, where the run stood
- `checkpoints/<step>/sums.json`: check sums of the two
"""

from __future__ import annotations

import errno
import os
import pickle
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jobs.errors import DiskFull, ModelError
from jobs.training import sums
from jobs.training.progress import Progress

# Room that must be left over after a write: other programs of the volume want to live too.
SPARE = 32 * 2**20
# The one before the newest stays too: should the newest be damaged, a resume goes on from it.
NEWEST = 2


def room_for(folder: Path, size: int) -> None:
    """Raise `DiskFull` unless `size` bytes fit on the volume with `SPARE` left over."""
    free = shutil.disk_usage(folder).free
    if free < size + SPARE:
        raise _full(folder, f"{size / 2**20:.0f} MB are needed, {free / 2**20:.0f} MB are free")


def size_of(trainable: int) -> int:
    """Bytes of a checkpoint: adapter, masters and AdamW's two moments, 4 bytes each."""
    return 16 * trainable + 2**20


def write(
    root: Path, progress: Progress, tensors: dict[str, Any], save_adapter: Callable[[Path], None]
) -> Path:
    """Write checkpoint `progress.step` under `root` and return its folder.

    Whatever goes wrong, what stands under a step's number is whole. One that is there already is
    the same step of the same run, and stays.
    """
    import torch

    final = root / str(progress.step)
    if final.exists():
        return final

    def fill(folder: Path) -> None:
        save_adapter(folder / "adapter")
        torch.save({"progress": asdict(progress), **tensors}, folder / "state.pt")
        sums.write(folder)

    return place(final, fill)


def place(final: Path, fill: Callable[[Path], None]) -> Path:
    """Let `fill` write a folder, sync it to the disk, and only then give it its name.

    An older folder of that name is replaced.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    half = final.parent / f".{final.name}.half"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    try:
        fill(half)
        for path in [*half.rglob("*"), half]:
            _sync(path)
        shutil.rmtree(final, ignore_errors=True)
        half.rename(final)
        _sync(final.parent)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(final.parent, "the volume ran full in mid-write") from error
        raise
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return final


def read(folder: Path) -> tuple[Progress, dict[str, Any]]:
    """Progress and tensors of a checkpoint, on the CPU; no code is run from the file."""
    import torch

    path = folder / "state.pt"
    try:
        found = sums.damage(folder)
        if found is not None:
            raise OSError(found)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise ModelError(
            f"The checkpoint of step {folder.name} cannot be read.",
            "Resume from an earlier checkpoint, or start the run anew.",
            detail=f"{path}: {error}",
        ) from error
    progress = state.pop("progress")
    return Progress(**progress), state


def steps(root: Path) -> list[int]:
    """The steps of all whole checkpoints under `root`, rising."""
    if not root.is_dir():
        return []
    return sorted(int(p.name) for p in root.iterdir() if p.name.isdigit())


def prune(root: Path, keep: set[int]) -> None:
    """Remove every checkpoint but those in `keep` and the newest two."""
    for step in steps(root)[:-NEWEST]:
        if step not in keep:
            shutil.rmtree(root / str(step), ignore_errors=True)


def newest_whole(folders: Sequence[Path]) -> tuple[Path | None, list[str]]:
    """The last of these checkpoints, by step, that is as it was written; what is wrong with later
    ones.
    """
    wrong: list[str] = []
    for folder in reversed(folders):
        found = sums.damage(folder)
        if found is None:
            return folder, wrong
        wrong.append(found)
    return None, wrong


def shed(root: Path) -> None:
    """Remove what only a resume needs: a run that is done has none, its adapters stay."""
    for step in steps(root):
        (root / str(step) / sums.NAME).unlink(missing_ok=True)
        (root / str(step) / "state.pt").unlink(missing_ok=True)
    for half in root.glob(".*.half"):
        shutil.rmtree(half, ignore_errors=True)


def drop_after(root: Path, step: int) -> None:
    """Remove checkpoints later than `step`: the run goes on from there and will make them anew."""
    for later in steps(root):
        if later > step:
            shutil.rmtree(root / str(later), ignore_errors=True)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot sync a folder
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _full(folder: Path, detail: str) -> DiskFull:
    return DiskFull(
        "There is too little room on the disk for the run's weights.",
        "Free some room, then press Resume: the run goes on from its last checkpoint.",
        detail=f"{folder}: {detail}",
    )
