"""What stands out in a dataset once a model was asked how long its rows are."""

from __future__ import annotations

from jobs import DatasetInfo, Finding, Lengths


def standing_out(dataset: DatasetInfo, lengths: Lengths) -> list[Finding]:
    """The doctor's findings, and of long rows what the model says.

    The doctor tells of them in characters; where a model was asked, tokens are known. The gravest
    comes first; of one severity, what the doctor says.
    """
    told = [finding for finding in dataset.findings if finding.code != "long_rows"]
    return sorted([*told, *lengths.findings], key=lambda finding: finding.rank)
