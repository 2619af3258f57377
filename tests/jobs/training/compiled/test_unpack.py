"""Weights out of 4 bits are those of the library that packed them, to the bit."""

from __future__ import annotations

import pytest

from jobs.training import compiled

pytestmark = pytest.mark.skipif(not compiled.built(), reason="not built here: pip install -e .")


@pytest.mark.parametrize("kind", ["nf4", "fp4"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("way", [1, 2])
@pytest.mark.parametrize(("shape", "block"), [((3, 64), 64), ((70, 128), 32), ((257, 384), 128)])
def test_weights_are_those_of_bitsandbytes(
    kind: str, dtype: str, way: int, shape: tuple[int, int], block: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    import torch
    from bitsandbytes.functional import quantize_4bit

    from jobs.training import projections

    passes = compiled.passes()
    assert passes is not None
    if way > passes.way:
        pytest.skip("not on this processor")
    torch.manual_seed(0)
    torch.set_num_threads(2)
    number = getattr(torch, dtype)
    weights = torch.randn(shape).to(number)
    packed, state = quantize_4bit(
        weights, blocksize=block, quant_type=kind, compress_statistics=False
    )
    monkeypatch.setattr(passes, "way", way)
    values = projections._values(packed, kind)
    mine = projections.Packed(packed, state.absmax, block, kind, shape, number, values)
    theirs = torch.ops.bitsandbytes.dequantize_4bit.default(
        packed, state.absmax, block, kind, shape, number
    )
    seen: list[compiled.Pass] = []
    take = passes.take
    monkeypatch.setattr(
        passes, "take", lambda number, *rest: (seen.append(number), take(number, *rest))
    )
    assert torch.equal(mine.unpack(), theirs)
    assert seen == [compiled.Pass.UNPACK]
