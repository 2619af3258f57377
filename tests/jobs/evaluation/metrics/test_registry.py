"""What holds for every metric, those of tomorrow included."""

from __future__ import annotations

import math

import pytest

from jobs.errors import InputError
from jobs.evaluation.metrics import metric, metrics


def test_the_metrics_of_a_report_are_there_in_their_order():
    names = [one.name for one in metrics()]
    assert names == [
        "rouge1", "rouge2", "rougeL", "rougeLsum", "bleu", "chrf", "exact_match", "length_ratio"
    ]  # fmt: skip
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("one", metrics(), ids=lambda one: one.name)
def test_every_metric(one):
    assert one.title
    assert one.what.endswith(".")
    assert metric(one.name) == one
    for completion in ("", "...", "a b", "我 a", "\x00", "a" * 5000):
        for references in (["a b"], ["..."], [""], ["x", "a b"], []):
            score = one.score(completion, references)
            assert score == one.score(completion, tuple(references))
            if score.value is None:
                assert score.reason
            else:
                assert math.isfinite(score.value)
                assert score.value >= 0
                assert not one.judges or score.value <= 1 + 1e-12


def test_a_name_nobody_knows_names_those_there_are():
    with pytest.raises(InputError, match="rougeL"):
        metric("rouge")
