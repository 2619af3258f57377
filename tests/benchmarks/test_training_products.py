"""The limit of a benchmark counts every product, however it was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest


def test_products_are_counted_and_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.syspath_prepend(Path(__file__).parent)
    from training_products import Recorder, alone

    x, w = torch.ones(2, 3, 4), torch.ones(2, 4, 5)
    with Recorder() as recorder:
        torch.bmm(x, w)
        torch.bmm(x, w, out=torch.empty(2, 3, 5))
        torch.mm(x[0], w[0])
        torch.ones(3, 5).addmm_(x[0], w[0])
        torch.ones(3).add_(1)
    assert sorted(recorder.seen.values()) == [1, 1, 2]
    assert alone(recorder.seen) > 0
