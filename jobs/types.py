"""The words of the house as frozen dataclasses; the README says what each word means.

Times are seconds since the epoch, durations seconds, memory and disk bytes, unless a name says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

Split = Literal["train", "validation", "test"]
Precision = Literal["float32", "bfloat16", "float16", "4bit"]
ModelKind = Literal["causal", "encoder-decoder"]
JobState = Literal["queued", "running", "done", "failed", "stopped", "interrupted"]
VoteChoice = Literal["left", "right", "tie", "bad"]
CHOICES: tuple[str, ...] = ("left", "right", "tie", "bad")
# Prompts of a test; fewer tell nothing that one may rely on (tests/benchmarks/coverage.md).
ENOUGH_PROMPTS = 50
JobKind = str  # "train", "compare", "ask": one file each in jobs/queue/work/


# --- data ---------------------------------------------------------------------------------------


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


# --- models and machines ------------------------------------------------------------------------


@dataclass(frozen=True)
class ModelInfo:
    """What a base model is and can do, read from its config and weight headers without torch."""

    spec: str  # what the user gave: "starter", a folder, a Hub id
    title: str
    kind: ModelKind
    architecture: str  # "llama", "gpt2", "t5", ...
    parameters: int
    layers: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    vocabulary: int
    max_length: int  # tokens that the model can read and write together
    path: Path | None  # where its files lie; None while they are still on the Hub
    licence: str = ""
    revision: str = ""
    bytes: int = 0  # of the weight files
    tied: bool = False  # input and output embeddings are one matrix


@dataclass(frozen=True)
class DeviceInfo:
    """What a probe in a child process found out about one device by running kernels on it."""

    name: str  # "cpu" or "cuda:0"
    title: str  # "Intel Xeon, 2 cores" or "NVIDIA RTX 4090"
    memory: int  # bytes in all
    free: int
    bfloat16: bool  # natively, emulation not counted
    four_bit: str | None  # None where 4-bit weights work forwards and backwards; else the reason
    flops: Mapping[str, float] = field(default_factory=dict)  # precision -> matrix product FLOP/s
    versions: Mapping[str, str] = field(default_factory=dict)  # torch, transformers, peft, ...
    problem: str | None = None  # why nothing runs on it at all, e.g. a driver that is too old

    @property
    def precision(self) -> Precision:
        """The precision of "auto": bfloat16 where the hardware has it, else float32."""
        return "bfloat16" if self.bfloat16 else "float32"


# --- runs and jobs ------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunInfo:
    """What was trained and how; all but `state` and what `result` tells is fixed at its start."""

    id: int
    name: str
    created: float
    dataset_id: int
    dataset: str
    model: str  # the model's spec
    method: str
    effort: str
    options: Mapping[str, Any]  # flat: training options and the method's own
    seed: int
    template: str
    device: str
    folder: Path
    state: JobState
    step: int = 0
    steps: int = 0
    forecast: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)  # as TrainingResult has it
    error: Mapping[str, str] | None = None  # kind, what, cure, detail
    dataset_version: int = 1


@dataclass(frozen=True)
class JobInfo:
    """A piece of queued work."""

    id: int
    kind: JobKind
    state: JobState
    device: str
    run_id: int | None
    comparison_id: int | None
    payload: Mapping[str, Any]
    created: float
    started: float | None = None
    ended: float | None = None
    heartbeat: float | None = None
    stop_requested: bool = False
    attempt: int = 0
    pid: int | None = None
    phase: str = ""  # what it is doing now, as a sentence
    done: int = 0  # of `total`, in the phase's own unit
    total: int = 0
    seconds_left: float | None = None
    error: Mapping[str, str] | None = None  # kind, what, cure, detail


@dataclass(frozen=True)
class Event:
    """An append-only line of progress, metric or log; `id` only ever grows."""

    id: int
    job_id: int
    run_id: int | None
    time: float
    kind: Literal["metric", "log", "state", "warning"]
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Checkpoint:
    """A whole checkpoint on the disk; one that is half-written has no row."""

    id: int
    run_id: int
    step: int
    folder: Path
    validation_loss: float | None
    created: float


class Reporter(Protocol):
    """How work in a child tells what it does; the queue's writes rows, a test's keeps a list."""

    def phase(self, sentence: str, total: int = 0) -> None:
        """A new phase begins ("Loading the model"); `total` is what `progress` counts up to."""

    def progress(self, done: int, total: int, seconds_left: float | None = None) -> None:
        """How far the phase is; cheap to call at every step."""

    def metric(self, step: int, values: Mapping[str, float]) -> None:
        """A point of the curves: loss, validation_loss, learning_rate, seconds, ..."""

    def log(self, text: str) -> None:
        """A line for the log."""

    def warn(self, sentence: str) -> None:
        """A plain sentence that the page shows beside the run."""

    def checkpoint(self, step: int, folder: Path, validation_loss: float | None) -> None:
        """A checkpoint lies whole in `folder`; called after the rename, before older ones go."""

    def stop_requested(self) -> bool:
        """Whether somebody asked this work to stop; cheap to call at every step."""


@dataclass(frozen=True)
class TrainingResult:
    """How a training ended; `adapter` holds the weights of `best_step`."""

    steps: int
    step: int
    seconds: float
    trainable_parameters: int
    total_parameters: int
    peak_memory: int
    best_step: int
    validation_loss: float | None
    stopped: bool
    adapter: Path


# --- comparing ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Variant:
    """What can answer a prompt: `base`, `base@4bit`, `base+3`, or a run by its name."""

    name: str
    precision: Precision  # of the base under it
    method: str | None = None  # None: no adapter
    adapter: Path | None = None
    run_id: int | None = None
    shots: tuple[Example, ...] = ()  # that stand in its prompts


@dataclass(frozen=True)
class GenerationSettings:
    """All that shapes an answer; greedy unless `temperature` is above 0 (never in comparisons)."""

    max_new_tokens: int
    precision: Precision
    template: str
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Completion:
    """What one variant answered to one prompt."""

    text: str
    tokens: int
    hit_limit: bool  # it ran into max_new_tokens instead of ending by itself
    seconds: float = 0.0
    nll: float | None = None  # of the first reference and its end, in nats; None: not measured
    reference_tokens: int = 0  # that it is the sum of


@dataclass(frozen=True)
class Score:
    """A metric's value for one completion, or why there is none."""

    value: float | None
    reason: str = ""
    parts: Mapping[str, float] = field(default_factory=dict)  # precision, recall where there are


