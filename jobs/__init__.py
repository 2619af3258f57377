"""The engine of Attune: everything that works without a browser.

Pages, command line and scripts use the names below and nothing deeper.
"""

from jobs.data import Preview, Progress, ReadAs, encodings
from jobs.data.templates import PromptTemplate, template_named
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
from jobs.evaluation.browse import Browsed, browse
from jobs.evaluation.forgetting import Forgotten, TaskChange
from jobs.evaluation.metrics import Described, described
from jobs.evaluation.report import to_csv, to_json
from jobs.evaluation.sampling import sampling_options
from jobs.evaluation.votes import Duel, Tally
from jobs.home import Home
from jobs.methods import method_title
from jobs.methods.soft_prompt import Near, SoftPrompt, VirtualToken
from jobs.options import OptionInfo
from jobs.training.forecast import Forecast
from jobs.types import (
    ENOUGH_PROMPTS,
    Ask,
    ChangedRow,
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
    VersionDifference,
)
from jobs.workspace import (
    CheckUp,
    DatasetRemoval,
    FetchedData,
    Forgetting,
    Import,
    Lengths,
    MaskedExample,
    MaskedToken,
    MethodChoice,
    ModelChoice,
    Reading,
    Removal,
    Sample,
    Workspace,
)

__all__ = [
    "ENOUGH_PROMPTS",
    "AlreadyExists",
    "Ask",
    "AttuneError",
    "Browsed",
    "ChangedRow",
    "CheckUp",
    "Checkpoint",
    "ComparedExample",
    "ComparisonInfo",
    "ComparisonResult",
    "Completion",
    "DataError",
    "DatasetInfo",
    "DatasetRemoval",
    "Described",
    "DeviceInfo",
    "Difference",
    "DiskFull",
    "Duel",
    "Example",
    "FetchedData",
    "Finding",
    "Forecast",
    "Forgetting",
    "Forgotten",
    "Home",
    "Import",
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
    "Near",
    "NotFound",
    "NumbersError",
    "OptionInfo",
    "OutOfMemory",
    "Preview",
    "Progress",
    "PromptTemplate",
    "ReadAs",
    "Reading",
    "Removal",
    "RunInfo",
    "Sample",
    "Score",
    "SoftPrompt",
    "Tally",
    "TaskChange",
    "Unavailable",
    "VersionDifference",
    "VirtualToken",
    "Workspace",
    "browse",
    "described",
    "encodings",
    "method_title",
    "sampling_options",
    "template_named",
    "to_csv",
    "to_json",
]
