"""What can answer a prompt, how it is asked, and what it answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobs.types.datasets import Example
from jobs.types.models import Precision
from jobs.types.queue import JobInfo, JobState


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
