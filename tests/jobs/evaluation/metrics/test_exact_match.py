"""Exact match: case and punctuation count, spacing does not."""

from __future__ import annotations

import pytest

from jobs.evaluation.metrics import metric


@pytest.mark.parametrize(
    ("completion", "references", "value"),
    [
        ("Paris", ["Paris"], 1.0),
        (" Paris\n", ["Paris"], 1.0),
        ("New  York", ["New York"], 1.0),
        ("paris", ["Paris"], 0.0),
        ("Paris.", ["Paris"], 0.0),
        ("b", ["a", "b"], 1.0),
        ("...", ["..."], 1.0),  # where ROUGE has no score this decides
        ("", ["a"], 0.0),
        ("", [""], 0.0),  # an empty answer is never right
        ("cafe\u0301", ["café"], 1.0),
        ("你好", ["你好"], 1.0),
    ],
)
def test_exact_match(completion, references, value):
    assert metric("exact_match").score(completion, references).value == value


def test_without_a_reference_there_is_no_score():
    assert metric("exact_match").score("a", []).value is None
