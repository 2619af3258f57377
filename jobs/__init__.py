"""The engine of Attune: everything that works without a browser.

Pages, command line and scripts use the names below and nothing deeper.
"""

from jobs.data import Preview
from jobs.errors import (
    AlreadyExists,
    AttuneError,
    DataError,
    DiskFull,
    InputError,
    Interrupted,
    ModelError,
    NotFound,
    NumbersError,
    OutOfMemory,
    Unavailable,
)
from jobs.evaluation.metrics import Described, described
from jobs.evaluation.report import to_json
from jobs.home import Home
from jobs.options import OptionInfo
from jobs.training.forecast import Forecast
from jobs.types import (
    Ask,
    Checkpoint,
    ComparedExample,
    ComparisonInfo,
    ComparisonResult,
    Completion,
    DatasetInfo,
    DeviceInfo,
    Difference,
    Example,
    Finding,
    Interval,
    JobInfo,
    ModelInfo,
    RunInfo,
    Score,
)
from jobs.workspace import (
    CheckUp,
    Lengths,
    MaskedExample,
    MaskedToken,
    MethodChoice,
    ModelChoice,
    Sample,
    Workspace,
)

__all__ = [
    "AlreadyExists",
    "Ask",
    "AttuneError",
    "CheckUp",
    "Checkpoint",
    "ComparedExample",
    "ComparisonInfo",
    "ComparisonResult",
    "Completion",
    "DataError",
    "DatasetInfo",
    "Described",
    "DeviceInfo",
    "Difference",
    "DiskFull",
    "Example",
    "Finding",
    "Forecast",
    "Home",
    "InputError",
    "Interrupted",
    "Interval",
    "JobInfo",
    "Lengths",
    "MaskedExample",
    "MaskedToken",
    "MethodChoice",
    "ModelChoice",
    "ModelError",
    "ModelInfo",
    "NotFound",
    "NumbersError",
    "OptionInfo",
    "OutOfMemory",
    "Preview",
    "RunInfo",
    "Sample",
    "Score",
    "Unavailable",
    "Workspace",
    "described",
    "to_json",
]
