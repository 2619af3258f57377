"""The service layer: what the pages, the command line and Python share."""

from jobs.workspace.answers import (
    CheckUp,
    FetchedData,
    Forgetting,
    Helped,
    Lengths,
    MaskedExample,
    MaskedToken,
    MethodChoice,
    ModelChoice,
    Reading,
    Sample,
)
from jobs.workspace.disk import DatasetRemoval, Removal
from jobs.workspace.imports import Import
from jobs.workspace.workspace import Workspace

__all__ = [
    "CheckUp",
    "DatasetRemoval",
    "FetchedData",
    "Forgetting",
    "Helped",
    "Import",
    "Lengths",
    "MaskedExample",
    "MaskedToken",
    "MethodChoice",
    "ModelChoice",
    "Reading",
    "Removal",
    "Sample",
    "Workspace",
]
