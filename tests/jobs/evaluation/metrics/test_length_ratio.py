"""The length ratio: against the reference that is nearest in length."""

from __future__ import annotations

import pytest

from jobs.evaluation.metrics import metric


@pytest.mark.parametrize(
    ("completion", "references", "value"),
    [
        ("a b c d", ["a b"], 2.0),
        ("a", ["a b"], 0.5),
        ("a b c", ["a b c d e f", "a b c"], 1.0),
        ("", ["a"], 0.0),
        ("我们", ["我们去公园"], 0.4),
        ("a", ["..."], None),
    ],
)
def test_length_ratio(completion, references, value):
    assert metric("length_ratio").score(completion, references).value == value
