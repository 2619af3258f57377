"""The same prompts given to several variants: scores, differences, the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jobs.types.answers import Completion
from jobs.types.datasets import Split
from jobs.types.queue import JobState

# Prompts of a test; fewer tell nothing that one may rely on (tests/benchmarks/coverage.md).
ENOUGH_PROMPTS = 50


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

    @property
    def clear(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    @property
    def digits(self) -> int:
        """Decimals, 2 to 4, with which a clear interval does not read as if it touched 0."""
        values = [v for v in (self.delta, self.low, self.high) if v is not None]
        digits = 2
        while self.clear and digits < 4 and any(round(v, digits) == 0 for v in values):
            digits += 1
        return digits


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
    # of the variant that the verdict leads with: better, same, unclear, worse; of one alone, plain.
    # On rows that a run learnt from it is unclear, whatever their scores
    outcome: str = "unclear"
    notes: tuple[str, ...] = ()
    # variant -> metric -> part -> mean over prompts; parts are precision and recall
    parts: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    # variant -> what is broken -> completions, whatever their score; {} in files of earlier ones
    faults: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


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
