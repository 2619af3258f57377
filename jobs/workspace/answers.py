"""What the service layer answers with, beyond the dataclasses that every part shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jobs.evaluation.forgetting import Forgotten
from jobs.options import OptionInfo
from jobs.types import ComparisonInfo, Finding, JobInfo


@dataclass(frozen=True)
class ModelChoice:
    """A base model to offer, and whether it fits this machine."""

    spec: str
    title: str
    what: str
    licence: str
    parameters: int
    bytes: int
    local: bool  # its files are on this machine already
    fits: bool = True
    reason: str = ""  # why it does not fit


@dataclass(frozen=True)
class MethodChoice:
    """A tuning method to offer, and whether it can run here."""

    name: str
    title: str
    what: str
    when: str
    available: bool
    reason: str  # why it is not available
    recommended: bool
    options: tuple[OptionInfo, ...]  # training options first, then the method's own
    front: bool = True  # stands in the front row, not under "more methods"


@dataclass(frozen=True)
class Sample:
    """A dataset that Attune brings along."""

    name: str
    title: str
    what: str
    rows: int
    path: Path
    prompt: str
    completion: str


@dataclass(frozen=True)
class Lengths:
    """Tokens of prompt and completion together, an entry an example, and how many are read.

    Of large data, until a job has counted all of it, the first few thousand examples of each split;
    then as many that stand for all.
    """

    tokens: Mapping[str, tuple[int, ...]]
    limit: int  # what a run reads of an example unless it is told otherwise
    model_limit: int = 0  # what the model can read; 0 where that is not known
    over: int = 0  # of all that were counted, how many do not fit into `limit`
    findings: tuple[Finding, ...] = ()  # what is lost of those that do not fit
    counted: int | None = None  # examples of which this tells, the first; None where it is of all


@dataclass(frozen=True)
class HubPart:
    """A table of a data set on the Hub, in one file or in several pieces."""

    name: str  # "train", "main/test"
    files: tuple[str, ...]
    bytes: int


@dataclass(frozen=True)
class FetchedData:
    """A part of a data set of the Hub as a file on this machine."""

    name: str  # of the data set
    path: Path
    part: str
    parts: tuple[str, ...]  # among which another may be chosen
    source: str  # data set, part and commit, for the record of where rows came from


@dataclass(frozen=True)
class Reading:
    """A few prompts as a model gets them."""

    texts: tuple[str, ...]
    template: str  # the dataset's, or the one that was asked for
    # Whether the model's own chat template is around it; None where its files are not here yet.
    chat: bool | None


@dataclass(frozen=True)
class MaskedToken:
    """A piece of text as the model gets it: read, learnt, or cut away."""

    text: str
    state: Literal["read", "learnt", "cut"]
    more: int = 0  # tokens in the same state that this one stands for, without their text


@dataclass(frozen=True)
class MaskedExample:
    """One training example, token by token."""

    row: int
    tokens: tuple[MaskedToken, ...]
    length: int = 0  # in tokens, those that are not shown included
    cut: int = 0  # of them; all where the row cannot be learnt from


@dataclass(frozen=True)
class Forgetting:
    """A look at what a run forgot: the job, and what was found once it is done."""

    job: JobInfo
    data: int | None  # of whose test prompts; None for general prompts
    found: Forgotten | None
    limit: int | None = None  # of so many prompts at most


@dataclass(frozen=True)
class Helped:
    """What a comparison says of one of its runs."""

    sentence: str
    outcome: str  # better, same, unclear or worse
    comparison: ComparisonInfo


@dataclass(frozen=True)
class CheckUp:
    """One line of the machine's check-up; `cure` is empty where all is well."""

    title: str
    ok: bool
    sentence: str
    cure: str = ""


@dataclass(frozen=True)
class TrainRequest:
    """Everything a person decides before a run starts."""

    data: str
    method: str
    model: str = "starter"
    name: str | None = None
    effort: str = "quick"
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
