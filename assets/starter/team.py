"""Several processes of one thread each that train one model together.

Two processes that meet once a step lose less to other programs on the machine than two threads
that meet at every operation.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn


@dataclass(frozen=True)
class Team:
    """This process's place among `size`; a team of one never waits."""

    rank: int = 0
    size: int = 1

    def add_up(self, values: list[float]) -> list[float]:
        """The sums of these numbers over the team."""
        if self.size == 1:
            return values
        together = torch.tensor(values, dtype=torch.float64)
        dist.all_reduce(together)
        return [float(value) for value in together]

    def add_gradients(self, model: nn.Module) -> None:
        """Put the sum of the team's gradients in place of each one's own."""
        if self.size == 1:
            return
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        flat = torch.cat([g.flatten() for g in gradients])
        dist.all_reduce(flat)
        parts = flat.split([g.numel() for g in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))


def _member(rank: int, size: int, meeting: str, work: Callable[[Team], None]) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=size)
    work(Team(rank, size))
    dist.destroy_process_group()


def run(size: int, work: Callable[[Team], None]) -> None:
    """Do the work in `size` processes, or right here for one; `work` must be importable."""
    if size == 1:
        work(Team())
        return
    with tempfile.TemporaryDirectory() as folder:
        meeting = str(Path(folder) / "meeting")
        torch.multiprocessing.spawn(_member, (size, meeting, work), nprocs=size)
