"""What a delete takes away and what it leaves, in sentences that page and command line share."""

from __future__ import annotations

from jobs import DatasetRemoval, Removal, RunInfo, keeps_whole_model
from studio.parts.text import count, memory, several


def run_goes(run: RunInfo, goes: Removal) -> str:
    """What goes with a run, and what stays behind."""
    weights = "its model" if keeps_whole_model(run.method) else "what it learnt"
    parts = [weights] if run.result else []
    if goes.checkpoints:
        parts.append(several(goes.checkpoints, "checkpoint"))
    parts += ["its curves", "its log"]
    said = f"This removes “{run.name}” with {_listed(parts)}: {memory(goes.bytes)}."
    if goes.comparisons:
        number = len(goes.comparisons)
        noun = "comparison names" if number == 1 else "comparisons name"
        stay = "It stays" if number == 1 else "They stay"
        said += (
            f" {count(number)} {noun} it. {stay} readable, answers and verdict included, but "
            "cannot be done again."
        )
    return said


def dataset_goes(name: str, goes: DatasetRemoval) -> str:
    """What goes with a dataset; runs are never removed by it."""
    parts = [several(goes.rows, "row")]
    if goes.versions > 1:
        parts.append(f"all {goes.versions} versions")
    if goes.comparisons:
        parts.append(f"{several(goes.comparisons, 'comparison')} on it")
    return (
        f"This removes “{name}” with {_listed(parts)}: {memory(goes.bytes)}. Runs are never "
        "removed by it."
    )


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
