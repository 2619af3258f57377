"""The fused norm against the models' own."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.parametrize("dtype", ["float32", "bfloat16"])


def norm_of(family: str, dtype: str) -> Any:
    import torch
    from transformers.models.gemma.modeling_gemma import GemmaRMSNorm
    from transformers.models.llama.modeling_llama import LlamaRMSNorm
    from transformers.models.t5.modeling_t5 import T5LayerNorm

    kinds = {"llama": LlamaRMSNorm, "t5": T5LayerNorm, "gemma": GemmaRMSNorm}
    module = kinds[family](48) if family in kinds else torch.nn.LayerNorm(48)
    torch.manual_seed(0)
    module.weight.data.normal_(1, 0.3)
    return module.to(getattr(torch, dtype)).requires_grad_(False)


@pytest.mark.parametrize("family", ["llama", "t5"])
def test_answers_are_equal_to_the_bit_and_gradients_nearly(family: str, dtype: str) -> None:
    import torch

    from jobs.training import norms

    own, fused = norm_of(family, dtype), norm_of(family, dtype)
    assert norms.fuse(torch.nn.Sequential(fused)) == 1
    x = (torch.randn(2, 7, 48) * 3).to(getattr(torch, dtype))
    one, other = x.clone().requires_grad_(), x.clone().requires_grad_()
    assert torch.equal(own(one), fused(other))
    grad = torch.randn(2, 7, 48).to(x.dtype)
    own(one).backward(grad)
    fused(other).backward(grad)
    exact = x.double().requires_grad_()
    r = (exact.pow(2).mean(-1, keepdim=True) + 1e-6).rsqrt()
    (own.weight.double() * exact * r).backward(grad.double())
    wrong = (other.grad - exact.grad).abs().max(), (one.grad - exact.grad).abs().max()
    assert wrong[0] <= max(1.05 * wrong[1], 1e-5)


@pytest.mark.parametrize("family", ["gemma", "layer norm"])
def test_a_norm_of_another_kind_stays_as_it_is(family: str, dtype: str) -> None:
    import torch

    from jobs.training import norms

    assert norms.fuse(torch.nn.Sequential(norm_of(family, dtype))) == 0


def test_a_norm_that_takes_a_gate_as_well_is_not_even_tried(dtype: str) -> None:
    """Those of Qwen 3.5 cannot be asked without one; those of Mamba can, and multiply with it."""
    import torch
    from transformers.models.mamba2.modeling_mamba2 import MambaRMSNormGated
    from transformers.models.qwen3_5.modeling_qwen3_5 import Qwen3_5RMSNormGated

    from jobs.training import norms

    for made in (Qwen3_5RMSNormGated(48, eps=1e-6), MambaRMSNormGated(48, 48, eps=1e-6)):
        module = made.to(getattr(torch, dtype)).requires_grad_(False)
        assert norms.fuse(torch.nn.Sequential(module)) == 0
        x = torch.ones(1, 2, 48, dtype=module.weight.dtype)
        assert torch.equal(module(x, 0 * x), 0 * x)


def test_a_norm_that_is_trained_stays_as_it_is(dtype: str) -> None:
    import torch

    from jobs.training import norms

    assert norms.fuse(torch.nn.Sequential(norm_of("llama", dtype).requires_grad_(True))) == 0


def test_it_keeps_less_for_the_way_back(dtype: str) -> None:
    import torch

    from jobs.training import norms

    def kept(module: Any) -> int:
        sizes: dict[int, int] = {}
        x = torch.randn(4, 9, 48).to(getattr(torch, dtype)).requires_grad_()

        def pack(t: Any) -> Any:
            sizes[t.data_ptr()] = t.numel() * t.element_size()
            return t

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
            held = module(x)
        assert held.requires_grad
        return sum(sizes.values())

    own, fused = norm_of("llama", dtype), norm_of("llama", dtype)
    norms.fuse(torch.nn.Sequential(fused))
    # In float32 a model's own norm needs no copy either.
    assert kept(fused) <= kept(own) * (0.6 if dtype == "bfloat16" else 1)
