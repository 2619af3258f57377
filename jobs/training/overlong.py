"""What a run does not read of its examples: before it starts, in the words of its own warnings."""

from __future__ import annotations

from jobs.errors import DataError
from jobs.types import ModelInfo


def overlong(
    which: str, limit: int, *, of: int, shortened: int, dropped: int, ahead: bool = False
) -> list[str]:
    """A sentence each about prompts that lose their middle and about examples that are left out.

    `which` are “training” or “validation” examples, `of` so many; `ahead` is before the run.
    """
    was, were = ("would be", "would be") if ahead else ("was", "were")
    told = []
    if shortened:
        told.append(
            f"{shortened:,} of {of:,} {which} prompts are longer than fits into {limit:,} tokens "
            f"with their completion: their middle {was} left out."
        )
    if dropped:
        told.append(
            f"{dropped:,} of {of:,} {which} examples {were} left out: their completion leaves no "
            f"room for a prompt within {limit:,} tokens."
        )
    return told


def cure_of(info: ModelInfo, limit: int) -> str:
    """What to do about examples that are longer than `limit` tokens."""
    if info.at_most(limit + 1) > limit:
        return "Raise “Longest example” (max_length), or shorten the examples."
    return "Shorten the examples, or choose a model that reads more."


def nothing_fits(info: ModelInfo, limit: int) -> DataError:
    """The error where not one example can be learnt from."""
    return DataError(f"No example fits into {limit:,} tokens.", cure_of(info, limit))
