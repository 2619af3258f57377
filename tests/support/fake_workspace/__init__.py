"""A workspace of believable rows without a database: every state, long names, HTML, Unicode.

Its verbs lie a file a noun, like those of the real one.
"""

from fake_workspace.comparisons import ComparisonVerbs
from fake_workspace.data import DataVerbs
from fake_workspace.forgetting import ForgettingVerbs, fake_forgotten
from fake_workspace.imports import ImportVerbs
from fake_workspace.machine import MachineVerbs
from fake_workspace.questions import QuestionVerbs
from fake_workspace.queue import QueueVerbs
from fake_workspace.runs import RunVerbs
from fake_workspace.samples import SampleVerbs
from fake_workspace.training import TrainingVerbs
from fake_workspace.versions import VersionVerbs

__all__ = ["FakeWorkspace", "fake_forgotten"]


class FakeWorkspace(
    MachineVerbs,
    ImportVerbs,
    DataVerbs,
    VersionVerbs,
    TrainingVerbs,
    SampleVerbs,
    RunVerbs,
    QueueVerbs,
    ComparisonVerbs,
    ForgettingVerbs,
    QuestionVerbs,
):
    """Stands in for `jobs.Workspace`; tests/studio/test_fake.py compares the two."""
