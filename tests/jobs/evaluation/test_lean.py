"""A model's small operations in place: the same numbers, and only where the formula is known."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("name", "changed"), [("Llama", 7), ("Qwen2", 7), ("Mistral", 7), ("Gemma", 0)]
)
def test_a_model_answers_as_before(small, name, changed):
    """Two layers have two norms and a gated part each, and there is a norm behind them; Gemma's
    norms add one to their weights, and its gates are no SiLU."""
    import torch

    from jobs.evaluation.lean import lean

    model = small(name)
    ids = torch.randint(0, 64, (3, 9))
    with torch.inference_mode():
        before = model(ids).logits
        assert lean(model) == changed
        torch.testing.assert_close(model(ids).logits, before, rtol=1e-5, atol=1e-5)


def test_a_formula_that_looks_the_same_and_is_not_keeps_its_own():
    """The shape is that of Llama's norm; its output is not."""
    import torch

    from jobs.evaluation.lean import lean

    class OddRMSNorm(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(8))
            self.variance_epsilon = 1e-6

        def forward(self, x):
            return (1.001 + self.weight) * x

    odd = OddRMSNorm()
    assert lean(odd) == 0
    assert torch.equal(odd(torch.ones(1, 8)), torch.full((1, 8), 2.001))


def test_half_precision_is_left_alone(small):
    import torch

    from jobs.evaluation.lean import lean

    assert lean(small("Llama").to(torch.bfloat16)) == 0


def test_adapters_that_come_later_are_heard(small):
    """The gated part looks its layers up when it is asked, which PEFT has changed by then."""
    import torch
    from peft import LoraConfig, get_peft_model

    from jobs.evaluation.lean import lean

    ids = torch.randint(0, 64, (2, 5))
    options = LoraConfig(r=4, target_modules=["gate_proj", "up_proj"], init_lora_weights=False)
    tuned = {}
    with torch.inference_mode():
        for short in (True, False):
            model = small("Llama")
            if short:
                lean(model)
            torch.manual_seed(1)
            tuned[short] = get_peft_model(model, options).eval()(ids).logits
        torch.testing.assert_close(tuned[True], tuned[False], rtol=1e-5, atol=1e-5)
        assert not torch.allclose(tuned[True], small("Llama")(ids).logits, atol=1e-2)
