"""Measures: told of an answer beside its nearness to the reference."""

from __future__ import annotations

import math

import pytest

from jobs.evaluation.metrics import described, measures, metrics
from jobs.types import Completion


def measured(name, completion):
    return next(one for one in measures() if one.name == name).measure(completion)


def test_measures_judge_nothing_and_share_no_name_with_a_metric():
    assert {one.name for one in measures()} == {"hit_limit", "nll", "repetition"}
    assert not any(one.judges for one in measures())
    assert not {one.name for one in measures()} & {one.name for one in metrics()}
    assert len(described()) == len(metrics()) + len(measures())


def test_cut_off():
    assert measured("hit_limit", Completion("a", 1, True)).value == 1.0
    assert measured("hit_limit", Completion("a", 1, False)).value == 0.0


@pytest.mark.parametrize(
    ("text", "value"),
    [("a b c", 0.0), ("a b a b a b", 0.6), ("no no no no", 2 / 3), ("one", None), ("", None)],
)
def test_repetition(text, value):
    found = measured("repetition", Completion(text, 1, False))
    assert found.value == pytest.approx(value)
    assert found.value is not None or found.reason


def test_surprise_is_nats_a_token_and_unscored_where_nobody_asked():
    assert measured("nll", Completion("a", 1, False, nll=6.0, reference_tokens=4)).value == 1.5
    for none in (math.inf, math.nan):
        endless = measured("nll", Completion("a", 1, False, nll=none, reference_tokens=4))
        assert (endless.value, bool(endless.reason)) == (None, True)
    found = measured("nll", Completion("a", 1, False))
    assert found.value is None
    assert found.reason
