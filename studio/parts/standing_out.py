"""What stands out in a dataset once a model was asked how long its rows are."""

from __future__ import annotations

from jobs import DatasetInfo, Finding, Lengths


def standing_out(dataset: DatasetInfo, lengths: Lengths) -> list[Finding]:
    """The doctor's findings, and of long rows what the model says.

    The doctor tells of them in characters; where a model was asked, tokens are known.
    """
    told = [finding for finding in dataset.findings if finding.code != "long_rows"]
    return [*told, *lengths.findings]