@dataclass(frozen=True)
class Interval:
    """A mean over prompts with its 95% interval; `low` and `high` are None where unknown."""

    mean: float | None
    low: float | None
    high: float | None
    count: int = 0


@dataclass(frozen=True)
class Difference:
    """`a` minus `b` on the same prompts; wins are prompts where `a` scores higher."""

    a: str
    b: str
    metric: str
    delta: float | None
    low: float | None
    high: float | None
    wins: int
    ties: int
    losses: int
    a_mean: float | None = None  # over the prompts where both have a score
    b_mean: float | None = None
    sign_test: float | None = None  # two-sided p of wins against losses
    p: float | None = None  # two-sided, of the bootstrap: below 0.05 the interval leaves 0 out
    holm: float | None = None  # `p` as it counts among several variants; None where it is alone
    detectable: float | None = None  # the smallest true difference shown four times in five
    noticed: int | None = None  # prompts whose scores lie at least 0.05 apart


@dataclass(frozen=True)
class ComparedExample:
    """One prompt of a comparison with every variant's completion and scores."""

    index: int
    prompt: str
    rendered_prompt: str
    references: tuple[str, ...]
    completions: Mapping[str, Completion]
    scores: Mapping[str, Mapping[str, Score]]
    # how much of each answer is in the answer of what it is held against, in order: 1 is the same
    alike: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ComparisonResult:
    """A finished comparison: the pairs, what they amount to, and one honest sentence."""

    data: str
    split: str
    variants: tuple[str, ...]
    settings: Mapping[str, Any]
    metric: str  # the verdict's, fixed before scoring
    examples: Sequence[ComparedExample]
    summary: Mapping[str, Mapping[str, Interval]]  # variant -> metric
    differences: tuple[Difference, ...]
    hit_limit: Mapping[str, float]  # variant -> share of completions that ran into the limit
    verdict: str
    outcome: str = "unclear"  # of the variant that the verdict leads with: better, same, worse
    notes: tuple[str, ...] = ()
    # variant -> metric -> part -> mean over prompts; parts are precision and recall
    parts: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Vote:
    """Which of two answers a person found better; left and right are variants."""

    created: float
    voter: str
    position: int  # of the prompt
    left: str
    right: str
    choice: VoteChoice


@dataclass(frozen=True)
class ComparisonInfo:
    """A comparison as it stands: queued, under way, or with its result."""

    id: int
    created: float
    dataset_id: int
    data: str
    model: str
    split: Split
    limit: int | None
    variants: tuple[str, ...]
    settings: Mapping[str, Any]
    state: JobState
    job_id: int
    verdict: str = ""
    outcome: str = ""  # as ComparisonResult has it
    error: Mapping[str, str] | None = None
    data_version: int = 1


@dataclass(frozen=True)
class Ask:
    """One prompt for every variant, with the answers that have come so far."""

    id: int
    created: float
    model: str
    variants: tuple[str, ...]
    prompt: str
    template: str
    settings: Mapping[str, Any]
    state: JobState
    job_id: int
    answers: Mapping[str, Completion] = field(default_factory=dict)
    written: Mapping[str, Completion] = field(default_factory=dict)  # as far as they had come
    notes: Mapping[str, str] = field(default_factory=dict)  # what is odd about a variant's answer
    errors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # a variant's own
    error: Mapping[str, str] | None = None  # the job's
    phase: str = ""  # what its job is doing now, as a sentence
    stopping: bool = False
    behind: JobInfo | None = None  # while it waits: the first of what stands in front of it
    ahead: int = 0  # jobs in front of it
