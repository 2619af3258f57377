"""The words of the house as frozen dataclasses, a file a noun; the README says what each means.

Times are seconds since the epoch, durations seconds, memory and disk bytes, unless a name says so.
"""

from jobs.types.answers import Ask, Completion, GenerationSettings, Variant
from jobs.types.comparisons import (
    ENOUGH_PROMPTS,
    ComparedExample,
    ComparisonInfo,
    ComparisonResult,
    Difference,
    Interval,
    Score,
)
from jobs.types.datasets import (
    ChangedRow,
    Columns,
    DatasetInfo,
    Example,
    Finding,
    Split,
    VersionDifference,
)
from jobs.types.models import DeviceInfo, ModelInfo, ModelKind, Precision
from jobs.types.queue import Event, JobInfo, JobKind, JobState, Reporter
from jobs.types.runs import Checkpoint, RunInfo, TrainingResult
from jobs.types.votes import CHOICES, Vote, VoteChoice

__all__ = [
    "CHOICES",
    "ENOUGH_PROMPTS",
    "Ask",
    "ChangedRow",
    "Checkpoint",
    "Columns",
    "ComparedExample",
    "ComparisonInfo",
    "ComparisonResult",
    "Completion",
    "DatasetInfo",
    "DeviceInfo",
    "Difference",
    "Event",
    "Example",
    "Finding",
    "GenerationSettings",
    "Interval",
    "JobInfo",
    "JobKind",
    "JobState",
    "ModelInfo",
    "ModelKind",
    "Precision",
    "Reporter",
    "RunInfo",
    "Score",
    "Split",
    "TrainingResult",
    "Variant",
    "VersionDifference",
    "Vote",
    "VoteChoice",
]
